import { recordAudit } from '../audit/index.ts';
import { type SigningKeyDeps, replaceAllKeys } from '../signing-keys/index.ts';
import type { KeySchedule } from '../signing-keys/index.ts';
import {
  beginEpoch,
  countWaitingLogouts,
  emptyTables,
  lockEpoch,
  markBegun,
  queueLogouts,
  readRestoreFacts,
  voidOneTimeThings,
} from './store.ts';
import type { Ended } from './types.ts';

export interface Finished {
  epoch: number;
  at: Date;
  point: string;
  keys: number;
  logouts: number;
  logoutsAgain: number;
  ended: Ended;
}

/**
 * Ends everything issued before now and begins a new epoch, in one transaction: sessions with their grants and tokens,
 * sign-ins under way, links and other one-time things, every signing key. Whoever was told of a session is told of its
 * end; mails that waited are kept back.
 * @param wish `point` is the moment the database was restored to, for the record
 */
export async function finishRestore(
  deps: SigningKeyDeps,
  schedule: KeySchedule,
  wish: { reason: string; point: string | undefined },
): Promise<Finished> {
  const at = deps.clock();
  const { result, replaced } = await replaceAllKeys(
    deps,
    schedule,
    `restored: ${wish.reason}`,
    async (trx) => {
      await lockEpoch(trx);
      const { target } = await readRestoreFacts(trx);
      const point = wish.point ?? (target === '' ? 'unknown' : target);
      const logoutsAgain = await countWaitingLogouts(trx);
      const logouts = await queueLogouts(trx);
      const ended = { ...(await emptyTables(trx)), ...(await voidOneTimeThings(trx, at)) };
      const epoch = await beginEpoch(trx, at, target);
      await recordAudit(trx, {
        type: 'database.restored',
        details: { reason: wish.reason, point, epoch, sessions: ended['sessions'] ?? 0, logouts },
      });
      return { epoch, at, point, logouts, logoutsAgain, ended };
    },
  );
  return { ...result, keys: replaced };
}

/** Says that this database was restored from a copy, where no recovery target tells; nobody serves it until finished. */
export async function beginRestore({ db }: Pick<SigningKeyDeps, 'db'>, reason: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockEpoch(trx);
    await markBegun(trx);
    await recordAudit(trx, { type: 'database.restore_begun', details: { reason } });
  });
}
