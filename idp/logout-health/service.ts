import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../audit/index.ts';
import { revive } from './store.ts';

/**
 * Tries given-up logouts again, now and then for a day: some, all of a client's, or all there are.
 * @returns how many
 */
export async function redeliver(
  db: Db,
  which: { ids: number[] } | { clientId: string | undefined },
  by: { actor: ConsoleActor; from: Caller },
): Promise<number> {
  return transact(db, async (trx) => {
    const count = await revive(trx, which);
    const clientId = 'clientId' in which ? which.clientId : undefined;
    await recordConsoleDeed(trx, by.actor, {
      type: 'logout.redelivered',
      target: { kind: 'logout', id: 'ids' in which ? which.ids.join(' ') : (clientId ?? 'all') },
      ...(clientId !== undefined && { clientId }),
      details: { count },
      from: by.from,
    });
    return count;
  });
}
