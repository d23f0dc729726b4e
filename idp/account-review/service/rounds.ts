import { DAY, after } from '#kit/clock.ts';
import { recordAudit } from '../../audit/index.ts';
import { suspendAccounts } from '../../life-cycle/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { listUnitManagers } from '../../units/index.ts';
import { REVIEW_DAYS, periodOf, reminderDue } from '../policy.ts';
import {
  closeRound,
  listOpenRounds,
  listOverdue,
  lockReviews,
  markSuspended,
  openRound,
  settleDisabled,
  takeReminders,
} from '../store/rounds.ts';
import type { ReviewDeps, Round } from '../types.ts';

const UNITS_AT_ONCE = 100;
const ACCOUNTS_AT_ONCE = 50;

/**
 * §5.2: opens each half-year's review, reminds units that have not finished, and once it is due suspends the
 * subsystem accounts of whoever nobody confirmed. May run on every replica and as often as one likes.
 */
export async function runReviews(deps: ReviewDeps): Promise<void> {
  await open(deps);
  for (const round of await listOpenRounds(deps.db)) {
    const daysLeft = reminderDue(round.dueAt, deps.clock());
    if (daysLeft === undefined) await settleOverdue(deps, round);
    else while ((await remind(deps, round, daysLeft)) === UNITS_AT_ONCE);
  }
}

async function open({ db, clock }: ReviewDeps): Promise<void> {
  const now = clock();
  await db.transaction().execute(async (trx) => {
    if (!(await lockReviews(trx))) return;
    const period = periodOf(now);
    const accounts = await openRound(trx, period, after(now, REVIEW_DAYS * DAY));
    if (accounts === undefined) return;
    await recordAudit(trx, { type: 'account_review.opened', details: { period, accounts } });
  });
}

/** @returns how many units were looked at */
function remind(deps: ReviewDeps, { period, dueAt }: Round, daysLeft: number): Promise<number> {
  return deps.db.transaction().execute(async (trx) => {
    if (!(await lockReviews(trx))) return 0;
    await settleDisabled(trx, period);
    const units = await takeReminders(trx, { period, daysLeft, limit: UNITS_AT_ONCE });
    for (const { unitCode, name, nameEn } of units) {
      for (const manager of await listUnitManagers(trx, unitCode, deps.clock())) {
        await queueMail(trx, deps.keyring, {
          kind: 'review_due',
          to: { accountId: manager.accountId, address: manager.email, name: manager.name },
          params: {
            unitName: { 'zh-TW': name, en: nameEn || name },
            dueAt,
            url: `${deps.config.issuer}/console/account-reviews`,
          },
          dedupeKey: `review_due:${period}:${unitCode}:${daysLeft}:${manager.accountId}`,
        });
      }
    }
    return units.length;
  });
}

/** What is due is answered by nobody any more, so that the order of the two writes harms nothing. */
async function settleOverdue(deps: ReviewDeps, { period }: Round): Promise<void> {
  await deps.db.transaction().execute((trx) => settleDisabled(trx, period));
  for (;;) {
    const overdue = await listOverdue(deps.db, period, ACCOUNTS_AT_ONCE);
    if (overdue.length === 0) break;
    for (const { accountId, subsystemAccounts } of overdue) {
      const suspended = await suspendAccounts(deps, subsystemAccounts, 'yearly_review');
      await deps.db.transaction().execute(async (trx) => {
        if (!(await markSuspended(trx, period, accountId))) return;
        await recordAudit(trx, {
          type: 'account_review.suspended',
          accountId,
          details: { period, suspended },
        });
      });
    }
  }
  await deps.db.transaction().execute(async (trx) => {
    if (await closeRound(trx, period)) {
      await recordAudit(trx, { type: 'account_review.closed', details: { period } });
    }
  });
}
