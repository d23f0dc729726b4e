import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';

export interface CorrectableRow {
  id: string;
  no: number;
  kind: string;
  personName: string | null;
  serviceOn: string;
}

export interface LockedKinds {
  /** Whose submitted and closed records are asked for. */
  sent: readonly string[];
  /** Whose approved ones. */
  approved: readonly string[];
  /** Whose approved ones too that another unit wrote and this one approved. */
  reviewed: readonly string[];
}

/** Locked records of a unit that nobody holds open, of some kinds, the newest first; one alone by its number. */
export async function listLocked(
  db: Db,
  unitCode: string,
  { sent, approved, reviewed }: LockedKinds,
  no: number | undefined,
): Promise<CorrectableRow[]> {
  const among = (kinds: readonly string[]) => sql`r.kind = any(${[...kinds]}::text[])`;
  const { rows } = await sql<CorrectableRow>`
    select r.id, r.no, r.kind, p.name as "personName", r.service_on::text as "serviceOn"
    from record r left join patient p on p.id = r.patient_id
    where ((r.unit_code = ${unitCode} and ((${among(sent)} and r.state in ('submitted', 'closed'))
          or (${among(approved)} and r.state = 'approved')))
        or (${among(reviewed)} and r.state = 'approved' and ${approvedBy(unitCode)}))
      and (r.unlocked_until is null or r.unlocked_until < now()) and ${no === undefined ? sql`true` : sql`r.no = ${no}`}
    order by r.no desc limit 100`.execute(db);
  return rows;
}

const approvedBy = (unitCode: string): RawBuilder<unknown> =>
  sql`exists (select 1 from record_version v where v.record_id = r.id and v.deed = 'approved' and v.unit_code = ${unitCode})`;

/** Opens a locked record of a unit's own for one correction. @returns its new version; undefined when it is none */
export async function openRecord(
  trx: Trx,
  id: string,
  unitCode: string,
  until: Date,
): Promise<{ version: number } | undefined> {
  return trx
    .updateTable('record')
    .set({ unlocked_until: until, version: sql<number>`version + 1` })
    .where('id', '=', id)
    .where('unit_code', '=', unitCode)
    .where('state', 'in', ['submitted', 'approved', 'closed'])
    .returning('version')
    .executeTakeFirst();
}

/** Takes back a unit's approval: the record waits for it again. @returns its new version; undefined when it gave none */
export async function withdrawApproval(
  trx: Trx,
  id: string,
  unitCode: string,
): Promise<{ version: number } | undefined> {
  const { rows } = await sql<{ version: number }>`
    update record r set state = 'submitted', reviewed_by_name = null, reviewed_at = null, review_note = '',
      version = r.version + 1
    where r.id = ${id} and r.state = 'approved' and ${approvedBy(unitCode)} returning r.version`.execute(trx);
  return rows[0];
}
