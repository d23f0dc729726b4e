import { type IncomingMessage, type RequestListener, request as forward } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Requests are answered by the provider itself. */
const BY_PROVIDER = '/certification/ciba';
/** In which the provider is told of a client's certificate. */
export const CERTIFICATE_HEADER = 'x-client-certificate';

/**
 * TLS in front of the provider. Clients may show certificates, of whomever: which of them counts is the provider's to
 * say. What is not the provider's goes to `tools`.
 * @returns once it listens, what closes it
 */
export async function serveTls(options: {
  port: number;
  innerPort: number;
  certificate: string;
  key: string;
  tools: RequestListener;
}): Promise<() => Promise<void>> {
  const { port, innerPort, certificate: cert, key, tools } = options;
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (req, res) => {
    const isTool = req.url?.startsWith('/certification/') && !req.url.startsWith(BY_PROVIDER);
    if (isTool) return tools(req, res);
    const inner = forward(
      { host: '127.0.0.1', port: innerPort, method: req.method, path: req.url, headers: headersOf(req) },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(res);
      },
    );
    inner.on('error', () => {
      if (!res.headersSent) res.writeHead(502);
      res.end();
    });
    req.pipe(inner);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve());
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      // also those on which nothing was asked yet, which the server would keep for a minute
      for (const socket of sockets) socket.destroy();
    });
}

function headersOf(req: IncomingMessage) {
  const { raw } = (req.socket as TLSSocket).getPeerCertificate();
  const { [CERTIFICATE_HEADER]: _claimed, ...headers } = req.headers;
  return {
    ...headers,
    'x-forwarded-for': req.socket.remoteAddress,
    ...((raw as Buffer | undefined) && { [CERTIFICATE_HEADER]: raw.toString('base64') }),
  };
}
