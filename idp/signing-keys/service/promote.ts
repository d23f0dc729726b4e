import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { recordAudit } from '../../audit/index.ts';
import { activeOf, clientsWaitedFor, endAt, planPromotion, stateOf } from '../policy.ts';
import type { SigningKeyDeps } from '../service.ts';
import { closeKey, listKeys, lockSigningKeys, markPromoted, setSignFrom } from '../store.ts';
import { listKeyFetches } from '../store/evidence.ts';
import type { KeySchedule, SigningAlgorithm, SigningKey } from '../types.ts';

/** A key that began to sign, and who had not fetched it then. */
export interface Promotion {
  kid: string;
  alg: SigningAlgorithm;
  without: string[];
}

type Deps = Pick<SigningKeyDeps, 'db' | 'clock'>;

/**
 * Brings the beginning of announced keys forward when every active client has fetched them, back to the deadline when
 * one appears that has not, and records which keys began to sign, with or without everybody. Any number of replicas
 * may do it at once.
 * @returns the keys that began to sign
 */
export async function promoteKeys(deps: Deps, schedule: KeySchedule): Promise<Promotion[]> {
  if (!(await isAnythingDue(deps, schedule))) return [];
  return transact(deps.db, async (trx) => {
    await lockSigningKeys(trx);
    const now = deps.clock();
    const keys = await listKeys(trx, now);
    const promoted: Promotion[] = [];
    for (const key of keys.filter(isWatched)) {
      const waitedFor = clientsWaitedFor(await listKeyFetches(trx, key.kid), now);
      if (stateOf(key, now) !== 'announced') {
        const late = key.wait !== undefined && key.signFrom >= key.wait.deadline;
        const done = await recordPromotion(trx, key, late ? waitedFor : [], now);
        if (done) promoted.push(done);
        continue;
      }
      const signFrom = planPromotion(key, waitedFor, schedule, now);
      const active = activeOf(keys, key.alg, now);
      if (signFrom && active) await move(trx, { key, active, signFrom, waitedFor }, schedule);
    }
    return promoted;
  });
}

/** A look without the lock: most of the time there is nothing to do. */
async function isAnythingDue({ db, clock }: Deps, schedule: KeySchedule): Promise<boolean> {
  const now = clock();
  const watched = (await listKeys(db, now)).filter(isWatched);
  for (const key of watched) {
    if (stateOf(key, now) !== 'announced') return true;
    const waitedFor = clientsWaitedFor(await listKeyFetches(db, key.kid), now);
    if (planPromotion(key, waitedFor, schedule, now)) return true;
  }
  return false;
}

const isWatched = ({ wait, promotedAt }: SigningKey): boolean => wait !== undefined && !promotedAt;

async function move(
  trx: Trx,
  {
    key,
    active,
    signFrom,
    waitedFor,
  }: Record<'key' | 'active', SigningKey> & { signFrom: Date; waitedFor: string[] },
  schedule: KeySchedule,
): Promise<void> {
  await setSignFrom(trx, key.kid, signFrom);
  await closeKey(trx, { kid: active.kid, ...endAt(signFrom, schedule) });
  const { kid, alg } = key;
  const details = { kid, alg, signsFrom: signFrom.toISOString(), waitsFor: waitedFor };
  await recordAudit(trx, { type: 'signing_key.rescheduled', details });
}

async function recordPromotion(
  trx: Trx,
  { kid, alg, signFrom }: SigningKey,
  without: string[],
  now: Date,
): Promise<Promotion | undefined> {
  if (!(await markPromoted(trx, kid, now, without))) return undefined;
  const evidence = without.length === 0 ? 'complete' : 'deadline';
  const details = { kid, alg, signsFrom: signFrom.toISOString(), evidence, without };
  await recordAudit(trx, { type: 'signing_key.promoted', details });
  return { kid, alg, without };
}
