import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { decideRetirement } from '../policy.ts';
import type { SigningKeyDeps } from '../service.ts';
import { endPublication, listKeys, lockSigningKeys, reopenKey } from '../store.ts';
import { countSessionsSince } from '../store/dependants.ts';
import type { KeySchedule, RetirementDecision } from '../types.ts';
import { type KeyDeed, recordKeyDeed } from './record.ts';

/** Whether a key may leave the JWKS now, and why not. */
export async function previewRetirement(
  { db, clock }: { db: Db; clock: SigningKeyDeps['clock'] },
  schedule: KeySchedule,
  kid: string,
): Promise<RetirementDecision> {
  const now = clock();
  const keys = await listKeys(db, now);
  const signUntil = keys.find((key) => key.kid === kid)?.signUntil;
  const sessions = signUntil ? await countSessionsSince(db, signUntil, now) : 0;
  return decideRetirement(keys, kid, sessions, schedule, now);
}

/** Takes a key out of the JWKS before its time, unless something living depends on it. @returns what was decided */
export async function retireKey(
  deps: Pick<SigningKeyDeps, 'db' | 'clock'>,
  schedule: KeySchedule,
  kid: string,
  deed: KeyDeed,
): Promise<RetirementDecision> {
  return transact(deps.db, async (trx) => {
    await lockSigningKeys(trx);
    const decision = await previewRetirement({ db: trx, clock: deps.clock }, schedule, kid);
    if (!decision.allowed) return decision;
    await endPublication(trx, kid, deps.clock());
    if (decision.reopen !== undefined) await reopenKey(trx, decision.reopen);
    await recordKeyDeed(trx, deed, 'signing_key.retired', kid, {});
    return decision;
  });
}
