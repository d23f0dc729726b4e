import { type Server, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Manifest } from '../subsystems/index.ts';

const MAX_BODY = 100_000;

/** What arrived at an address of the client where nothing else listens. */
export interface StandIn {
  /** Whether we listen there ourselves. */
  isHere(uri: string): boolean;
  /** The first request at `uri` from now on; undefined when none comes in time. */
  next(uri: string, waitMs: number): Promise<{ url: URL; body: string } | undefined>;
  stop(): void;
}

/** Listens at those addresses of the manifest that are of this machine and free. */
export async function standIn({ client }: Manifest): Promise<StandIn> {
  const declared = [client.redirect_uris, client.backchannel_logout_uri ?? []]
    .flat()
    .map((uri) => new URL(uri));
  const local = declared.filter(({ protocol, hostname }) => protocol === 'http:' && isThisMachine(hostname));
  const servers = new Map<string, Server>();
  const waiting = new Map<string, (request: { url: URL; body: string }) => void>();
  for (const { origin, hostname, port } of local) {
    if (servers.has(origin)) continue;
    const server = await listen(Number(port || 80), hostname, (url, body) => {
      const found = new URL(url, origin);
      waiting.get(found.origin + found.pathname)?.({ url: found, body });
    });
    if (server) servers.set(origin, server);
  }
  return {
    isHere: (uri) => servers.has(new URL(uri).origin),
    next(uri, waitMs) {
      const { origin, pathname } = new URL(uri);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), waitMs);
        waiting.set(origin + pathname, (request) => {
          clearTimeout(timer);
          resolve(request);
        });
      });
    },
    stop() {
      for (const server of servers.values()) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function isThisMachine(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** @returns undefined when another program has the port */
function listen(
  port: number,
  hostname: string,
  take: (url: string, body: string) => void,
): Promise<Server | undefined> {
  const server = createServer((req, res) => {
    if (Number(req.headers['content-length'] ?? 0) > MAX_BODY) return void res.writeHead(413).end();
    void text(req).then((body) => {
      take(req.url ?? '/', body);
      res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('OK');
    });
    return undefined;
  });
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, hostname === '[::1]' ? '::1' : '127.0.0.1', () => resolve(server));
  });
}
