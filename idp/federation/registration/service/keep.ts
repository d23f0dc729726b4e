import { isDeepStrictEqual } from 'node:util';
import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { recordAudit } from '../../../audit/index.ts';
import { findDeclared } from '../../../subsystems/index.ts';
import { type Occasion, decideKeeping } from '../keeping-policy.ts';
import { RegistrationRefused } from '../refusal.ts';
import {
  type Kept,
  type Registration,
  endGrants,
  findRegistration,
  insertClient,
  isOthers,
  lockRegistration,
  updateClient,
} from '../store/clients.ts';

/**
 * Keeps a client until its chain ends. Of many at once, in whichever process, one writes it; what it had been granted
 * ends where it may ask for less than before.
 * @returns as what it is kept from now on
 * @throws RegistrationRefused when the id is that of a client declared otherwise; of an explicit registration also when
 *   it was disabled here, or said something later
 */
export async function keepClient(
  { db, clock }: { db: Db; clock: Clock },
  registration: Registration,
  occasion: Occasion,
): Promise<Pick<Kept, 'metadata' | 'registeredAt' | 'expiresAt'>> {
  const { entityId, policy, anchor, expiresAt, metadata } = registration;
  return transact(db, async (trx) => {
    await lockRegistration(trx, entityId);
    const now = clock();
    const before = await findRegistration(trx, entityId);
    const { subsystem } = registration;
    if (!isDeepStrictEqual(await findDeclared(trx, entityId), subsystem))
      throw new RegistrationRefused('temporarily_unavailable', 'its manifest has changed meanwhile');
    if (!before && !subsystem && (await isOthers(trx, entityId)))
      throw new RegistrationRefused('invalid_metadata', 'a client of this name is declared otherwise');
    const decision = before && decideKeeping(before, registration, occasion, now);
    if (before && decision === 'leave') return before;
    if (decision === 'disabled') throw new RegistrationRefused('invalid_client', 'the client is disabled');
    if (decision === 'older')
      throw new RegistrationRefused('invalid_request', 'it said something else since');
    if (before) await updateClient(trx, registration, now);
    else await insertClient(trx, registration, now);
    if (before && before.metadata['scope'] !== metadata['scope']) await endGrants(trx, entityId);
    await recordAudit(trx, {
      type: before ? 'client.changed' : 'client.added',
      clientId: entityId,
      details: { by: 'federation', policy, anchor, expiresAt: expiresAt.toISOString(), occasion },
    });
    return { metadata, registeredAt: now, expiresAt };
  });
}
