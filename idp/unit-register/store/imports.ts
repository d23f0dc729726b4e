import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { ImportStatus, UnitImport } from '../types.ts';

const UNDER_WAY: ImportStatus[] = ['receiving', 'checking', 'previewed', 'applying'];

/** Begins an import. @throws a unique violation when another one is under way */
export async function insertImport(trx: Trx, by: { accountId: string; fileName: string }): Promise<string> {
  const { id } = await trx
    .insertInto('unit_import')
    .values({ status: 'receiving', file_name: by.fileName, started_by: by.accountId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function findImport(db: Db | Trx, id: string): Promise<UnitImport | undefined> {
  const row = await selectImports(db).where('i.id', '=', id).executeTakeFirst();
  return row && read(row);
}

export async function findImportUnderWay(db: Db | Trx): Promise<UnitImport | undefined> {
  const row = await selectImports(db).where('i.status', 'in', UNDER_WAY).executeTakeFirst();
  return row && read(row);
}

/** The newest first, older ones than `before` only; at most `limit`. */
export async function listImports(
  db: Db,
  before: { startedAt: Date; id: string } | undefined,
  limit: number,
): Promise<UnitImport[]> {
  let query = selectImports(db);
  if (before) {
    query = query.where(sql<boolean>`(i.started_at, i.id) < (${before.startedAt}, ${before.id}::uuid)`);
  }
  const rows = await query.orderBy('i.started_at', 'desc').orderBy('i.id', 'desc').limit(limit).execute();
  return rows.map(read);
}

/** The import if it has this status, held until the transaction ends. */
export async function lockImport(trx: Trx, id: string): Promise<UnitImport | undefined> {
  await trx.selectFrom('unit_import').select('id').where('id', '=', id).forUpdate().execute();
  return findImport(trx, id);
}

/**
 * The import there is work to do for, unless another replica is at it. The row's lock is the fence: whoever holds it
 * reads and moves the marker in this one transaction, so that a batch is done once or not at all.
 */
export async function claimImport(trx: Trx): Promise<UnitImport | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from unit_import where status in ('checking', 'applying') for update skip locked`.execute(trx);
  return rows[0] && findImport(trx, rows[0].id);
}

/** Imports whose upload has made no progress for `seconds`, held; nobody will finish them. */
export async function lockBrokenUploads(trx: Trx, seconds: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from unit_import
    where status = 'receiving' and touched_at < clock_timestamp() - make_interval(secs => ${seconds})
    for update skip locked`.execute(trx);
  return rows.map(({ id }) => id);
}

export interface Progress {
  status?: ImportStatus;
  columns?: string[];
  encoding?: string;
  sha256?: Buffer;
  bytes?: number;
  row_count?: number;
  checked_to?: number;
  applied_to?: number;
  decided_by?: string;
  decided_at?: Date;
  reason?: string;
  failure?: string;
}

/** Writes how far it has come; an end carries its time. @returns false when it is no longer in `from` */
export async function updateImport(
  db: Db | Trx,
  id: string,
  from: ImportStatus,
  progress: Progress,
): Promise<boolean> {
  const { status } = progress;
  const ends = status === 'applied' || status === 'cancelled' || status === 'failed';
  const { numUpdatedRows } = await db
    .updateTable('unit_import')
    .set({
      ...progress,
      touched_at: sql<Date>`clock_timestamp()`,
      ...(ends && { ended_at: sql<Date>`clock_timestamp()` }),
    })
    .where('id', '=', id)
    .where('status', '=', from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Adds to what was counted so far. */
export async function addCounts(trx: Trx, id: string, counts: Partial<UnitImport['counts']>): Promise<void> {
  const { new: fresh = 0, changed = 0, closed = 0, unchanged = 0, faulty = 0, skipped = 0 } = counts;
  await sql`
    update unit_import set
      new_rows = new_rows + ${fresh}, changed_rows = changed_rows + ${changed},
      closed_rows = closed_rows + ${closed}, unchanged_rows = unchanged_rows + ${unchanged},
      faulty_rows = faulty_rows + ${faulty}, skipped_rows = skipped_rows + ${skipped}
    where id = ${id}`.execute(trx);
}

function selectImports(db: Db | Trx) {
  return db
    .selectFrom('unit_import as i')
    .innerJoin('account as s', 's.id', 'i.started_by')
    .leftJoin('account as d', 'd.id', 'i.decided_by')
    .selectAll('i')
    .select(['s.name as started_by_name', 'd.name as decided_by_name']);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectImports>['execute']>>[number];

function read(row: Row): UnitImport {
  return {
    id: row.id,
    status: row.status,
    fileName: row.file_name,
    columns: row.columns,
    encoding: row.encoding,
    bytes: row.bytes,
    rowCount: row.row_count,
    checkedTo: row.checked_to,
    appliedTo: row.applied_to,
    counts: {
      new: row.new_rows,
      changed: row.changed_rows,
      closed: row.closed_rows,
      unchanged: row.unchanged_rows,
      faulty: row.faulty_rows,
      skipped: row.skipped_rows,
    },
    startedBy: row.started_by,
    startedByName: row.started_by_name,
    startedAt: row.started_at,
    touchedAt: row.touched_at,
    decidedByName: row.decided_by_name,
    decidedAt: row.decided_at,
    reason: row.reason,
    endedAt: row.ended_at,
    failure: row.failure,
  };
}
