import { sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import { claimableRows } from './claimable.ts';

const TABLES = ['hr_intake', 'hr_contact', 'hr_postpartum'] as const;

/** One at a time settles for a unit: what two batches would both take is taken by the first. */
export async function lockUnit(trx: Trx, unitCode: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`hr-settlement|${unitCode}`}, 0))`.execute(trx);
}

/**
 * Puts everything ripe into the batch and locks it there; what is opened for a correction at the same moment is asked
 * once more behind its lock, and stays out. @returns how many records it took
 */
export async function takeInto(
  trx: Trx,
  batchId: string,
  of: { unitCode: string; month: string },
): Promise<number> {
  const { rows } = await sql<{ id: string; item: string }>`
    select r.id, found.item from record r join (${claimableRows(of.unitCode, of.month)}) found on found.id = r.id
    where found.item is not null and r.state in ('submitted', 'approved')
      and (r.unlocked_until is null or r.unlocked_until < now()) for update of r`.execute(trx);
  const ids = rows.map(({ id }) => id);
  for (const table of TABLES) {
    await sql`update ${sql.table(table)} set settlement_id = ${batchId} where record_id = any(${ids}::uuid[])`.execute(
      trx,
    );
  }
  await setState(trx, ids, 'claimed');
  await countItems(trx, batchId, rows);
  return ids.length;
}

async function countItems(trx: Trx, batchId: string, rows: readonly { item: string }[]): Promise<void> {
  const count = (item: string): number => rows.filter((row) => row.item === item).length;
  await sql`
    update hr_settlement set qty_intake = ${count('intake')}::int, qty_contact = ${count('contact')}::int,
      qty_home_visit = ${count('home_visit')}::int, qty_postpartum = ${count('postpartum')}::int
    where record_id = ${batchId}`.execute(trx);
  await sql`
    update hr_settlement set amount = qty_intake * price_intake + qty_contact * price_contact
      + qty_home_visit * price_home_visit + qty_postpartum * price_postpartum
    where record_id = ${batchId}`.execute(trx);
}

/** What is in a batch has been paid. */
export async function payBatch(trx: Trx, batchId: string): Promise<void> {
  await setState(trx, await recordsOf(trx, batchId), 'paid');
}

/** The batch was sent back: what it held is as it was, and may be settled anew. */
export async function emptyBatch(trx: Trx, batchId: string): Promise<void> {
  const ids = await recordsOf(trx, batchId);
  await setState(trx, ids, 'released');
  for (const table of TABLES) {
    await sql`update ${sql.table(table)} set settlement_id = null where settlement_id = ${batchId}`.execute(
      trx,
    );
  }
}

async function recordsOf(trx: Trx, batchId: string): Promise<string[]> {
  const parts = TABLES.map(
    (table) => sql`select record_id as id from ${sql.table(table)} where settlement_id = ${batchId}`,
  );
  const { rows } = await sql<{ id: string }>`${sql.join(parts, sql` union all `)}`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Released, a record is approved as before where somebody had approved it. */
async function setState(trx: Trx, ids: string[], state: 'claimed' | 'paid' | 'released'): Promise<void> {
  const to =
    state === 'released'
      ? sql`case when reviewed_at is null then 'submitted' else 'approved' end`
      : sql`${state}`;
  await sql`update record set state = ${to}, version = version + 1 where id = any(${ids}::uuid[])`.execute(
    trx,
  );
}
