import type { JWTPayload } from 'jose';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { newestKids, nextChange, orderForPublication, stateOf } from './policy.ts';
import { listKeys } from './store.ts';
import type { KeySnapshot, SigningAlgorithm, SigningKey } from './types.ts';
import { type Vault, openKey, signCompact } from './vault.ts';

export interface SigningKeyDeps extends Vault {
  db: Db;
  clock: Clock;
}

/** Signed with everywhere: ES256; RS256 for clients that know nothing newer. */
export const ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'RS256'];

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
