import { TooManyRequests, secondsLeft } from '../pace.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import type { ExchangeContext } from './parameters.ts';

const MINUTE_MS = 60_000;

/**
 * How often each client exchanges in a minute. The count is written, and the limit checked, in the statement that
 * writes the exchange's own outcome, so all replicas count together and nobody waits for a further round trip. A
 * replica that was told "too many" says so itself until the minute is over.
 * @returns puts one more exchange into the request's unit of work. @throws TooManyRequests
 */
export function createExchangeBrake(deps: OidcDeps): (ctx: ExchangeContext) => void {
  const stopped = new Map<string, number>();
  return (ctx) => {
    const { clientId } = ctx.oidc.client;
    const now = deps.clock().getTime();
    const minute = Math.floor(now / MINUTE_MS);
    if (stopped.get(clientId) === minute) throw refuse(ctx, now);
    const work = currentWork();
    work.writes.exchange = { clientId, minute, limit: deps.config.exchangesPerMinute };
    work.refuseTooMany = () => {
      stopped.set(clientId, minute);
      return refuse(ctx, now);
    };
  };
}

function refuse(ctx: ExchangeContext, now: number): TooManyRequests {
  ctx.set('Retry-After', secondsLeft(now));
  return new TooManyRequests('too many exchanges; please try again later');
}
