import type pg from 'pg';

/** Tables that grow by the million. */
const LARGE = ['unit', 'account', 'password_credential', 'subsystem_account', 'binding', 'audit_event'];

/**
 * Runs `fill` without foreign keys being tried and without the indexes that no constraint needs; afterwards each
 * index is built once, which is many times faster than row by row.
 */
export async function withoutIndexes(
  client: pg.Client,
  fill: () => Promise<void>,
  large: string[] = LARGE,
): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where i.indrelid = any($1::text[]::regclass[]) and not i.indisunique and c.relispartition is false`,
    [large],
  );
  await client.query('set session_replication_role = replica');
  for (const { name } of rows) await client.query(`drop index ${name}`);
  try {
    await fill();
  } finally {
    await client.query('set session_replication_role = origin');
    // of a partitioned table the definition names the table alone, without its partitions
    for (const { definition } of rows) await client.query(definition.replace(' ON ONLY ', ' ON '));
  }
}
