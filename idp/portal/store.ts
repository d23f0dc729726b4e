import type { Db } from '#db/idp/tables.ts';

export async function listSubsystemCodes(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('subsystem').select('code').execute();
  return rows.map(({ code }) => code);
}

export async function hasAnnouncements(db: Db): Promise<boolean> {
  return (await db.selectFrom('announcement').select('id').limit(1).executeTakeFirst()) !== undefined;
}
