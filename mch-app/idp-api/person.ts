import { type Clock, SECOND } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';

/** Whoever is signed in, as far as their token is concerned. */
export interface Holder {
  /** Of the session: another account acted as is another digest. */
  digest: Buffer;
}

/** What the single entry answered to a person's call; every refusal of a rule among them. */
export interface PersonAnswer {
  ok: boolean;
  status: number;
  body: Record<string, unknown>;
}

export interface PersonCall {
  method?: 'GET' | 'POST' | 'PUT';
  query?: Record<string, string | undefined>;
  body?: object;
  /** One deed is one key: sent again it is not done again. */
  key?: string;
}

/** The directory API in a person's own name. */
export interface PersonApi<H extends Holder> {
  /**
   * @throws GrantOver when the account may no longer be acted as
   * @throws Fault identity_provider_unavailable, too_many_requests, second_factor_missing
   */
  call(holder: H, path: string, call?: PersonCall): Promise<PersonAnswer>;
}

/** The person, their session at the single entry or the account they act as there is over. */
export class GrantOver extends Error {
  override readonly name = 'GrantOver';
}

export interface PersonApiDeps<H extends Holder> {
  issuer: string;
  clock: Clock;
  /** Buys a token; undefined when the grant is over. @throws Fault identity_provider_unavailable */
  tokenOf: (holder: H) => Promise<string | undefined>;
  call: (url: string, init: RequestInit) => Promise<Response>;
}

const TIMEOUT_MS = 5000;
/** A token lives five minutes at most. */
const KEPT_MS = 60 * SECOND;
const MOST_KEPT = 1000;

/**
 * Calls the directory API with the person's own token: the single entry judges every call by its own rules for that
 * person and account. Tokens are kept in this process's memory for a minute, nowhere else; what they are worth is asked
 * of the database there each time.
 */
export function createPersonApi<H extends Holder>(deps: PersonApiDeps<H>): PersonApi<H> {
  const kept = new Map<string, { token: string; until: number }>();

  async function tokenFor(holder: H): Promise<string> {
    const name = holder.digest.toString('hex');
    const now = deps.clock().getTime();
    const known = kept.get(name);
    if (known && known.until > now) return known.token;
    const token = await deps.tokenOf(holder);
    if (token === undefined) throw new GrantOver();
    kept.delete(name);
    kept.set(name, { token, until: now + KEPT_MS });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return token;
  }

  async function send(holder: H, path: string, call: PersonCall): Promise<Response> {
    const { method = 'GET', query = {}, body, key } = call;
    const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
    const search = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
    const token = await tokenFor(holder);
    try {
      return await deps.call(`${deps.issuer}/api/v1${path}${search}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(method !== 'GET' && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new Fault('identity_provider_unavailable', {}, error);
    }
  }

  async function attempt(holder: H, path: string, call: PersonCall, isLast: boolean): Promise<PersonAnswer> {
    const answer = await send(holder, path, call);
    const body = await bodyOf(answer);
    if (answer.status === 401) {
      if (body['error'] === 'insufficient_user_authentication') throw new Fault('second_factor_missing');
      kept.delete(holder.digest.toString('hex'));
      if (isLast) throw new GrantOver();
      return attempt(holder, path, call, true);
    }
    if (answer.status === 429) throw new Fault('too_many_requests');
    if (answer.status >= 500) {
      throw new Fault('identity_provider_unavailable', {}, new Error(`it answered ${answer.status}`));
    }
    return { ok: answer.ok, status: answer.status, body };
  }

  return { call: (holder, path, call = {}) => attempt(holder, path, call, false) };
}

async function bodyOf(answer: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {}; // not from the API: its status alone counts
  }
}
