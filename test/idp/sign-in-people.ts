import { randomBytes } from 'node:crypto';
import { type Database, openDatabase } from '#db/handle.ts';
import type { Db, IdpTables } from '#db/idp/tables.ts';
import type { AccountRole } from '#idp/accounts/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cloneDatabase } from '../support/databases.ts';

export const keyring = createKeyring(randomBytes(32).toString('base64'));

export interface TestDatabase {
  /** Two pools of one database: what two replicas would hold. */
  pools: [Database<IdpTables>, Database<IdpTables>];
  db: Db;
  close: () => Promise<void>;
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const clone = await cloneDatabase('idp');
  const open = () =>
    openDatabase<IdpTables>({
      url: clone.url,
      connections: 8,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
  const pools: TestDatabase['pools'] = [open(), open()];
  await pools[0].db
    .insertInto('unit')
    .values({
      code: '0000000001',
      name: '測試院所',
      name_en: 'Test Hospital',
      kind: 'hospital',
      county: '10017',
      town: '10017020',
    })
    .execute();
  return {
    pools,
    db: pools[0].db,
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await clone.drop();
    },
  };
}

export interface TestPerson {
  loginName: string;
  role?: AccountRole;
  status?: 'active' | 'disabled';
  expiresAt?: Date;
}

let lastPersonNo = 90_000_000;

/** An invented person without credentials. @returns the account id */
export async function insertPerson(db: Db, person: TestPerson): Promise<string> {
  lastPersonNo += 1;
  const row = await db
    .insertInto('account')
    .values({
      person_no: String(lastPersonNo),
      login_name: person.loginName,
      name: `測試 ${person.loginName}`,
      email: `${person.loginName}@example.test`,
      unit_code: '0000000001',
      role: person.role ?? 'user',
      status: person.status ?? 'active',
      expires_at: person.expiresAt ?? null,
      national_id_sealed: randomBytes(8),
      national_id_index: randomBytes(8),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}
