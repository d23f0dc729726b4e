import { SignJWT, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose';
import {
  type PublishedKey,
  type SigningKeyDeps,
  loadKeySnapshot,
  signCompact,
} from '../signing-keys/index.ts';
import { alterClaims } from './policy.ts';
import { takeArmedVariant } from './store/runs.ts';
import type { LogoutVariant, Variant } from './types.ts';

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
  const { alg = '' } = decodeProtectedHeader(idToken);
  return signVariant(deps, alg, decodeJwt(idToken), variant);
}

async function signVariant(
  deps: SigningKeyDeps,
  alg: string,
  claims: Record<string, unknown>,
  variant: Variant,
): Promise<string> {
  const named = await ownKey(deps, alg, variant === 'next_key' ? 'announced' : 'active');
  const altered = alterClaims(claims, variant);
  return variant === 'bad_signature'
    ? signAsStranger(named, 'JWT', altered)
    : signCompact(named, 'JWT', altered);
}

/**
 * A logout token with these claims, signed as the client's are; `variant` may want it unsigned or signed by a stranger.
 * @param alg what the client has ID tokens signed with
 */
export async function signLogoutToken(
  deps: SigningKeyDeps,
  alg: string,
  claims: Record<string, unknown>,
  variant: LogoutVariant | undefined,
): Promise<string> {
  const typ = 'logout+jwt';
  if (variant === 'unsigned') {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none', typ })}.${part(claims)}.`;
  }
  const active = await ownKey(deps, alg, 'active');
  return variant === 'bad_signature' ? signAsStranger(active, typ, claims) : signCompact(active, typ, claims);
}

/** @throws Error when no key of ours is in that state */
async function ownKey(
  deps: SigningKeyDeps,
  wanted: string,
  state: 'active' | 'announced',
): Promise<PublishedKey> {
  const snapshot = await loadKeySnapshot(deps);
  const states = new Set(snapshot.stamp.split(' '));
  const key = snapshot.keys.find(({ alg, kid }) => alg === wanted && states.has(`${kid}:${state}`));
  if (!key) throw new Error(`no signing key is ${state}`);
  return key;
}

/** The successor of the algorithm's signing key: published, not signing yet. */
export async function announcedKid(deps: SigningKeyDeps, alg: string): Promise<string | undefined> {
  try {
    return (await ownKey(deps, alg, 'announced')).kid;
  } catch {
    return undefined;
  }
}

/** Under our kid, by a key nobody published. */
async function signAsStranger(
  { alg, kid }: Pick<PublishedKey, 'alg' | 'kid'>,
  typ: string,
  claims: Record<string, unknown>,
): Promise<string> {
  const { privateKey } = await generateKeyPair(alg);
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ }).sign(privateKey);
}
