import type { Log } from '../log.ts';
import type { FinishedRequest } from './types.ts';

const QUIET = new Set(['/healthz', '/readyz']);

/** One line a request: its route's pattern instead of its address, and no word of the caller's. */
export function accessLog(log: Log): (request: FinishedRequest) => void {
  return (request) => {
    const { method, route, status, aborted, seconds, bytes, requestId, clientId, error } = request;
    if (status < 400 && QUIET.has(route)) return; // asked every second by the balancer
    log.info(
      {
        method,
        route,
        status,
        ms: Math.round(seconds * 1e4) / 10,
        bytes,
        requestId,
        ...(clientId !== undefined && { clientId }),
        ...(error !== undefined && { error }),
        ...(aborted && { aborted }),
      },
      'request',
    );
  };
}
