import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RecordImportRowTable, RecordImportTable } from '#db/mch/import-tables.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Finding } from '../types.ts';

export interface StoredImport {
  id: number;
  kind: string;
  unitCode: string;
  actor: unknown;
  personName: string;
  fileName: string;
  isAll: boolean;
  takesWarnings: boolean;
  columns: string[];
  status: RecordImportTable['status'];
  rowCount: number;
  doneTo: number;
  taken: number;
  repeated: number;
  faulty: number;
  createdAt: Date;
  endedAt: Date | null;
  endedBecause: 'rights' | null;
}

const COLUMNS = [
  'id',
  'kind',
  'unit_code as unitCode',
  'actor',
  'person_name as personName',
  'file_name as fileName',
  'is_all as isAll',
  'takes_warnings as takesWarnings',
  'columns',
  'status',
  'row_count as rowCount',
  'done_to as doneTo',
  'taken',
  'repeated',
  'faulty',
  'created_at as createdAt',
  'ended_at as endedAt',
  'ended_because as endedBecause',
] as const;

type NewImport = Omit<
  StoredImport,
  'id' | 'status' | 'doneTo' | 'taken' | 'repeated' | 'faulty' | 'endedAt' | 'endedBecause'
>;

/** @returns its number */
export async function insertImport(trx: Trx, of: NewImport): Promise<number> {
  const { id } = await trx
    .insertInto('record_import')
    .values({
      kind: of.kind,
      unit_code: of.unitCode,
      actor: JSON.stringify(of.actor),
      person_name: of.personName,
      file_name: of.fileName,
      is_all: of.isAll,
      takes_warnings: of.takesWarnings,
      columns: of.columns,
      status: of.isAll ? 'checking' : 'writing',
      row_count: of.rowCount,
      created_at: of.createdAt,
      lease: null,
      leased_until: null,
      ended_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function insertImportRows(
  trx: Trx,
  importId: number,
  rows: readonly { rowNo: number; line: number; cells: Buffer }[],
): Promise<void> {
  await trx
    .insertInto('record_import_row')
    .values(
      rows.map(({ rowNo, line, cells }) => ({
        ...{ import_id: importId, row_no: rowNo, line, cells, outcome: null, record_no: null },
        findings: '[]',
      })),
    )
    .execute();
}

/** An import of this kind by this unit; undefined for one that is not there and for another unit's alike. */
export async function findImport(
  db: Db,
  of: { id: number; kind: string; unitCode: string },
): Promise<StoredImport | undefined> {
  return db
    .selectFrom('record_import')
    .select(COLUMNS)
    .where('id', '=', of.id)
    .where('kind', '=', of.kind)
    .where('unit_code', '=', of.unitCode)
    .executeTakeFirst();
}

/** A unit's imports of a kind, the newest first, from one day to another in Taipei. */
export async function listImports(
  db: Db,
  of: {
    kind: string;
    unitCode: string;
    from?: string | undefined;
    to?: string | undefined;
    before?: number | undefined;
  },
  limit: number,
): Promise<StoredImport[]> {
  const day = sql<string>`(created_at at time zone 'Asia/Taipei')::date`;
  let query = db
    .selectFrom('record_import')
    .select(COLUMNS)
    .where('kind', '=', of.kind)
    .where('unit_code', '=', of.unitCode)
    .orderBy('id', 'desc')
    .limit(limit);
  if (of.from !== undefined) query = query.where(day, '>=', of.from);
  if (of.to !== undefined) query = query.where(day, '<=', of.to);
  if (of.before !== undefined) query = query.where('id', '<', of.before);
  return query.execute();
}

export interface ImportRow {
  rowNo: number;
  line: number;
  cells: Buffer | null;
  outcome: RecordImportRowTable['outcome'];
  recordNo: number | null;
  findings: Finding[];
}

/** Rows after `after`, in their order; only the faulty ones where that is asked. */
export async function listImportRows(
  db: Db | Trx,
  importId: number,
  of: { after: number; faulty?: boolean },
  limit: number,
): Promise<ImportRow[]> {
  let query = db
    .selectFrom('record_import_row')
    .select(['row_no as rowNo', 'line', 'cells', 'outcome', 'record_no as recordNo', 'findings'])
    .where('import_id', '=', importId)
    .where('row_no', '>', of.after)
    .orderBy('row_no')
    .limit(limit);
  if (of.faulty) query = query.where(sql<boolean>`jsonb_array_length(findings) > 0`);
  return query.execute();
}

/** Takes the oldest import that nobody works on, for `leaseSeconds`. */
export async function takeImport(
  db: Db,
  now: Date,
  leaseMs: number,
): Promise<(StoredImport & { lease: string }) | undefined> {
  const lease = randomUUID();
  const taken = await db
    .updateTable('record_import')
    .set({ lease, leased_until: new Date(now.getTime() + leaseMs) })
    .where('id', '=', (due) =>
      due
        .selectFrom('record_import')
        .select('id')
        .where('ended_at', 'is', null)
        .where((one) => one.or([one('leased_until', 'is', null), one('leased_until', '<', now)]))
        .orderBy('id')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returning(COLUMNS)
    .executeTakeFirst();
  return taken && { ...taken, lease };
}

/** Holds the import for this transaction. @returns how far it is done; undefined when another took it over */
export async function lockImport(trx: Trx, of: { id: number; lease: string }): Promise<number | undefined> {
  const row = await trx
    .selectFrom('record_import')
    .select('done_to')
    .where('id', '=', of.id)
    .where('lease', '=', of.lease)
    .forUpdate()
    .executeTakeFirst();
  return row?.done_to;
}

/** Writes what became of a row down and goes on behind it. */
export async function settleRow(
  trx: Trx,
  of: { id: number; rowNo: number },
  row: {
    outcome: NonNullable<ImportRow['outcome']> | undefined;
    recordNo?: number;
    findings: readonly Finding[];
  },
): Promise<void> {
  await trx
    .updateTable('record_import_row')
    .set({
      outcome: row.outcome ?? null,
      record_no: row.recordNo ?? null,
      findings: JSON.stringify(row.findings),
    })
    .where('import_id', '=', of.id)
    .where('row_no', '=', of.rowNo)
    .execute();
  const { outcome } = row;
  await trx
    .updateTable('record_import')
    .set((one) => ({
      done_to: of.rowNo,
      ...(outcome && { [outcome]: one(outcome, '+', 1) }),
    }))
    .where('id', '=', of.id)
    .execute();
}

/** Gives the import back for the next turn, further on, or ended: then what the file said is forgotten. */
export async function releaseImport(
  db: Db | Trx,
  of: { id: number; lease: string },
  change: {
    status?: RecordImportTable['status'];
    doneTo?: number;
    endedAt?: Date;
    endedBecause?: StoredImport['endedBecause'];
  },
): Promise<boolean> {
  const row = await db
    .updateTable('record_import')
    .set({
      lease: null,
      leased_until: null,
      ...(change.status && { status: change.status }),
      ...(change.doneTo !== undefined && { done_to: change.doneTo }),
      ...(change.endedAt && { ended_at: change.endedAt }),
      ...(change.endedBecause && { ended_because: change.endedBecause }),
    })
    .where('id', '=', of.id)
    .where('lease', '=', of.lease)
    .returning('id')
    .executeTakeFirst();
  if (row && change.endedAt) {
    await db.updateTable('record_import_row').set({ cells: null }).where('import_id', '=', of.id).execute();
  }
  return row !== undefined;
}

/** Whether a row like this brought a record already, under whichever key it was written down. */
export async function wasTaken(
  db: Db | Trx,
  of: { kind: string; unitCode: string; digests: readonly Buffer[] },
): Promise<boolean> {
  const row = await db
    .selectFrom('record_import_taken')
    .select('record_id')
    .where('kind', '=', of.kind)
    .where('unit_code', '=', of.unitCode)
    .where('digest', 'in', [...of.digests])
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns false when another import has just written it down */
export async function markTaken(
  trx: Trx,
  of: { kind: string; unitCode: string; digest: Buffer; recordId: string },
): Promise<boolean> {
  const row = await trx
    .insertInto('record_import_taken')
    .values({ kind: of.kind, unit_code: of.unitCode, digest: of.digest, record_id: of.recordId })
    .onConflict((conflict) => conflict.doNothing())
    .returning('record_id')
    .executeTakeFirst();
  return row !== undefined;
}
