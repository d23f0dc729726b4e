import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import { type Happened, rememberMoved } from '../../../records/index.ts';
import { isClaim, joinPregnancy } from './visits.ts';

interface Moved {
  id: string;
  version: number;
  deed: string;
}

const paid = ({ actor, now }: Happened, which: RawBuilder<unknown>): RawBuilder<Moved> => sql<Moved>`
  update record as r set state = 'paid', version = r.version + 1, updated_by = ${actor.accountId},
    updated_by_name = ${actor.personName}, updated_at = ${now}
  where ${which} returning r.id, r.version, 'paid' as deed`;

/** Guidance that was paid for before it was uploaded is settled at once (LK3). */
export async function settleRecord(trx: Trx, happened: Happened): Promise<undefined> {
  const { id } = happened.record;
  await move(
    trx,
    happened,
    sql`r.id = ${id} and exists (
      select 1 from record c join edu_registration g on g.record_id = c.id ${joinPregnancy('c')}, edu_record done
      where done.record_id = r.id and c.kind = 'edu-registration' and c.state = 'paid' and c.unit_code = r.unit_code
        and c.patient_id = r.patient_id and pr.id = r.pregnancy_id and g.trimester = done.trimester and ${isClaim()})`,
  );
}

/** What was typed here is marked so, as is what a file brought; a claim is locked (LK3) and settles the guidance its unit uploaded. */
export async function settleRegistration(trx: Trx, happened: Happened): Promise<undefined> {
  const { id } = happened.record;
  await sql`update edu_registration set source = coalesce(source, case when exists (
    select 1 from record_version v where v.record_id = ${id} and v.deed = 'imported') then 'import' else 'manual' end)
    where record_id = ${id}`.execute(trx);
  await move(
    trx,
    happened,
    sql`(r.id = ${id} and exists (select 1 from edu_registration g where g.record_id = r.id and ${isClaim()}))
      or (r.kind = 'edu-record' and r.state = 'submitted' and exists (
        select 1 from record c join edu_registration g on g.record_id = c.id ${joinPregnancy('c')}, edu_record done
        where c.id = ${id} and done.record_id = r.id and c.unit_code = r.unit_code and c.patient_id = r.patient_id
          and pr.id = r.pregnancy_id and g.trimester = done.trimester and ${isClaim()}))`,
  );
}

async function move(trx: Trx, happened: Happened, which: RawBuilder<unknown>): Promise<void> {
  const { rows } = await paid(happened, which).execute(trx);
  await rememberMoved(trx, rows, happened);
}
