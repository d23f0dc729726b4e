import * as oidc from 'openid-client';
import { type Clock, SECOND } from '#kit/clock.ts';

export interface IdpApiDeps {
  issuer: string;
  clock: Clock;
  /** The single entry as discovery found it. */
  configuration: () => Promise<oidc.Configuration>;
  call: (url: string | URL, init?: RequestInit) => Promise<Response>;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
  /** Seconds the single entry wants to be left alone for; undefined when it did not say. */
  retryAfterSeconds: number | undefined;
}

/** The directory API in this system's own name. */
export interface IdpApi {
  /** @throws Error when the single entry gives no token or no answer */
  post(path: string, scope: string, body: unknown): Promise<ApiAnswer>;
  /** @throws Error when the single entry gives no token or no answer */
  put(path: string, scope: string, body: unknown): Promise<ApiAnswer>;
  /** @throws Error when the single entry gives no token or no answer */
  get(path: string, scope: string): Promise<ApiAnswer>;
}

const TIMEOUT_MS = 5000;
/** A token is not used so near its end. */
const MARGIN_MS = 30 * SECOND;

/** Calls the single entry's directory API with tokens of client credentials (RFC 6749 §4.4), one a scope, kept while they live. */
export function createIdpApi({ issuer, clock, configuration, call }: IdpApiDeps): IdpApi {
  const tokens = new Map<string, { value: string; until: number }>();

  async function tokenFor(scope: string): Promise<string> {
    const known = tokens.get(scope);
    if (known && known.until > clock().getTime()) return known.value;
    const answer = await oidc.clientCredentialsGrant(await configuration(), {
      scope,
      resource: `${issuer}/api/v1`,
    });
    const lives = (answer.expires_in ?? 60) * SECOND - MARGIN_MS;
    tokens.set(scope, { value: answer.access_token, until: clock().getTime() + lives });
    return answer.access_token;
  }

  async function ask(path: string, scope: string, init: RequestInit): Promise<ApiAnswer> {
    const answer = await call(`${issuer}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${await tokenFor(scope)}`, 'content-type': 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status === 401) tokens.delete(scope);
    const text = await answer.text();
    const wait = Number(answer.headers.get('retry-after') ?? Number.NaN);
    return {
      status: answer.status,
      body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text,
      retryAfterSeconds: Number.isFinite(wait) ? wait : undefined,
    };
  }

  return {
    post: (path, scope, body) => ask(path, scope, { method: 'POST', body: JSON.stringify(body) }),
    put: (path, scope, body) => ask(path, scope, { method: 'PUT', body: JSON.stringify(body) }),
    get: (path, scope) => ask(path, scope, { method: 'GET' }),
  };
}
