import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/* On the request itself: what a WeakMap leads to from a key lives until the next full collection, however young it died. */
const TIMER = Symbol('body deadline');

type Timed = IncomingMessage & { [TIMER]?: NodeJS.Timeout };

/** `listener`, with requests broken off (408) whose body has not come in whole after `ms`. */
export function withBodyDeadline(listener: RequestListener, ms: number): RequestListener {
  return (req, res) => {
    if (hasBody(req)) {
      const timer = setTimeout(() => giveUp(req, res), ms);
      (req as Timed)[TIMER] = timer;
      req.once('close', () => clearTimeout(timer));
    }
    listener(req, res);
  };
}

/** Lets this request's body take as long as the server lets any: a large file over a slow line. */
export function allowSlowBody(req: IncomingMessage): void {
  clearTimeout((req as Timed)[TIMER]);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function giveUp(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete) return;
  if (res.headersSent) req.destroy();
  else res.writeHead(408, { connection: 'close' }).end(() => req.destroy());
}
