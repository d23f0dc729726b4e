import { randomBytes } from 'node:crypto';
import pg from 'pg';

/**
 * A fresh, migrated database cloned from its template.
 * @returns its URL, and `drop` to remove it
 */
export async function cloneDatabase(
  kind: 'idp' | 'mch',
): Promise<{ url: string; drop: () => Promise<void> }> {
  const serverUrl = process.env['TEST_DATABASE_SERVER'];
  if (!serverUrl) throw new Error('the global set-up did not run');
  const name = `${kind}_${randomBytes(6).toString('hex')}`;
  await admin(serverUrl, `create database ${name} template ${kind}_template`);
  return {
    url: serverUrl.replace('/postgres?', `/${name}?`),
    drop: () => admin(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
