import * as oidc from 'openid-client';
import { Fault } from '#kit/errors.ts';

/** Why the single entry did not give what was asked. */
export type Failure =
  /** The protocol said no; `body` is the error answer, whatever it held. */
  | { kind: 'refused'; error: string; body: Record<string, unknown> }
  /** An answer that fails a check: never trusted. */
  | { kind: 'unsound'; cause: unknown }
  /** No answer at all, or one from something that is not the single entry. */
  | { kind: 'unreachable'; cause: unknown };

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

const NO_PROVIDER = new Set(['identity_provider_unavailable', 'provider_not_trusted']);
const PASSING = new Set(['server_error', 'temporarily_unavailable']);
const NO_ANSWER = new Set([
  undefined,
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

/** What is wrong with us as its client, whoever the person is (RFC 6749 §5.2, OpenID Federation 1.0 §8.9). */
const ABOUT_US = new Set([
  ...['invalid_client', 'unauthorized_client', 'invalid_scope'],
  ...['invalid_trust_chain', 'invalid_trust_anchor', 'invalid_metadata'],
]);

/** Asks the single entry; every way it can fail becomes a value. Only bugs are thrown. */
export async function ask<T>(call: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof Fault && NO_PROVIDER.has(error.code)) {
    return { kind: 'unreachable', cause: error };
  }
  if (error instanceof oidc.AuthorizationResponseError) {
    return { kind: 'refused', error: error.error, body: {} };
  }
  if (error instanceof oidc.ResponseBodyError) {
    if (error.status >= 500 || error.status === 429 || PASSING.has(error.error)) {
      return { kind: 'unreachable', cause: error };
    }
    return { kind: 'refused', error: error.error, body: { ...error.cause } };
  }
  if (error instanceof oidc.WWWAuthenticateChallengeError) {
    return { kind: 'refused', error: error.cause[0]?.parameters.error ?? 'invalid_token', body: {} };
  }
  if (error instanceof oidc.ClientError) {
    return NO_ANSWER.has(error.code)
      ? { kind: 'unreachable', cause: error }
      : { kind: 'unsound', cause: error };
  }
  // fetch reports a broken connection as a TypeError without a code; with one it is our own wrong argument
  if (error instanceof TypeError && !('code' in error)) return { kind: 'unreachable', cause: error };
  throw error;
}

/** What a person is told of a failure that leaves nothing else to do. */
export function faultOf(failure: Failure): Fault {
  switch (failure.kind) {
    case 'unreachable':
      return failure.cause instanceof Fault
        ? failure.cause
        : new Fault('identity_provider_unavailable', {}, failure.cause);
    case 'unsound':
      return new Fault('sign_in_failed', {}, failure.cause);
    case 'refused':
      return new Fault(
        ABOUT_US.has(failure.error) ? 'system_not_admitted' : 'sign_in_failed',
        {},
        told(failure),
      );
  }
}

/** For the log: what it said, and why. */
function told({ error, body }: { error: string; body: Record<string, unknown> }): Error {
  const why = body['error_description'];
  return new Error(`the single entry answered ${error}${typeof why === 'string' ? `: ${why}` : ''}`);
}
