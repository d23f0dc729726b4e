import { errors } from 'oidc-provider';
import type { UnitOfWork } from './storage/unit-of-work.ts';
import type { OidcContext, OidcDeps } from './types.ts';

const MINUTE_MS = 60_000;
/** Callers told apart in a minute; beyond that, new ones are counted as one. */
const MOST_KEYS = 50_000;
const OTHERS = '';

/** The endpoints that programs call. Pages, keys and metadata are never limited here. */
const PACED = new Set(
  ['token', 'introspection', 'revocation', 'par', 'device_authorization', 'backchannel', 'register'].map(
    (name) => `/oidc/${name}`,
  ),
);

/** Beyond its number of requests in a minute a client is told when to come back (RFC 6585 §4). */
export class TooManyRequests extends errors.CustomOIDCProviderError {
  constructor(description = 'too many requests; please try again later') {
    super('temporarily_unavailable', description);
    Object.assign(this, { status: 429, statusCode: 429 });
  }
}

/** Seconds until the minute that `now` stands in is over. */
export const secondsLeft = (now: number): string => String(Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1000));

/** How often each key came in this minute, in this process. */
export class MinuteCount {
  #minute = 0;
  #counts = new Map<string, number>();

  /** @returns how often, this time included */
  add(key: string, now: number): number {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts = new Map();
    }
    const known = this.#counts.size < MOST_KEYS || this.#counts.has(key) ? key : OTHERS;
    const count = (this.#counts.get(known) ?? 0) + 1;
    this.#counts.set(known, count);
    return count;
  }
}

/**
 * Limits of the endpoints that programs call, counted in this process alone: they keep one caller from taking the
 * whole of it, and cost nothing. An address is looked at before anything else is done; a client together with its
 * address, as anybody may say its name.
 * @returns looks at one request; true when it has answered it. What it puts into the unit of work throws
 *   TooManyRequests, `Retry-After` set
 */
export function createPace({ config, clock }: OidcDeps): (ctx: OidcContext, work: UnitOfWork) => boolean {
  const addresses = new MinuteCount();
  const clients = new MinuteCount();
  return (ctx, work) => {
    if (!PACED.has(ctx.path)) return false;
    const { ip } = work.hints;
    const now = clock().getTime();
    const refuse = (): TooManyRequests => {
      ctx.set('Retry-After', secondsLeft(now));
      return new TooManyRequests();
    };
    if (addresses.add(ip, now) > config.pace.requestsOfAddress) {
      const { error, error_description, status } = refuse();
      Object.assign(ctx, { status, body: { error, error_description } });
      return true;
    }
    work.namesClient = (clientId) => {
      work.namesClient = undefined; // the first one is the caller
      if (clients.add(`${clientId} ${ip}`, now) > config.pace.requestsOfClient) throw refuse();
    };
    return false;
  };
}
