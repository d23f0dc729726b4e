import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Entitlement } from '../types.ts';

/** What the unit may give at subsystems, by subsystem and menu role; days as `yyyy-mm-dd`, '' for no end. */
export async function listEntitlements(db: Db | Trx, unitCode: string): Promise<Entitlement[]> {
  const { rows } = await sql<Entitlement>`
    select subsystem_code as "subsystemCode", menu_role as "menuRole", valid_from::text as "validFrom",
      coalesce(valid_to::text, '') as "validTo", approval_no as "approvalNo", basis
    from unit_entitlement where unit_code = ${unitCode}
    order by subsystem_code, menu_role, valid_from`.execute(db);
  return rows;
}

/** @returns false when the same menu role begins on that day already */
export async function insertEntitlement(trx: Trx, unitCode: string, given: Entitlement): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('unit_entitlement')
    .values({
      unit_code: unitCode,
      subsystem_code: given.subsystemCode,
      menu_role: given.menuRole,
      valid_from: given.validFrom,
      valid_to: given.validTo === '' ? null : given.validTo,
      approval_no: given.approvalNo,
      basis: given.basis,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Lets it end on a day. @returns false when there is none, or it would end before it begins */
export async function endEntitlement(
  trx: Trx,
  unitCode: string,
  which: Pick<Entitlement, 'subsystemCode' | 'menuRole' | 'validFrom'>,
  validTo: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update unit_entitlement set valid_to = ${validTo}::date
    where unit_code = ${unitCode} and subsystem_code = ${which.subsystemCode} and menu_role = ${which.menuRole}
      and valid_from = ${which.validFrom}::date and valid_from <= ${validTo}::date`.execute(trx);
  return numAffectedRows === 1n;
}
