import { Fault } from '../errors.ts';
import type { Middleware } from './context.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses every state-changing request that does not say it comes from one of our own pages. Browsers send
 * `Origin` with each POST, so its absence is a refusal as well.
 */
export function sameOriginOnly(origin: string): Middleware {
  return async (ctx, next) => {
    if (!SAFE.has(ctx.method) && ctx.get('origin') !== origin) throw new Fault('forbidden');
    await next();
  };
}
