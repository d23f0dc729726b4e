import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';

interface Scope {
  req: IncomingMessage;
  res: ServerResponse;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Runs `answer` so that whatever it starts, now or later, is known to belong to this request. */
export function inRequest(req: IncomingMessage, res: ServerResponse, answer: () => void): void {
  scopes.run({ req, res }, answer);
}

/**
 * Answers 500 to the request that the running code belongs to, when it has not been answered yet: something of
 * its work failed where nobody looked, so it must not be told that all went well.
 * @returns its path, without the query; undefined outside a request
 */
export function failRequest(): string | undefined {
  const scope = scopes.getStore();
  if (!scope) return undefined;
  const { req, res } = scope;
  if (!res.headersSent && !res.writableEnded) {
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    res.writeHead(500, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    res.end(JSON.stringify({ error: 'server_error' }));
  }
  return (req.url ?? '').split('?')[0];
}
