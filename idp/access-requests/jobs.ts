import { MINUTE, after } from '#kit/clock.ts';
import { chainOf } from './policy.ts';
import { recordEvent } from './store/history.ts';
import { lockUnchecked, markChecked, updateRequest } from './store/requests.ts';
import { findApplicant } from './store/wishes.ts';
import { enterStep, passOn } from './service/enter.ts';
import type { AccessRequestDeps } from './types.ts';

const BATCH = 100;
const CHECK_EVERY_MS = 10 * MINUTE;

/**
 * Looks after requests that wait: one whose reviewers have all left goes to whoever stands in, and one written
 * without its steps, by the release before this machine, enters the first.
 */
export async function tendRequests(deps: AccessRequestDeps): Promise<void> {
  const { db, clock, registry } = deps;
  await db.transaction().execute(async (trx) => {
    const now = clock();
    const requests = await lockUnchecked(trx, after(now, -CHECK_EVERY_MS), BATCH);
    for (const request of requests) {
      const applicant = await findApplicant(trx, request.accountId, now);
      const manifest = registry.subsystem(request.subsystemCode)?.manifest;
      if (!applicant || !manifest) continue;
      if (request.chain.length > 0) {
        await passOn(trx, deps, request, applicant);
        continue;
      }
      const chain = chainOf(manifest, request.role);
      await updateRequest(trx, request.id, { chain, submitted_at: request.createdAt, updated_at: now });
      const entered = await enterStep(trx, deps, { ...request, chain }, applicant);
      await recordEvent(trx, entered, {
        at: request.createdAt,
        deed: 'submitted',
        actorAccountId: request.accountId,
      });
    }
    await markChecked(
      trx,
      requests.map(({ id }) => id),
      now,
    );
  });
}
