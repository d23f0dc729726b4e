import { type CryptoKey, type JWK, SignJWT, decodeJwt, generateKeyPair, importJWK } from 'jose';
import { type SigningKeyDeps, loadKeySnapshot } from '../signing-keys/index.ts';
import { alterClaims } from './policy.ts';
import { takeArmedVariant } from './store/runs.ts';
import type { LogoutVariant, Variant } from './types.ts';

const ALG = 'ES256';

/**
 * The ID token to answer with instead of `idToken`, when the grant is that of a readiness run which waits for
 * one; undefined for every other.
 * @param grant whose session, client and account the code was issued for
 */
export async function readinessIdToken(
  deps: SigningKeyDeps,
  grant: { sessionUid: string; clientId: string; accountId: string },
  idToken: string,
): Promise<string | undefined> {
  const variant = await takeArmedVariant(deps.db, grant);
  if (variant === undefined || variant === 'honest') return undefined;
  return signVariant(deps, decodeJwt(idToken), variant);
}

async function signVariant(
  deps: SigningKeyDeps,
  claims: Record<string, unknown>,
  variant: Variant,
): Promise<string> {
  const named = await ownKey(deps, variant === 'next_key' ? 'announced' : 'active');
  const key = variant === 'bad_signature' ? await strangerKey() : await importJWK(named, ALG);
  const header = { alg: ALG, kid: named.kid ?? '', typ: 'JWT' };
  return new SignJWT(alterClaims(claims, variant)).setProtectedHeader(header).sign(key);
}

/** A logout token with these claims, signed as ours are; `variant` may want it unsigned or signed by a stranger. */
export async function signLogoutToken(
  deps: SigningKeyDeps,
  claims: Record<string, unknown>,
  variant: LogoutVariant | undefined,
): Promise<string> {
  const typ = 'logout+jwt';
  if (variant === 'unsigned') {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none', typ })}.${part(claims)}.`;
  }
  const active = await ownKey(deps, 'active');
  const key = variant === 'bad_signature' ? await strangerKey() : await importJWK(active, ALG);
  return new SignJWT(claims).setProtectedHeader({ alg: ALG, kid: active.kid ?? '', typ }).sign(key);
}

/** @throws Error when no key of ours is in that state */
async function ownKey(deps: SigningKeyDeps, state: 'active' | 'announced'): Promise<JWK> {
  const snapshot = await loadKeySnapshot(deps);
  const states = new Set(snapshot.stamp.split(' '));
  const key = snapshot.keys.find(({ alg, kid = '' }) => alg === ALG && states.has(`${kid}:${state}`));
  if (!key) throw new Error(`no signing key is ${state}`);
  return key;
}

/** The successor of the signing key: published, not signing yet. */
export async function announcedKid(deps: SigningKeyDeps): Promise<string | undefined> {
  try {
    return (await ownKey(deps, 'announced')).kid;
  } catch {
    return undefined;
  }
}

/** A key nobody published. */
async function strangerKey(): Promise<CryptoKey> {
  return (await generateKeyPair(ALG)).privateKey;
}
