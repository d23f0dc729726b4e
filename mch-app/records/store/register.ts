import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import type { Envelope, RecordKind } from '../types.ts';

/** What a record was made of, in its order. */
export async function readRegister(
  db: Db,
  { register }: RecordKind,
  record: Pick<Envelope, 'id' | 'no'>,
): Promise<Record<string, unknown>[]> {
  if (!register) return [];
  const select: RawBuilder<unknown> = register.rows(record);
  const { rows } = await sql<Record<string, unknown>>`${select}`.execute(db);
  return rows;
}
