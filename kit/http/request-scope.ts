import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';

const scopes = new AsyncLocalStorage<ServerResponse>();

/** Runs `answer` so that whatever it starts, now or later, is known to belong to this request. */
export function inRequest(res: ServerResponse, answer: () => void): void {
  scopes.run(res, answer);
}

/**
 * Answers 500 to the request that the running code belongs to, when it has not been answered yet: something of
 * its work failed where nobody looked, so it must not be told that all went well.
 */
export function failRequest(): void {
  const res = scopes.getStore();
  if (!res) return;
  if (!res.headersSent && !res.writableEnded) {
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    res.writeHead(500, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    res.end(JSON.stringify({ error: 'server_error' }));
  }
}
