import type { Db, Trx } from '#db/idp/tables.ts';
import type { Manifest } from '../manifest.ts';
import { deleteGrantsOfClient, listClientsSince } from '../store.ts';
import { isFormer } from './former.ts';

/** The manifest of the subsystem whose client comes by its chain of trust under this name. */
export async function findDeclared(db: Db | Trx, entityId: string): Promise<Manifest | undefined> {
  const row = await db
    .selectFrom('client')
    .select('revision')
    .where('client_id', '=', entityId)
    .where('subsystem_code', 'is not', null)
    .executeTakeFirst();
  if (!row) return undefined;
  const found = (await listClientsSince(db, row.revision - 1)).find(({ clientId }) => clientId === entityId);
  const manifest = found?.subsystem?.manifest;
  return manifest?.client.federation && manifest;
}

/**
 * Puts another client in the place of a subsystem's: the one before is disabled, and what it had been granted ends.
 * @returns the status of the one before, if there was one
 */
export async function replaceClient(
  trx: Trx,
  code: string,
  clientId: string,
): Promise<'active' | 'disabled' | undefined> {
  const before = await trx
    .selectFrom('client')
    .select(['client_id', 'status'])
    .where('subsystem_code', '=', code)
    .where('client_id', '<>', clientId)
    .executeTakeFirst();
  if (before) {
    await trx
      .updateTable('client')
      .set({ subsystem_code: null, status: 'disabled' })
      .where('client_id', '=', before.client_id)
      .execute();
    await deleteGrantsOfClient(trx, before.client_id);
  }
  const { numUpdatedRows } = await trx
    .updateTable('client')
    .set({ subsystem_code: code })
    .where('client_id', '=', clientId)
    .where(isFormer(code))
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await deleteGrantsOfClient(trx, clientId);
  return before && (before.status === 'active' ? 'active' : 'disabled');
}

/** The chain is looked at anew before the client does anything; without one it is no client of a federation. */
export async function endRegistration(
  trx: Trx,
  clientId: string,
  isFederated: boolean,
  now: Date,
): Promise<void> {
  if (isFederated) {
    await trx
      .updateTable('federation_client')
      .set({ expires_at: now })
      .where('client_id', '=', clientId)
      .where('expires_at', '>', now)
      .execute();
  } else await trx.deleteFrom('federation_client').where('client_id', '=', clientId).execute();
}
