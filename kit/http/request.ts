import type { IncomingMessage } from 'node:http';
import { randomToken } from '../random.ts';
import type { Middleware } from './context.ts';
import { negotiateLocale } from './locale.ts';

/** Gives each request its id and language; pages are never cached unless they say so. */
export function requestState(): Middleware {
  return async (ctx, next) => {
    ctx.state.requestId = randomToken(9);
    ctx.state.locale = negotiateLocale(ctx.req, new URLSearchParams(ctx.querystring));
    ctx.set('X-Request-Id', ctx.state.requestId);
    ctx.set('Cache-Control', 'no-store');
    await next();
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
  return /^[0-9a-fA-F.:]{3,45}$/.test(entry) ? entry : socket;
}
