import { sql } from 'kysely';
import type { NewRecordRow, RecordState } from '#db/mch/record-tables.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Envelope, FullRecord, RecordKind, Scope } from '../types.ts';
import { rowValuesOf, selectRows } from './rows.ts';
import { withinScope } from './scope.ts';
import { joinParts, selectValues, unitNamesOf, valuesOf } from './values.ts';

const ENVELOPE = sql`r.id, r.no, r.kind, r.unit_code as "unitCode", coalesce(u.name, r.unit_code) as "unitName",
  r.county, r.town, r.residence_town as "residenceTown", r.assigned_unit_code as "assignedUnitCode", r.state, r.version, r.service_on::text as "serviceOn",
  r.unlocked_until as "unlockedUntil", r.patient_id as "patientId", r.pregnancy_id as "pregnancyId",
  r.parent_id as "parentId", r.created_by_name as "createdByName", r.created_at as "createdAt",
  r.updated_by_name as "updatedByName", r.updated_at as "updatedAt", r.submitted_by_name as "submittedByName",
  r.submitted_at as "submittedAt", r.reviewed_by_name as "reviewedByName", r.reviewed_at as "reviewedAt",
  r.review_note as "reviewNote"`;

/** Who has ever had a hand in what a record says: accounts, and the persons who hold them. */
const WRITERS = sql`array(select unnest(array[v.by_account, k.sub]) from record_version v
  left join known_account k on k.account_id = v.by_account
  where v.record_id = r.id and v.deed in ('created', 'edited', 'submitted', 'corrected', 'imported', 'attached')
  union select r.created_by) as "writers"`;

const from = (kind: RecordKind, more = sql``) =>
  sql`select ${ENVELOPE}, ${WRITERS}, ${selectValues(kind)} ${more} from record r left join unit u on u.code = r.unit_code ${joinParts(kind)}`;

const withValues = (kind: RecordKind, row: Envelope & Record<string, unknown>): FullRecord => ({
  ...row,
  values: { ...valuesOf(row), ...rowValuesOf(kind, row) },
  units: unitNamesOf(row),
});

/**
 * A record of this kind within sight, by its number or id; inside a transaction it can be locked until its end.
 * @returns undefined for one that is not there, and for one out of sight alike
 */
export async function findRecord(
  db: Db | Trx,
  kind: RecordKind,
  scope: Scope,
  by: { no: number } | { id: string },
  options: { lock?: boolean } = {},
): Promise<FullRecord | undefined> {
  const which = 'no' in by ? sql`r.no = ${by.no}` : sql`r.id = ${by.id}`;
  const { rows } = await sql<Envelope & Record<string, unknown>>`
    ${from(kind, selectRows(kind))} where r.kind = ${sql.lit(kind.key)} and ${which} and ${withinScope(scope)}
    ${options.lock ? sql`for no key update of r` : sql``}`.execute(db);
  const [row] = rows;
  return row && withValues(kind, row);
}

/** The records of a kind that belong to one parent, oldest first. */
export async function listChildren(
  db: Db | Trx,
  kind: RecordKind,
  scope: Scope,
  parentId: string,
): Promise<FullRecord[]> {
  const { rows } = await sql<Envelope & Record<string, unknown>>`
    ${from(kind)} where r.kind = ${sql.lit(kind.key)} and r.parent_id = ${parentId} and ${withinScope(scope)}
    order by r.service_on, r.no limit 100`.execute(db);
  return rows.map((row) => withValues(kind, row));
}

/** A person's newest record of a kind within sight; drafts are none. */
export async function findLatest(
  db: Db,
  kind: RecordKind,
  scope: Scope,
  patientId: string,
): Promise<FullRecord | undefined> {
  const { rows } = await sql<Envelope & Record<string, unknown>>`
    ${from(kind)} where r.kind = ${sql.lit(kind.key)} and r.patient_id = ${patientId} and r.state <> 'draft'
      and ${withinScope(scope)} order by r.service_on desc, r.no desc limit 1`.execute(db);
  const [row] = rows;
  return row && withValues(kind, row);
}

/** @returns the record's number, or undefined when one like it is there already */
export async function insertRecord(trx: Trx, row: NewRecordRow): Promise<number | undefined> {
  const made = await trx
    .insertInto('record')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('no')
    .executeTakeFirst();
  return made?.no;
}

export interface EnvelopeChange {
  state?: RecordState;
  assigned_unit_code?: string | null;
  residence_county?: string;
  residence_town?: string;
  patient_id?: string | null;
  pregnancy_id?: string | null;
  unique_key?: string | null;
  service_on?: string;
  unlocked_until?: Date | null;
  updated_by: string;
  updated_by_name: string;
  updated_at: Date;
  submitted_by_name?: string;
  submitted_at?: Date;
  reviewed_by_name?: string | null;
  reviewed_at?: Date | null;
  review_note?: string;
}

/** Changes the envelope and counts its version on. @returns the new version; undefined when it was changed meanwhile */
export async function updateEnvelope(
  trx: Trx,
  of: { id: string; version: number },
  change: EnvelopeChange,
): Promise<number | undefined> {
  const row = await trx
    .updateTable('record')
    .set({ ...change, version: of.version + 1 })
    .where('id', '=', of.id)
    .where('version', '=', of.version)
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

/** A draft is thrown away with all it says; nothing else ever is. */
export async function deleteDraft(trx: Trx, id: string): Promise<boolean> {
  const row = await trx
    .deleteFrom('record')
    .where('id', '=', id)
    .where('state', '=', 'draft')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a submitted record of any kind is about this person. */
export async function isSpokenOf(trx: Trx, patientId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('record')
    .select('id')
    .where('patient_id', '=', patientId)
    .where('state', '<>', 'draft')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
