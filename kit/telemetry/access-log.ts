import type { Log, RawLog } from '../log.ts';
import type { FinishedRequest } from './types.ts';

const QUIET = new Set(['/healthz', '/readyz']);

/**
 * One line a request: its route's pattern instead of its address, and no word of the caller's. Written past the log's
 * own machinery, which would cost more than everything else that is noted of a request: no field of it can hold a
 * secret, and what is no code of ours is escaped here.
 */
export function accessLog(log: Log, raw: RawLog): (request: FinishedRequest) => void {
  if (!log.isLevelEnabled('info')) return () => {};
  const written = new Map<string, string>();
  const text = (value: string): string => {
    let json = written.get(value);
    if (json === undefined) {
      json = JSON.stringify(value);
      if (written.size < 2000) written.set(value, json);
    }
    return json;
  };
  return ({ method, route, status, aborted, seconds, bytes, requestId, clientId, error }) => {
    if (status < 400 && QUIET.has(route)) return; // asked every second by the balancer
    const ms = Math.round(seconds * 1e4) / 10;
    let line = `"msg":"request","method":"${method}","route":${text(route)},"status":${status},"ms":${ms},"bytes":${bytes},"requestId":"${requestId}"`;
    if (clientId !== undefined) line += `,"clientId":${text(clientId)}`;
    if (error !== undefined) line += `,"error":${text(error)}`;
    if (aborted) line += ',"aborted":true';
    raw(line);
  };
}
