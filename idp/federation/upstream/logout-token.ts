import { type JWTVerifyGetKey, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { ProviderLogout } from './types.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_AGE_SECONDS = 5 * 60;
const TOLERANCE_SECONDS = 15;

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

/**
 * Verifies a provider's logout token in full (OpenID Connect Back-Channel Logout 1.0 §2.6): type, algorithm,
 * signature, issuer, audience, times, event, `sub` or `sid`, and no `nonce`. A type is demanded where there is one:
 * older providers leave it out.
 * @returns undefined when it is not what it should be
 * @throws ProviderUnavailable when the keys cannot be had
 */
export async function readLogoutToken(
  jwt: string,
  keys: JWTVerifyGetKey,
  expected: { issuer: string; clientId: string; alg: string; now: Date },
): Promise<ProviderLogout | undefined> {
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
    const { typ } = protectedHeader;
    if (typ !== undefined && !/^(application\/)?logout\+jwt$/i.test(typ) && typ !== 'JWT') return undefined;
    const parsed = claims.safeParse(payload);
    if (!parsed.success) return undefined;
    const { jti, iat, exp, sub, sid } = parsed.data;
    // after that its age refuses it, however far ahead its end is
    const until = Math.min(exp, iat + MAX_AGE_SECONDS) + TOLERANCE_SECONDS;
    return { jti, expiresAt: new Date(until * 1000), saidAt: new Date(iat * 1000), sub, sid };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
