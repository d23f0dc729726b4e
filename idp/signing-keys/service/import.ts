import { calculateJwkThumbprint } from 'jose';
import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { planRotation, successorOf } from '../policy.ts';
import type { ForeignKey } from '../read-key.ts';
import type { SigningKeyDeps } from '../service.ts';
import { closeKey, listKeys, listKnownKeys, lockSigningKeys } from '../store.ts';
import type { KeySchedule, RotationPlan } from '../types.ts';
import { sealKey } from '../vault.ts';
import { type KeyDeed, addKey } from './record.ts';

/**
 * What importing the key would do now: it is announced like any successor.
 * @throws ConfigurationError when it is known already, or its algorithm has a successor
 */
export async function previewImport(
  { db, clock }: { db: Db; clock: SigningKeyDeps['clock'] },
  schedule: KeySchedule,
  key: ForeignKey,
): Promise<RotationPlan> {
  const now = clock();
  const keys = await listKeys(db, now);
  const known = await findKnown(db, key);
  if (known !== undefined) throw new ConfigurationError(`the key is known already, as ${known}`);
  const successor = successorOf(keys, key.alg, now);
  if (successor) {
    throw new ConfigurationError(
      `${key.alg} has a successor already: ${successor.kid}; retire that one first`,
    );
  }
  return planRotation(keys, [key.alg], schedule, now, true);
}

/** Announces a key made elsewhere as the successor of its algorithm's. @throws ConfigurationError like `previewImport` */
export async function importKey(
  deps: SigningKeyDeps,
  schedule: KeySchedule,
  key: ForeignKey,
  deed: KeyDeed,
): Promise<RotationPlan> {
  return transact(deps.db, async (trx) => {
    await lockSigningKeys(trx);
    const plan = await previewImport({ db: trx, clock: deps.clock }, schedule, key);
    for (const times of plan.create) await addKey(trx, sealKey(deps, key), times, deed, true);
    for (const end of plan.close) await closeKey(trx, end);
    return plan;
  });
}

/** The kid under which the same key, or another of its name, is or was kept; a revoked one never comes back. */
async function findKnown(db: Db, key: ForeignKey): Promise<string | undefined> {
  const thumbprint = await calculateJwkThumbprint(key.publicJwk);
  for (const { kid, publicJwk } of await listKnownKeys(db)) {
    if (kid === key.kid || (await calculateJwkThumbprint(publicJwk)) === thumbprint) return kid;
  }
  return undefined;
}
