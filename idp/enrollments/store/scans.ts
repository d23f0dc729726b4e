import type { Db, Trx } from '#db/idp/tables.ts';

export interface StoredScan {
  name: string;
  mediaType: string;
  size: number;
  contentSealed: Buffer;
  uploadedAt: Date;
  /** An account's id, when it was not the applicant. */
  attachedBy?: string | null;
}

/** Keeps the scan of an application's form in place of the one before. */
export async function saveScan(trx: Trx, enrollmentId: string, scan: StoredScan): Promise<void> {
  const values = {
    name: scan.name,
    media_type: scan.mediaType,
    size: scan.size,
    content_sealed: scan.contentSealed,
    uploaded_at: scan.uploadedAt,
    attached_by: scan.attachedBy ?? null,
  };
  await trx
    .insertInto('enrollment_scan')
    .values({ enrollment_id: enrollmentId, ...values })
    .onConflict((conflict) => conflict.column('enrollment_id').doUpdateSet(values))
    .execute();
}

export async function findScan(db: Db | Trx, enrollmentId: string): Promise<StoredScan | undefined> {
  return db
    .selectFrom('enrollment_scan')
    .select(['name', 'media_type as mediaType', 'size', 'content_sealed as contentSealed'])
    .select('uploaded_at as uploadedAt')
    .where('enrollment_id', '=', enrollmentId)
    .executeTakeFirst();
}

/** What is told of a scan without reading it. */
export async function findScanFacts(
  db: Db,
  enrollmentId: string,
): Promise<Omit<StoredScan, 'contentSealed'> | undefined> {
  return db
    .selectFrom('enrollment_scan')
    .select(['name', 'media_type as mediaType', 'size', 'uploaded_at as uploadedAt'])
    .where('enrollment_id', '=', enrollmentId)
    .executeTakeFirst();
}

export async function deleteScan(trx: Trx, enrollmentId: string): Promise<void> {
  await trx.deleteFrom('enrollment_scan').where('enrollment_id', '=', enrollmentId).execute();
}
