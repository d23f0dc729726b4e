import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { ResealedRow, SealedColumn, SealedRow } from './types.ts';

/** The next rows in order of their key that hold a value. @param after the last key seen */
export async function listSealed(db: Db, of: SealedColumn, after: string | undefined): Promise<SealedRow[]> {
  const [key, column, type] = [sql.ref(of.key), sql.ref(of.column), typeOf(of)];
  const beyond = after === undefined ? sql`true` : sql`${key} > ${after}::${type}`;
  const { rows } = await sql<SealedRow>`
    select ${key}::text as key, ${sql.ref(of.context)}::text as context, ${column} as sealed
    from ${sql.table(of.table)} where ${column} is not null and ${beyond}
    order by ${key} limit ${of.batch}`.execute(db);
  return rows;
}

/** Writes the values whose rows still hold what was read; one changed meanwhile was sealed by the newest key. */
export async function replaceSealed(db: Db, of: SealedColumn, rows: ResealedRow[]): Promise<void> {
  const [key, column] = [sql.ref(of.key), sql.ref(of.column)];
  await sql`
    update ${sql.table(of.table)} t set ${column} = changed.after
    from unnest(${rows.map((row) => row.key)}::${typeOf(of)}[], ${rows.map((row) => row.before)}::bytea[],
      ${rows.map((row) => row.after)}::bytea[]) changed (key, before, after)
    where t.${key} = changed.key and t.${column} = changed.before`.execute(db);
}

/** Subsystem accounts that can be found by a digest only: no account or application holds the number itself. */
export async function countNumberless(db: Db): Promise<number> {
  const row = await db
    .selectFrom('subsystem_account as sa')
    .select((all) => all.fn.countAll<number>().as('count'))
    .where((sa) =>
      sa.not(
        sa.exists(
          sa
            .selectFrom('account as a')
            .select('a.id')
            .whereRef('a.national_id_index', '=', 'sa.national_id_index'),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return row.count;
}

export interface CarriedKey {
  /** The purpose and the name of the master key. */
  id: string;
  purpose: string;
  secretSealed: Buffer;
}

export async function insertCarried(db: Db, key: CarriedKey): Promise<void> {
  await db
    .insertInto('carried_key')
    .values({ id: key.id, purpose: key.purpose, secret_sealed: key.secretSealed })
    .onConflict((on) => on.column('id').doNothing())
    .execute();
}

export async function listCarried(db: Db): Promise<CarriedKey[]> {
  return db
    .selectFrom('carried_key')
    .select(['id', 'purpose', 'secret_sealed as secretSealed'])
    .orderBy('created_at', 'desc')
    .execute();
}

function typeOf(of: SealedColumn): RawBuilder<unknown> {
  return sql.raw(of.keyType);
}
