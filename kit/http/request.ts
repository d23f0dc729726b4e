import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { recordOf } from '../telemetry/request-record.ts';
import type { Middleware } from './context.ts';
import { negotiateLocale } from './locale.ts';
import { routeOf } from './route.ts';

/** Gives each request its id and language; pages are never cached unless they say so. */
export function requestState(): Middleware {
  return async (ctx, next) => {
    const record = recordOf(ctx.req);
    ctx.state.requestId = record.requestId;
    ctx.state.locale = negotiateLocale(ctx.req, new URLSearchParams(ctx.querystring));
    ctx.set('X-Request-Id', ctx.state.requestId);
    ctx.set('Cache-Control', 'no-store');
    try {
      await next();
    } finally {
      record.route = routeOf(ctx);
    }
  };
}

/**
 * The caller's address: the socket's, or, behind `trustedHops` proxies of ours, the entry that the outermost
 * of them appended to X-Forwarded-For. Anything a caller wrote in front of that is ignored.
 */
export function callerAddress(req: IncomingMessage, trustedHops: number): string {
  const socket = req.socket.remoteAddress ?? '';
  if (trustedHops === 0) return socket;
  const header = req.headers['x-forwarded-for'];
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  const entry = chain.at(-trustedHops)?.trim() ?? '';
  return /^[0-9a-fA-F.:]{3,45}$/.test(entry) && isIP(entry) ? entry : socket;
}
