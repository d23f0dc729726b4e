import type { Db } from '#db/mch/tables.ts';

/** Whether anybody has entered anything. */
export async function hasRecords(db: Db): Promise<boolean> {
  return (await db.selectFrom('record').select('id').limit(1).executeTakeFirst()) !== undefined;
}
