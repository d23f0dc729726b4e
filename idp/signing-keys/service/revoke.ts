import { transact } from '#db/transact.ts';
import { askForConfirmation } from '../confirm.ts';
import { planRevocation } from '../policy.ts';
import type { SigningKeyDeps } from '../service.ts';
import { listKeys, lockSigningKeys, markPromoted, markRevoked, reopenKey, setSignFrom } from '../store.ts';
import type { KeySchedule, RevocationPlan } from '../types.ts';
import { withKeyPairs } from '../vault.ts';
import { type KeyDeed, addKey, recordKeyDeed } from './record.ts';

/** What revoking it would do now; undefined when there is no such key in use. */
export async function previewRevocation(
  { db, clock }: Pick<SigningKeyDeps, 'db' | 'clock'>,
  schedule: KeySchedule,
  kid: string,
): Promise<RevocationPlan | undefined> {
  const now = clock();
  return planRevocation(await listKeys(db, now), kid, schedule, now);
}

/**
 * Takes a key out of use at once: no replica signs with it or publishes it from now on, and its algorithm signs on
 * with the announced successor or, without one, with a new key. For a key that may have leaked; everything it signed
 * becomes worthless. It acts on one person's word; whoever else may confirm it is told, and an alarm stands after a
 * day without.
 * @param deed `by` is the operator at the console; without one an operator's command did it
 * @returns what was done, or undefined when there is no such key in use
 */
export async function revokeKey(
  deps: SigningKeyDeps & { issuer: string },
  schedule: KeySchedule,
  kid: string,
  deed: KeyDeed,
): Promise<RevocationPlan | undefined> {
  const key = (await listKeys(deps.db, deps.clock())).find((candidate) => candidate.kid === kid);
  return withKeyPairs(deps, key ? [key.alg] : [], (take) =>
    transact(deps.db, async (trx) => {
      await lockSigningKeys(trx);
      const now = deps.clock();
      const plan = await previewRevocation({ db: trx, clock: () => now }, schedule, kid);
      if (!plan || !(await markRevoked(trx, kid, now))) return undefined;
      await askForConfirmation(trx, deps, kid, deed);
      await recordKeyDeed(trx, deed, 'signing_key.revoked', kid, { alg: plan.alg });
      if (plan.reopen !== undefined) await reopenKey(trx, plan.reopen);
      if (plan.promote) {
        await setSignFrom(trx, plan.promote.kid, plan.promote.signFrom);
        await markPromoted(trx, plan.promote.kid, now, []);
        await recordKeyDeed(trx, deed, 'signing_key.promoted', plan.promote.kid, { alg: plan.alg });
      }
      const pair = plan.create && take(plan.alg);
      if (plan.create && pair) await addKey(trx, pair, plan.create, deed);
      return plan;
    }),
  );
}
