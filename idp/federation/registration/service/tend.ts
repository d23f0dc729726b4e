import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { recordAudit } from '../../../audit/index.ts';
import { asRefusal, storyOf } from '../refusal.ts';
import { endGrants, listEnded, lockRegistration, markEnded } from '../store/clients.ts';
import { claimEnding, noteFailure } from '../store/renewals.ts';
import type { Registrar } from './registrar.ts';

type Deps = { db: Db; clock: Clock };

const AT_ONCE = 20;
const RENEWED_AT_ONCE = 8;

/**
 * What was granted to clients whose chain has ended: renewed where the chain holds again, ended where it does not, or
 * where the client wants to come by itself.
 * @returns how many ended
 */
export async function endExpired(
  { db, clock }: Deps,
  { register }: Pick<Registrar, 'register'>,
): Promise<number> {
  let count = 0;
  for (const { entityId, renews } of await listEnded(db, clock(), AT_ONCE)) {
    if (renews) {
      const refusal = await register(entityId).then(() => undefined, asRefusal);
      if (!refusal) continue;
      await noteFailure(db, entityId, storyOf(refusal), clock());
    }
    await transact(db, async (trx) => {
      await lockRegistration(trx, entityId);
      if (!(await markEnded(trx, entityId, clock()))) return;
      const grants = await endGrants(trx, entityId);
      await recordAudit(trx, { type: 'client.chain_ended', clientId: entityId, details: { grants } });
      count += 1;
    });
  }
  return count;
}

/** Renews chains ahead of their end, so that no request waits for it. One that cannot be is good until its end. */
export async function renewAhead({ db, clock }: Deps, { renew }: Pick<Registrar, 'renew'>): Promise<void> {
  const ids = await claimEnding(db, clock(), RENEWED_AT_ONCE);
  if (ids.length === 0) return;
  const outcomes = await renew(ids);
  for (const [at, outcome] of outcomes.entries()) {
    const failure = outcome.status === 'rejected' ? storyOf(asRefusal(outcome.reason)) : undefined;
    await noteFailure(db, ids[at] ?? '', failure, clock());
  }
}
