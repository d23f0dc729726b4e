import type { Trx } from '#db/idp/tables.ts';
import { IDLE_DAYS, WARNING_DAYS, planIdle } from '../policy.ts';
import { insertNotice, lockIdleAccounts, lockIdleWork } from '../store/idle.ts';
import type { IdleAccount, LifeDeps } from '../types.ts';
import { warn } from '../words.ts';
import { suspendOne } from './suspend.ts';

const BATCH = 50;
const FIRST_LOOK_DAYS = IDLE_DAYS - Math.max(...WARNING_DAYS);

/**
 * Warns the owners of unused subsystem accounts, and suspends those whose time is over; what was granted as them
 * ends at once. May run on every replica and as often as one likes: one works, each word is said once.
 * @returns how many were warned and how many suspended
 */
export async function suspendIdleAccounts(deps: LifeDeps): Promise<{ warned: number; suspended: number }> {
  const done = { warned: 0, suspended: 0 };
  let afterId: string | undefined = '';
  while (afterId !== undefined) {
    const from: string = afterId;
    afterId = await deps.db.transaction().execute(async (trx) => {
      if (!(await lockIdleWork(trx))) return undefined;
      const { now, accounts } = await lockIdleAccounts(trx, {
        days: FIRST_LOOK_DAYS,
        afterId: from,
        limit: BATCH,
      });
      for (const account of accounts) {
        const step = planIdle(account, now);
        if (step.deed === 'warn' && (await giveWarning(trx, deps, account, step))) done.warned += 1;
        if (step.deed === 'suspend' && (await suspendOne(trx, deps, account, 'idle'))) done.suspended += 1;
      }
      return accounts.length < BATCH ? undefined : accounts.at(-1)?.id;
    });
  }
  return done;
}

async function giveWarning(
  trx: Trx,
  deps: LifeDeps,
  account: IdleAccount,
  { daysLeft, suspendsAt }: { daysLeft: number; suspendsAt: Date },
): Promise<boolean> {
  const { id, idleSince, ownerId } = account;
  if (!(await insertNotice(trx, { id, idleSince, daysLeft }))) return false;
  const moment = `${idleSince.toISOString()}:${daysLeft}`;
  if (ownerId !== null) await warn(trx, deps, ownerId, { about: account, moment, suspendsAt });
  return true;
}
