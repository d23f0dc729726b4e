import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { atOnce } from '../policy.ts';
import { type SigningKeyDeps, algorithmsInUse } from '../service.ts';
import { listKeys, lockSigningKeys, markRevoked } from '../store.ts';
import type { KeySchedule } from '../types.ts';
import { withKeyPairs } from '../vault.ts';
import { addKey, recordKeyDeed } from './record.ts';

/**
 * Takes every key out of use and puts new ones in their place at once, in one transaction with `deed`: for a database
 * that has forgotten which of its keys were revoked. Whatever an old key signed is refused from then on.
 * @returns what `deed` returned, and how many keys went
 */
export async function replaceAllKeys<T>(
  deps: SigningKeyDeps,
  schedule: KeySchedule,
  reason: string,
  deed: (trx: Trx) => Promise<T>,
): Promise<{ result: T; replaced: number }> {
  const algorithms = algorithmsInUse(await listKeys(deps.db, deps.clock()));
  return withKeyPairs(deps, algorithms, (take) =>
    transact(deps.db, async (trx) => {
      await lockSigningKeys(trx);
      const now = deps.clock();
      const keys = await listKeys(trx, now);
      for (const { kid, alg } of keys) {
        await markRevoked(trx, kid, now);
        await recordKeyDeed(trx, { reason }, 'signing_key.revoked', kid, { alg });
      }
      for (const alg of algorithms) {
        const pair = take(alg);
        if (pair) await addKey(trx, pair, atOnce(schedule, now), { reason });
      }
      return { result: await deed(trx), replaced: keys.length };
    }),
  );
}
