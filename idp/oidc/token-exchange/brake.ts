import { errors } from 'oidc-provider';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import type { ExchangeContext } from './parameters.ts';

const MINUTE_MS = 60_000;

/** Beyond its number of exchanges in a minute a client is told to wait (RFC 6585 §4). */
export class TooManyExchanges extends errors.CustomOIDCProviderError {
  constructor() {
    super('temporarily_unavailable', 'too many exchanges; please try again later');
    Object.assign(this, { status: 429, statusCode: 429 });
  }
}

/**
 * How often each client exchanges in a minute. The count is written, and the limit checked, in the statement that
 * writes the exchange's own outcome, so all replicas count together and nobody waits for a further round trip. A
 * replica that was told "too many" says so itself until the minute is over.
 * @returns puts one more exchange into the request's unit of work. @throws TooManyExchanges
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

function refuse(ctx: ExchangeContext, now: number): TooManyExchanges {
  ctx.set('Retry-After', String(Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1000)));
  return new TooManyExchanges();
}
