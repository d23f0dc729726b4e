import { type IncomingMessage, createServer, request as forward } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Witness {
  origin: string;
  /** How often the token endpoint has said yes to a grant of this type. */
  granted(type: string): number;
  stop(): Promise<void>;
}

/** Stands between the clients and the provider at `port`, and sees what they ask the token endpoint for. */
export async function startWitness(port: number, target: () => string): Promise<Witness> {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    const asked = isTokenRequest(req) ? text(req) : undefined;
    const inner = forward(
      new URL(req.url ?? '/', target()),
      { method: req.method, headers: req.headers },
      (answer) => {
        void asked?.then((body) => {
          const type = new URLSearchParams(body).get('grant_type');
          if (type !== null && answer.statusCode === 200) seen.push(type);
        });
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(res);
      },
    );
    inner.on('error', () => res.destroy());
    if (asked) void asked.then((body) => inner.end(body));
    else req.pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(port, resolve));
  return {
    origin: `http://localhost:${port}`,
    granted: (type) => seen.filter((each) => each === type).length,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const isTokenRequest = ({ method, url }: IncomingMessage): boolean =>
  method === 'POST' && url === '/oidc/token';
