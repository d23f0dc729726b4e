import type { Context } from '#kit/http/context.ts';
import { callerAddress } from '#kit/http/request.ts';
import type { Caller } from './types.ts';

/** The caller of one request. `trustedHops`: how many reverse proxies of ours stand in front. */
export function callerOf(ctx: Context, trustedHops: number): Caller {
  return {
    ip: callerAddress(ctx.req, trustedHops),
    userAgent: ctx.get('user-agent'),
    requestId: ctx.state.requestId,
  };
}
