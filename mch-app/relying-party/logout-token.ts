import { type JWTVerifyGetKey, errors, jwtVerify } from 'jose';
import { z } from 'zod';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_AGE_SECONDS = 5 * 60;
const CLOCK_TOLERANCE_SECONDS = 15;

const text = z.string().min(1).max(400);
const claims = z
  .object({
    iat: z.number(),
    exp: z.number(),
    jti: text,
    events: z.object({ [EVENT]: z.looseObject({}) }),
    sub: text.optional(),
    sid: text.optional(),
    nonce: z.never().optional(),
  })
  .refine((token) => token.sub !== undefined || token.sid !== undefined, 'needs sub or sid');

export interface LogoutToken {
  jti: string;
  expiresAt: Date;
  sub?: string;
  sid?: string;
}

export type LogoutTokenReading =
  | { ok: true; token: LogoutToken }
  | { ok: false; reason: 'invalid' }
  /** The keys could not be had, so nothing is known of the token. */
  | { ok: false; reason: 'unavailable'; cause: unknown };

/**
 * Verifies a logout token in full (OpenID Connect Back-Channel Logout 1.0 §2.6): type, algorithm, signature,
 * issuer, audience, times, event, `sub` or `sid`, and no `nonce`. Replay is for the caller to refuse by `jti`.
 */
export async function verifyLogoutToken(
  jwt: string,
  keys: JWTVerifyGetKey,
  expected: { issuer: string; clientId: string; now: Date },
): Promise<LogoutTokenReading> {
  try {
    const { payload } = await jwtVerify(jwt, keys, {
      typ: 'logout+jwt',
      algorithms: ['ES256'],
      issuer: expected.issuer,
      audience: expected.clientId,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: expected.now,
    });
    const parsed = claims.safeParse(payload);
    if (!parsed.success) return { ok: false, reason: 'invalid' };
    const { jti, exp, sub, sid } = parsed.data;
    const expiresAt = new Date((exp + CLOCK_TOLERANCE_SECONDS) * 1000);
    return {
      ok: true,
      token: { jti, expiresAt, ...(sub === undefined ? {} : { sub }), ...(sid === undefined ? {} : { sid }) },
    };
  } catch (error) {
    if (error instanceof errors.JOSEError) return { ok: false, reason: 'invalid' };
    return { ok: false, reason: 'unavailable', cause: error };
  }
}
