import { type JWTVerifyGetKey, errors, jwtVerify } from 'jose';
import { z } from 'zod';

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_AGE_SECONDS = 5 * 60;
const TOLERANCE_SECONDS = 15;
const TYPE = /^(application\/)?logout\+jwt$/i;

/** What a `jti`, `sub` or `sid` may be; with what no identifier holds it could not be looked for. */
export const identifier = z
  .string()
  .max(400)
  .regex(/^\P{C}+$/u);
const claims = z
  .object({
    iat: z.number(),
    exp: z.number(),
    jti: identifier,
    events: z.object({ [LOGOUT_EVENT]: z.looseObject({}) }),
    sub: identifier.optional(),
    sid: identifier.optional(),
    nonce: z.never().optional(),
  })
  .refine((token) => token.sub !== undefined || token.sid !== undefined, 'needs sub or sid');

/** What is over: a subject, a session of it, or both. */
export interface LogoutToken {
  jti: string;
  saidAt: Date;
  /** From then on it is refused by itself. */
  expiresAt: Date;
  sub: string | undefined;
  sid: string | undefined;
}

/**
 * Verifies a logout token in full (OpenID Connect Back-Channel Logout 1.0 §2.6): type, algorithm, signature, issuer,
 * audience, times, event, `sub` or `sid`, and no `nonce`. Replay is for the caller to refuse by `jti`.
 * @param expected older issuers name no type of its own: with `typed` false it is demanded only where one is named
 * @returns undefined when it is not what it should be
 * @throws Error of `keys`, when they cannot be had: then nothing is known of the token
 */
export async function verifyLogoutToken(
  jwt: string,
  keys: JWTVerifyGetKey,
  expected: { issuer: string; clientId: string; alg: string; typed: boolean; now: Date },
): Promise<LogoutToken | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(jwt, keys, {
      algorithms: [expected.alg],
      issuer: expected.issuer,
      audience: expected.clientId,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: expected.now,
    });
    const { typ = '' } = protectedHeader;
    const isUntyped = !expected.typed && ['', 'JWT'].includes(typ);
    const parsed = claims.safeParse(payload);
    if (!parsed.success || !(isUntyped || TYPE.test(typ))) return undefined;
    const { jti, iat, exp, sub, sid } = parsed.data;
    // after that its age refuses it, however far ahead its end is
    const until = Math.min(exp, iat + MAX_AGE_SECONDS) + TOLERANCE_SECONDS;
    return { jti, saidAt: new Date(iat * 1000), expiresAt: new Date(until * 1000), sub, sid };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
