import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { recordAudit } from '../../../audit/index.ts';
import { RegistrationRefused } from '../refusal.ts';
import {
  type Registration,
  endGrants,
  findRegistration,
  insertClient,
  isOthers,
  listEnded,
  lockRegistration,
  markEnded,
  updateClient,
} from '../store/clients.ts';

type Deps = { db: Db; clock: Clock };

/**
 * Keeps a client until its chain ends. Of many at once, in whichever process, one writes it; what it had been granted
 * ends where it may ask for less than before.
 * @throws RegistrationRefused when the id is that of a client declared otherwise
 */
export async function keepClient(
  { db, clock }: Deps,
  registration: Registration & { entityId: string },
): Promise<void> {
  const { entityId, policy, anchor, expiresAt } = registration;
  await transact(db, async (trx) => {
    await lockRegistration(trx, entityId);
    const now = clock();
    const before = await findRegistration(trx, entityId);
    if (before && before.expiresAt > now) return;
    if (!before && (await isOthers(trx, entityId)))
      throw new RegistrationRefused('invalid_metadata', 'a client of this name is declared otherwise');
    if (before) await updateClient(trx, entityId, registration, now);
    else await insertClient(trx, entityId, registration, now);
    if (before && before.scope !== registration.metadata['scope']) await endGrants(trx, entityId);
    await recordAudit(trx, {
      type: before ? 'client.changed' : 'client.added',
      clientId: entityId,
      details: { by: 'federation', policy, anchor, expiresAt: expiresAt.toISOString() },
    });
  });
}

const AT_ONCE = 20;

/**
 * What was granted to clients whose chain has ended: renewed where the chain holds again, ended where it does not.
 * @returns how many ended
 */
export async function endExpired(
  { db, clock }: Deps,
  register: (entityId: string) => Promise<void>,
): Promise<number> {
  const ended = await listEnded(db, clock(), AT_ONCE);
  let count = 0;
  for (const entityId of ended) {
    const isBack = await register(entityId).then(
      () => true,
      (error: unknown) => {
        if (error instanceof RegistrationRefused) return false;
        throw error;
      },
    );
    if (isBack) continue;
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
