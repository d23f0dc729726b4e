import { sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import type { Actor, Envelope } from '../types.ts';

/**
 * Takes what follows from a record along to the person it turned out to be about, each with its version; what is about
 * somebody else stays.
 */
export async function moveBelow(
  trx: Trx,
  of: Pick<Envelope, 'id' | 'patientId'>,
  to: Pick<Envelope, 'patientId' | 'pregnancyId'>,
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  await sql`
    with recursive below as (
      select id from record where parent_id = ${of.id}
      union select r.id from record r join below b on r.parent_id = b.id),
    moved as (
      update record set patient_id = ${to.patientId}::uuid, version = version + 1,
        pregnancy_id = case when pregnancy_id is null then null else ${to.pregnancyId}::uuid end
      where id in (select id from below) and patient_id = ${of.patientId} returning id, version)
    insert into record_version (record_id, version, at, deed, by_account, by_name, unit_code, note, changes)
    select id, version, ${now}::timestamptz, 'taken_along', ${actor.accountId}, ${actor.personName}, ${actor.unit.code},
      '', '[]'::jsonb from moved`.execute(trx);
}
