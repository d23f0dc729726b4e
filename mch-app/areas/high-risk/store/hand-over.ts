import { sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import type { HeldCase } from './case.ts';

/** Who did something to a case, for its history. */
export interface Doer {
  accountId: string;
  personName: string;
  unit: { code: string };
  now: Date;
}

/** A case waits for another unit, which may look at it meanwhile. */
export async function offerCase(trx: Trx, held: HeldCase, toUnit: string, by: Doer): Promise<void> {
  await sql`update hr_case set case_status = 'transferring' where record_id = ${held.id}`.execute(trx);
  await sql`update record set assigned_unit_code = ${toUnit} where id = ${held.id}`.execute(trx);
  await note(trx, held.id, 'offered', by);
}

/** It stays where it was. */
export async function keepCase(trx: Trx, held: HeldCase, by: Doer): Promise<void> {
  await sql`update hr_case set case_status = 'open' where record_id = ${held.id}`.execute(trx);
  await sql`update record set assigned_unit_code = null where id = ${held.id}`.execute(trx);
  await note(trx, held.id, 'kept', by);
}

/**
 * The case is another unit's: that one works on it and reads all that was written in it. Whoever had it reads what
 * they wrote themselves and no more.
 */
export async function moveCase(
  trx: Trx,
  held: HeldCase,
  to: { code: string; county: string; town: string; manager: string },
  by: Doer,
): Promise<void> {
  await sql`update hr_case set case_status = 'open', case_manager = ${to.manager}
    where record_id = ${held.id}`.execute(trx);
  await sql`update record set unit_code = ${to.code}, county = ${to.county}, town = ${to.town},
    assigned_unit_code = null where id = ${held.id}`.execute(trx);
  await sql`
    with recursive below as (
      select id from record where parent_id = ${held.id}
      union all select r.id from record r join below b on r.parent_id = b.id)
    update record set assigned_unit_code = nullif(${to.code}, unit_code)
    where (id in (select id from below) or id = ${held.intakeId}) and state <> 'draft'`.execute(trx);
  await note(trx, held.id, 'moved', by);
}

export async function closeCase(trx: Trx, held: HeldCase, on: string, by: Doer): Promise<void> {
  await sql`update hr_case set case_status = 'closed', closed_on = ${on}, next_contact_on = null
    where record_id = ${held.id}`.execute(trx);
  await sql`update record set state = 'closed' where id = ${held.id}`.execute(trx);
  await note(trx, held.id, 'closed', by);
}

export async function openAgain(trx: Trx, caseId: string): Promise<void> {
  await sql`update hr_case set case_status = 'open', closed_on = null where record_id = ${caseId}`.execute(
    trx,
  );
}

/** What a transfer says of where the case came from, and who took it. */
export async function describeTransfer(
  trx: Trx,
  recordId: string,
  facts: { fromUnit?: string; receivedBy?: string | null; state?: 'approved' | 'closed' },
): Promise<void> {
  const { fromUnit, receivedBy, state } = facts;
  if (fromUnit !== undefined) {
    await sql`update hr_transfer set from_unit = ${fromUnit} where record_id = ${recordId}`.execute(trx);
  }
  if (receivedBy !== undefined) {
    await sql`update hr_transfer set received_by = ${receivedBy} where record_id = ${recordId}`.execute(trx);
  }
  if (state !== undefined) await sql`update record set state = ${state} where id = ${recordId}`.execute(trx);
}

/** The transfer that a case waits for. */
export async function pendingTransfer(trx: Trx, caseId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select r.id from record r join hr_transfer t on t.record_id = r.id
    where r.parent_id = ${caseId} and r.state = 'submitted' and t.handover = 'transfer'`.execute(trx);
  return rows[0]?.id;
}

/** The transfer that brought a case where it stands. */
export async function lastTransfer(trx: Trx, caseId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select r.id from record r join hr_transfer t on t.record_id = r.id
    where r.parent_id = ${caseId} and r.state = 'approved' and t.handover = 'transfer'
    order by r.no desc limit 1`.execute(trx);
  return rows[0]?.id;
}

async function note(trx: Trx, caseId: string, deed: string, by: Doer): Promise<void> {
  await sql`
    with changed as (update record set version = version + 1, updated_by = ${by.accountId},
      updated_by_name = ${by.personName}, updated_at = ${by.now} where id = ${caseId} returning version)
    insert into record_version (record_id, version, at, deed, by_account, by_name, unit_code, changes)
    select ${caseId}, version, ${by.now}, ${deed}, ${by.accountId}, ${by.personName}, ${by.unit.code}, '[]'
    from changed`.execute(trx);
}
