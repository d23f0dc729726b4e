import type { JWTPayload } from 'jose';
import type { Db, Trx } from '#db/idp/tables.ts';
import { type Clock, DAY, after } from '#kit/clock.ts';
import { newestKids, nextChange, orderForPublication, stateOf } from './policy.ts';
import { listKeys, listRetiredKeys, listSigningAlgorithms } from './store.ts';
import type { KeySnapshot, PublicKey, SigningAlgorithm, SigningKey } from './types.ts';
import { type Vault, openKey, signCompact } from './vault.ts';

export interface SigningKeyDeps extends Vault {
  db: Db;
  clock: Clock;
}

/** A relying party may show an ID token as a hint long after the session it speaks of. */
const HINTS_MS = 30 * DAY;

/** Every algorithm that a client may wish for; of those not in `USUAL` there are keys once an operator makes one. */
export const ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];
/** Signed with everywhere: ES256; RS256 for clients that know nothing newer. */
const USUAL: readonly SigningAlgorithm[] = ['ES256', 'RS256'];

/** The algorithms that always have a key that signs: the usual ones, and whichever has keys already. */
export function algorithmsInUse(keys: Pick<SigningKey, 'alg'>[]): SigningAlgorithm[] {
  return ALGORITHMS.filter((alg) => USUAL.includes(alg) || keys.some((key) => key.alg === alg));
}

/** The algorithms that a client may be registered for. */
export async function availableAlgorithms(db: Db | Trx): Promise<string[]> {
  return [...new Set([...USUAL, ...(await listSigningAlgorithms(db))])];
}

/** What to publish and sign with now. @throws Error when a private key cannot be opened with the master keys */
export async function loadKeySnapshot(deps: SigningKeyDeps): Promise<KeySnapshot> {
  const now = deps.clock();
  const all = await listKeys(deps.db, now);
  const keys = orderForPublication(all, now);
  return {
    keys: keys.map((key) => openKey(deps, key)),
    stamp: stampOf(all, now),
    newest: newestKids(all, now),
    changesAt: nextChange(all, now),
  };
}

/** Keys that only verify what old tokens say of a session, as hints; they are not published any more. */
export async function loadRetiredKeys({
  db,
  clock,
}: Pick<SigningKeyDeps, 'db' | 'clock'>): Promise<PublicKey[]> {
  const now = clock();
  return listRetiredKeys(db, after(now, -HINTS_MS), now);
}

/** Published keys with their states: equal stamps mean equal key sets. */
export function stampOf(keys: SigningKey[], now: Date): string {
  const published = orderForPublication(keys, now);
  return published.map((key) => `${key.kid}:${stateOf(key, now)}`).join(' ');
}

/**
 * A statement of the provider's own, signed with the key in use, for whoever trusts its published keys.
 * @param typ names what kind of statement it is, so that none passes for another
 */
export async function signStatement(deps: SigningKeyDeps, typ: string, claims: JWTPayload): Promise<string> {
  const now = deps.clock();
  const active = (await listKeys(deps.db, now)).find(
    (key) => key.alg === 'ES256' && stateOf(key, now) === 'active',
  );
  if (!active) throw new Error('no key signs');
  return signCompact(openKey(deps, active), typ, claims);
}
