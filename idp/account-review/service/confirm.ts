import { transact } from '#db/transact.ts';
import { type Caller, recordConsoleDeed } from '../../audit/index.ts';
import { type ConsoleCaller, reachOf, reachesUnit } from '../../permissions/index.ts';
import { decideConfirmation } from '../policy.ts';
import { confirmItem, lockItem } from '../store/items.ts';
import type { ReviewDeps, ReviewRefusal } from '../types.ts';

/**
 * Says of an account that it is still needed.
 * @returns why not, undefined when it is done
 */
export function confirmAccount(
  { db, clock }: Pick<ReviewDeps, 'db' | 'clock'>,
  caller: ConsoleCaller,
  accountId: string,
  from: Caller,
): Promise<ReviewRefusal | undefined> {
  const reach = reachOf(caller, 'account_reviews.answer');
  return transact(db, async (trx) => {
    const item = await lockItem(trx, accountId);
    const by = {
      accountId: caller.accountId,
      isNational: reach?.nation === true,
      reachesUnit: item !== undefined && reach !== undefined && reachesUnit(reach, item.unitCode),
    };
    const decision = decideConfirmation(item, by, clock());
    if (!decision.allowed || !item) return decision.allowed ? 'unknown_item' : decision.reason;
    await confirmItem(trx, item, caller.accountId);
    await recordConsoleDeed(trx, caller, {
      type: 'account_review.confirmed',
      target: { kind: 'account_review', id: item.period },
      accountId,
      unitCode: item.unitCode,
      changes: { state: ['open', 'needed'] },
      from,
    });
    return undefined;
  });
}
