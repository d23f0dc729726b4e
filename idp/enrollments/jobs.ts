import { DAY, after } from '#kit/clock.ts';
import { sweepAlone } from '#db/sweep.ts';
import { recordAudit } from '../audit/index.ts';
import { deleteIdleProofs } from '../federation/index.ts';
import type { EnrollmentServices } from './deps.ts';
import { idleSince } from './policy.ts';
import { deleteIdleDrafts, erasePersonal, expireIdle } from './store/expiry.ts';
import { recordEvent } from './store/history.ts';

const BATCH = 200;
/** How long what an applicant told us is kept once the application has come to its end. */
const KEPT_MS = 30 * DAY;

/** SM-01: what nobody has touched for long expires; drafts go for good; ended applications forget their person. */
export async function expireEnrollments({
  db,
  clock,
}: Pick<EnrollmentServices, 'db' | 'clock'>): Promise<void> {
  const now = clock();
  await sweepAlone(db, 'enrollments', BATCH, async (trx) => {
    let found = 0;
    for (const status of [
      'unconfirmed',
      'pending_unit_review',
      'pending_hca',
      'pending_paper',
      'returned',
    ] as const) {
      const since = idleSince(status, now);
      for (const id of since ? await expireIdle(trx, { status, since, now, limit: BATCH }) : []) {
        await recordEvent(trx, { enrollmentId: id, at: now, status: 'expired' });
        await recordAudit(trx, { type: 'enrollment.expired', details: { enrollment: id, was: status } });
        found += 1;
      }
    }
    return found;
  });
  const draftsSince = idleSince('draft', now);
  if (draftsSince) await deleteIdleDrafts(db, draftsSince);
  await erasePersonal(db, after(now, -KEPT_MS));
  await deleteIdleProofs(db, after(now, -DAY));
}
