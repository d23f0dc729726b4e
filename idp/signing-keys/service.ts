import { type JWK, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { recordAudit } from '../audit/index.ts';
import { nextChange, orderForPublication, stateOf } from './policy.ts';
import { insertKey, listKeys, lockSigningKeys } from './store.ts';
import type { KeySnapshot, SigningAlgorithm, SigningKey } from './types.ts';

export interface SigningKeyDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
}

const PURPOSE = 'signing-key';
const ALGORITHMS: SigningAlgorithm[] = ['ES256', 'RS256'];

/**
 * Makes the first key of each algorithm that has none. With no key published before there is no cache to wait
 * for, so it signs at once. Safe to call from every replica at once.
 */
export async function ensureSigningKeys(deps: SigningKeyDeps): Promise<void> {
  const missing = await missingAlgorithms(deps, deps.db);
  if (missing.length === 0) return;
  const made = await Promise.all(missing.map((alg) => makeKey(deps.keyring, alg, deps.clock())));
  await deps.db.transaction().execute(async (trx) => {
    await lockSigningKeys(trx);
    const stillMissing = await missingAlgorithms(deps, trx);
    for (const key of made.filter((candidate) => stillMissing.includes(candidate.alg))) {
      await insertKey(trx, key, 'first key');
      await recordAudit(trx, {
        type: 'signing_key.created',
        outcome: 'success',
        details: { kid: key.kid, alg: key.alg },
      });
    }
  });
}

async function missingAlgorithms(deps: SigningKeyDeps, db: Db): Promise<SigningAlgorithm[]> {
  const now = deps.clock();
  const keys = await listKeys(db, now);
  return ALGORITHMS.filter((alg) => !keys.some((key) => key.alg === alg && stateOf(key, now) === 'active'));
}

/** What to publish and sign with now. @throws Error when a private key cannot be opened with the master keys */
export async function loadKeySnapshot(deps: SigningKeyDeps): Promise<KeySnapshot> {
  const now = deps.clock();
  const all = await listKeys(deps.db, now);
  const keys = orderForPublication(all, now);
  return {
    keys: keys.map((key) => openKey(deps.keyring, key)),
    stamp: keys.map((key) => `${key.kid}:${stateOf(key, now)}`).join(' '),
    changesAt: nextChange(all, now),
  };
}

function openKey(keyring: Keyring, key: SigningKey): JWK {
  const jwk = JSON.parse(keyring.open(PURPOSE, key.privateSealed, key.kid).toString('utf8')) as JWK;
  return { ...jwk, kid: key.kid, alg: key.alg, use: 'sig' };
}

async function makeKey(keyring: Keyring, alg: SigningAlgorithm, now: Date): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const privateJwk = await exportJWK(pair.privateKey);
  return {
    kid,
    alg,
    publicJwk: { ...publicJwk, kid, alg, use: 'sig' },
    privateSealed: keyring.seal(PURPOSE, Buffer.from(JSON.stringify(privateJwk)), kid),
    publishFrom: now,
    signFrom: now,
    signUntil: undefined,
    publishUntil: undefined,
    revokedAt: undefined,
  };
}
