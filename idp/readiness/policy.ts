import type { LogoutVariant, Step, Variant } from './types.ts';

/** Every session of a run begins so; no session of a browser does, whose ids hold no dot. */
export const RUN_SESSION = 'readiness.';

/** What no client is called and nobody is: tokens made out to it are worth nothing anywhere. */
const NOBODY = 'urn:single-entry:nobody';
const ELSEWHERE = 'https://issuer.invalid';

export const BAD_TOKENS: readonly Variant[] = [
  'wrong_nonce',
  'wrong_issuer',
  'wrong_audience',
  'bad_signature',
];
export const BAD_LOGOUTS: readonly LogoutVariant[] = [
  'wrong_audience',
  'no_events',
  'nonce',
  'expired',
  'unsigned',
  'bad_signature',
];

type Claims = Record<string, unknown>;

/** The claims of an ID token as the run wants them: for a wrong audience or issuer such as exist nowhere. */
export function alterClaims(claims: Claims, variant: Variant): Claims {
  switch (variant) {
    case 'wrong_nonce':
      return { ...claims, nonce: 'another-nonce' };
    case 'wrong_issuer':
      return { ...claims, iss: ELSEWHERE };
    case 'wrong_audience':
      return { ...claims, aud: NOBODY };
    default:
      return claims;
  }
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LIFE_SECONDS = 120;
const LONG_AGO_SECONDS = 3600;

/** A logout token's claims (OpenID Connect Back-Channel Logout 1.0 §2.4); a variant has one thing wrong. */
export function logoutClaims(
  about: { issuer: string; clientId: string; sub: string; sid: string | undefined; jti: string },
  now: Date,
  variant: LogoutVariant | undefined,
): Claims {
  const iat = Math.floor(now.getTime() / 1000) - (variant === 'expired' ? LONG_AGO_SECONDS : 0);
  return {
    iss: about.issuer,
    aud: variant === 'wrong_audience' ? NOBODY : about.clientId,
    sub: about.sub,
    ...(about.sid !== undefined && { sid: about.sid }),
    jti: about.jti,
    iat,
    exp: iat + LIFE_SECONDS,
    ...(variant !== 'no_events' && { events: { [LOGOUT_EVENT]: {} } }),
    ...(variant === 'nonce' && { nonce: 'a-nonce' }),
  };
}

/** A run passes when every step did; one that could not be checked is none that passed. */
export function outcomeOf(steps: Step[]): 'passed' | 'failed' {
  return steps.length > 0 && steps.every(({ outcome }) => outcome === 'passed') ? 'passed' : 'failed';
}
