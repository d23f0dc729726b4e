import type { Db, Trx } from '#db/mch/tables.ts';

export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

export interface RecordVersion {
  version: number;
  at: Date;
  deed: string;
  byName: string;
  unitCode: string;
  note: string;
  changes: FieldChange[];
}

export async function insertVersion(
  trx: Trx,
  of: RecordVersion & { recordId: string; byAccount: string },
): Promise<void> {
  await trx
    .insertInto('record_version')
    .values({
      record_id: of.recordId,
      version: of.version,
      at: of.at,
      deed: of.deed,
      by_account: of.byAccount,
      by_name: of.byName,
      unit_code: of.unitCode,
      note: of.note,
      changes: JSON.stringify(of.changes),
    })
    .execute();
}

/** Every version, the newest first. */
export async function listVersions(db: Db, recordId: string): Promise<RecordVersion[]> {
  return db
    .selectFrom('record_version')
    .select(['version', 'at', 'deed', 'by_name as byName', 'unit_code as unitCode', 'note', 'changes'])
    .where('record_id', '=', recordId)
    .orderBy('version', 'desc')
    .limit(200)
    .execute();
}
