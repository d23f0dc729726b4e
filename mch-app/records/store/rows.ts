import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import { positionsOf, rowField, valuesOfRow } from '../groups.ts';
import type { Field, Group, RecordKind, Value, Values } from '../types.ts';

/** The rows of every group of a record, each group as one value `rows_<name>`. */
export function selectRows({ groups }: RecordKind): RawBuilder<unknown> {
  const all = groups.map(
    ({ name, table }) => sql`, (select json_agg(g order by g.at) from ${sql.table(table)} g
      where g.record_id = r.id) as ${sql.ref(`rows_${name}`)}`,
  );
  return sql.join(all, sql``);
}

/** The values of rows that `selectRows` loaded, by their full names. */
export function rowValuesOf({ groups }: RecordKind, row: Readonly<Record<string, unknown>>): Values {
  const values: Record<string, Value> = {};
  for (const { name, fields } of groups) {
    const rows = (row[`rows_${name}`] ?? []) as ({ at: number } & Record<string, Value>)[];
    for (const line of rows) {
      for (const field of Object.keys(fields)) values[rowField(name, line.at, field)] = line[field] ?? null;
    }
  }
  return values;
}

/** Writes the rows of a record in place of those it had; rows in which nothing stands close up. */
export async function writeRows(trx: Trx, kind: RecordKind, recordId: string, values: Values): Promise<void> {
  for (const group of kind.groups) await writeGroup(trx, group, recordId, values);
}

async function writeGroup(trx: Trx, group: Group, recordId: string, values: Values): Promise<void> {
  const { table, fields, preset } = group;
  await sql`delete from ${sql.table(table)} where record_id = ${recordId}`.execute(trx);
  const names = Object.entries(fields);
  const lines = positionsOf(group, values).map((at, place) => {
    const of = valuesOfRow(group, at, values);
    const said = names.map(([name, field]) => sql`${of[name] ?? null}::${typeOf(field)}`);
    return sql`(${recordId}::uuid, ${preset === undefined ? place : at}::int, ${sql.join(said)})`;
  });
  if (lines.length === 0) return;
  const columns = sql.join(['record_id', 'at', ...names.map(([name]) => name)].map((name) => sql.ref(name)));
  await sql`insert into ${sql.table(table)} (${columns}) values ${sql.join(lines)}`.execute(trx);
}

/** Values of several rows stand in one statement, which needs their types said. */
function typeOf({ kind }: Field): RawBuilder<unknown> {
  switch (kind) {
    case 'whole':
    case 'weeks':
      return sql`int`;
    case 'decimal':
      return sql`numeric`;
    case 'day':
      return sql`date`;
    case 'flags':
      return sql`text[]`;
    case 'yes-no':
      return sql`boolean`;
    default:
      return sql`text`;
  }
}
