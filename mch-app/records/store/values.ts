import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import { writeRows } from './rows.ts';
import type { UnitNames } from '../../units/index.ts';
import type { Field, Part, RecordKind, Value, Values } from '../types.ts';

/** The tables of a kind's parts joined to the envelope `r`, each under the name of its part. */
export function joinParts(kind: RecordKind): RawBuilder<unknown> {
  const joins = kind.parts.map(
    ({ table, name }) =>
      sql`left join ${sql.table(table)} as ${sql.ref(`part_${name}`)} on ${sql.ref(`part_${name}.record_id`)} = r.id`,
  );
  return sql.join(joins, sql` `);
}

/** Where a field stands, in a statement that joins the parts. @throws Error for a field of no part */
export function columnOf(kind: RecordKind, name: string): RawBuilder<unknown> {
  const part = kind.parts.find(({ fields }) => fields[name]);
  if (!part) throw new Error(`${kind.key} has no field ${name}`);
  return sql`${sql.ref(`part_${part.name}.${name}`)}`;
}

/** Every field, or those named, as `v_<name>`; of a unit its name too, as `u_<name>`. */
export function selectValues(kind: RecordKind, names?: readonly string[]): RawBuilder<unknown> {
  const all = kind.parts.flatMap(({ name: part, fields }) =>
    Object.entries(fields)
      .filter(([name]) => names === undefined || names.includes(name))
      .flatMap(([name, field]) => {
        const column = `part_${part}.${name}`;
        const value = sql`${readable(field, column)} as ${sql.ref(`v_${name}`)}`;
        if (field.kind !== 'unit') return [value];
        const called = sql`(select n.name from unit n where n.code = ${sql.ref(column)})`;
        return [value, sql`${called} as ${sql.ref(`u_${name}`)}`];
      }),
  );
  return all.length === 0 ? sql`1 as nothing` : sql.join(all);
}

function readable({ kind }: Field, column: string): RawBuilder<unknown> {
  if (kind === 'day') return sql`${sql.ref(column)}::text`;
  if (kind === 'decimal') return sql`${sql.ref(column)}::float8`;
  return sql`${sql.ref(column)}`;
}

/** The values of a row that `selectValues` loaded. */
export function valuesOf(row: Readonly<Record<string, unknown>>): Values {
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(row)) {
    if (name.startsWith('v_')) values[name.slice(2)] = value as Value;
  }
  return values;
}

/** The names of units that `selectValues` loaded with a row. */
export function unitNamesOf(row: Readonly<Record<string, unknown>>): UnitNames {
  const names = new Map<string, string>();
  for (const [column, name] of Object.entries(row)) {
    const code = column.startsWith('u_') ? row[`v_${column.slice(2)}`] : undefined;
    if (typeof code === 'string' && typeof name === 'string') names.set(code, name);
  }
  return names;
}

/** Writes what the parts and rows hold of a record, whether it is new or not. */
export async function writeParts(
  trx: Trx,
  kind: RecordKind,
  recordId: string,
  values: Values,
): Promise<void> {
  for (const part of kind.parts) await writePart(trx, part, recordId, values);
  await writeRows(trx, kind, recordId, values);
}

async function writePart(trx: Trx, { table, fields }: Part, recordId: string, values: Values): Promise<void> {
  const names = Object.keys(fields);
  const columns = sql.join(['record_id', ...names].map((name) => sql.ref(name)));
  const given = sql.join([sql`${recordId}`, ...names.map((name) => sql`${values[name] ?? null}`)]);
  const changes = sql.join(names.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`));
  await sql`insert into ${sql.table(table)} (${columns}) values (${given})
    on conflict (record_id) do update set ${changes}`.execute(trx);
}
