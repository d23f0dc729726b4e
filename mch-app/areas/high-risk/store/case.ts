import { sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import { EXTENDED_MONTHS, USUAL_DAYS } from '../programme.ts';

export interface HeldCase {
  id: string;
  intakeId: string;
  unitCode: string;
  county: string;
  status: 'open' | 'transferring' | 'closed';
  openedOn: string;
  /** The unit it waits for. */
  offeredTo: string | null;
}

/** A case nobody else changes until the transaction ends. */
export async function lockCase(trx: Trx, id: string | null): Promise<HeldCase | undefined> {
  const { rows } = await sql<HeldCase>`
    select r.id, r.parent_id as "intakeId", r.unit_code as "unitCode", r.county, c.case_status as status,
      c.opened_on::text as "openedOn", r.assigned_unit_code as "offeredTo"
    from record r join hr_case c on c.record_id = r.id where r.id = ${id} for update of r, c`.execute(trx);
  return rows[0];
}

/** The case an intake opened. */
export async function caseOf(trx: Trx, intakeId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from record where kind = 'hr-case' and parent_id = ${intakeId}`.execute(trx);
  return rows[0]?.id;
}

/** Shows a record of a case to the unit that manages it. */
export async function showToUnit(trx: Trx, recordId: string, unitCode: string): Promise<void> {
  await sql`update record set assigned_unit_code = nullif(${unitCode}, unit_code) where id = ${recordId}`.execute(
    trx,
  );
}

/**
 * Works out again what a case says of itself: the next contact, the risk, the delivery, the end of its time. Without a
 * next day the case is due from its last contact on, or from its opening: none is ever lost sight of.
 */
export async function refreshCase(trx: Trx, caseId: string): Promise<void> {
  await sql`
    update hr_case c set
      next_contact_on = case when c.case_status = 'closed' then null else coalesce((
        select coalesce(t.next_date, t.contact_date) from record r join hr_contact t on t.record_id = r.id
        where r.parent_id = c.record_id and r.state <> 'draft' order by t.contact_date desc, r.no desc limit 1),
        c.opened_on) end,
      risk_level = (
        select t.risk_level from record r join hr_assessment t on t.record_id = r.id
        where r.parent_id = c.record_id and r.state <> 'draft' order by t.assess_date desc, r.no desc limit 1),
      delivered_on = d.delivery_date,
      limit_on = case when c.extended then (d.delivery_date + make_interval(months => ${EXTENDED_MONTHS}::int))::date
        else d.delivery_date + ${USUAL_DAYS}::int end
    from (select min(t.delivery_date) as delivery_date from record r join hr_delivery t on t.record_id = r.id
      where r.parent_id = ${caseId} and r.state <> 'draft') d
    where c.record_id = ${caseId}`.execute(trx);
}

export interface NextNumber {
  series: string;
  seq: number;
}

/** The next number of a series; whoever asks next waits until this one is kept or given up, so none is missing. */
export async function nextNumber(trx: Trx, series: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${series}, 0))`.execute(trx);
  const { rows } = await sql<{ seq: number }>`
    select coalesce(max(seq), 0) + 1 as seq from hr_case where series = ${series}`.execute(trx);
  return rows[0]?.seq ?? 1;
}

/** Writes a case's number to it and to its intake. */
export async function writeNumber(
  trx: Trx,
  of: { caseId: string; intakeId: string },
  { series, seq }: NextNumber,
  caseNo: string,
): Promise<void> {
  await sql`update hr_case set series = ${series}, seq = ${seq}, case_no = ${caseNo}
    where record_id = ${of.caseId}`.execute(trx);
  await sql`update hr_intake set case_no = ${caseNo} where record_id = ${of.intakeId}`.execute(trx);
}

/** What a corrected intake says of a case that is open already. */
export async function correctCase(
  trx: Trx,
  caseId: string,
  { extended, openedOn }: { extended: boolean; openedOn: string },
): Promise<void> {
  await sql`update hr_case set extended = ${extended}, opened_on = ${openedOn} where record_id = ${caseId}`.execute(
    trx,
  );
  await sql`update record set service_on = ${openedOn} where id = ${caseId}`.execute(trx);
  await refreshCase(trx, caseId);
}

/** Where a unit lies, if we know it. */
export async function findPlace(
  trx: Trx,
  code: string,
): Promise<{ county: string; town: string } | undefined> {
  const { rows } = await sql<{ county: string; town: string }>`
    select county, town from unit where code = ${code}`.execute(trx);
  return rows[0];
}

/** The record another one belongs to. */
export async function findParentId(trx: Trx, id: string | null): Promise<string | null> {
  const { rows } = await sql<{
    id: string | null;
  }>`select parent_id as id from record where id = ${id}`.execute(trx);
  return rows[0]?.id ?? null;
}
