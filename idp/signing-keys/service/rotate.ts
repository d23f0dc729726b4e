import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { planRotation } from '../policy.ts';
import { type SigningKeyDeps, algorithmsInUse } from '../service.ts';
import { closeKey, listKeys, lockSigningKeys } from '../store.ts';
import type { KeySchedule, RotationPlan, SigningAlgorithm } from '../types.ts';
import { withKeyPairs } from '../vault.ts';
import { type KeyDeed, addKey } from './record.ts';

/** Whether to make successors that are not due yet, and of which algorithm alone. */
export interface RotationWish {
  ask: boolean;
  alg?: SigningAlgorithm | undefined;
}

/** What rotating would do now. */
export async function previewRotation(
  { db, clock }: { db: Db; clock: SigningKeyDeps['clock'] },
  schedule: KeySchedule,
  { ask, alg }: RotationWish,
): Promise<RotationPlan> {
  const now = clock();
  const keys = await listKeys(db, now);
  return planRotation(keys, alg ? [alg] : algorithmsInUse(keys), schedule, now, ask);
}

/**
 * Makes what the schedule says is due, or with `ask` a successor of every key, or of the one algorithm wished for.
 * Key pairs are made outside the transaction; inside it, behind the lock, the plan is made again, so that any number
 * of replicas and operators may ask at once.
 * @param request why, for the key and its audit record
 * @returns what was done
 */
export async function rotateKeys(
  deps: SigningKeyDeps,
  schedule: KeySchedule,
  request: RotationWish & KeyDeed,
): Promise<RotationPlan> {
  const expected = await previewRotation(deps, schedule, request);
  if (expected.create.length === 0) return expected;
  const wanted = expected.create.map(({ alg }) => alg);
  return withKeyPairs(deps, wanted, (take) =>
    transact(deps.db, async (trx) => {
      await lockSigningKeys(trx);
      const plan = await previewRotation({ db: trx, clock: deps.clock }, schedule, request);
      for (const times of plan.create) {
        const pair = take(times.alg);
        if (pair) await addKey(trx, pair, times, request);
      }
      for (const end of plan.close) await closeKey(trx, end);
      return plan;
    }),
  );
}
