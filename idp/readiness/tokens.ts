import { SignJWT, decodeJwt, generateKeyPair } from 'jose';
import {
  type PublishedKey,
  type SigningKeyDeps,
  loadKeySnapshot,
  signCompact,
} from '../signing-keys/index.ts';
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
  const altered = alterClaims(claims, variant);
  return variant === 'bad_signature'
    ? signAsStranger(named.kid, 'JWT', altered)
    : signCompact(named, 'JWT', altered);
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
  return variant === 'bad_signature'
    ? signAsStranger(active.kid, typ, claims)
    : signCompact(active, typ, claims);
}

/** @throws Error when no key of ours is in that state */
async function ownKey(deps: SigningKeyDeps, state: 'active' | 'announced'): Promise<PublishedKey> {
  const snapshot = await loadKeySnapshot(deps);
  const states = new Set(snapshot.stamp.split(' '));
  const key = snapshot.keys.find(({ alg, kid }) => alg === ALG && states.has(`${kid}:${state}`));
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

/** Under our kid, by a key nobody published. */
async function signAsStranger(kid: string, typ: string, claims: Record<string, unknown>): Promise<string> {
  const { privateKey } = await generateKeyPair(ALG);
  return new SignJWT(claims).setProtectedHeader({ alg: ALG, kid, typ }).sign(privateKey);
}
