import type { Trx } from '#db/mch/tables.ts';
import { deleteExpired } from './store.ts';

/** Clears away one batch of each kind of expired row. @returns how many */
export async function sweepTransactions(trx: Trx, now: Date, batch: number): Promise<number> {
  const transactions = await deleteExpired(trx, 'sign_in_transaction', now, batch);
  return transactions + (await deleteExpired(trx, 'logout_token_seen', now, batch));
}
