import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

export interface HashRow {
  prefix: number;
  suffixes: Buffer;
}

/** The suffixes of one row: one read by its key. */
export async function findSuffixes(db: Db | Trx, prefix: number): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('breached_password')
    .select('suffixes')
    .where('prefix', '=', prefix)
    .executeTakeFirst();
  return row?.suffixes;
}

export async function listRows(trx: Trx, prefixes: number[]): Promise<HashRow[]> {
  return trx
    .selectFrom('breached_password')
    .selectAll()
    .where('prefix', '=', sql<number>`any(${prefixes}::integer[])`)
    .execute();
}

/** Writes whole rows in place of those with their prefixes. */
export async function writeRows(trx: Trx, rows: HashRow[]): Promise<void> {
  const prefixes = rows.map(({ prefix }) => prefix);
  const suffixes = rows.map((row) => row.suffixes);
  await sql`
    insert into breached_password (prefix, suffixes)
    select * from unnest(${prefixes}::integer[], ${suffixes}::bytea[])
    on conflict (prefix) do update set suffixes = excluded.suffixes`.execute(trx);
}

export interface ImportProgress {
  position: number;
  hashes: number;
  isFinished: boolean;
}

/** How far a list was read; locked against another import of it. */
export async function lockImport(trx: Trx, source: Buffer): Promise<ImportProgress | undefined> {
  return trx
    .selectFrom('breached_password_import')
    .select(['position', 'hashes', sql<boolean>`finished_at is not null`.as('isFinished')])
    .where('source', '=', source)
    .forUpdate()
    .executeTakeFirst();
}

export async function saveImport(trx: Trx, source: Buffer, progress: ImportProgress): Promise<void> {
  const { position, hashes, isFinished } = progress;
  const now = sql<Date>`now()`;
  const changes = { position, hashes, finished_at: isFinished ? now : null, updated_at: now };
  await trx
    .insertInto('breached_password_import')
    .values({ source, ...changes })
    .onConflict((conflict) => conflict.column('source').doUpdateSet(changes))
    .execute();
}

/** Keeps a second import away until this transaction ends: the rows they share would lose one's hashes. */
export async function lockImports(trx: Trx): Promise<void> {
  await sql`lock table breached_password_import in exclusive mode`.execute(trx);
}
