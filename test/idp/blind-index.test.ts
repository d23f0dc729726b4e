import { sql } from 'kysely';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { nationalIdIndexes, settleNationalIdIndex } from '#idp/accounts/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cloneDatabase } from '../support/databases.ts';

const [old, fresh] = [7, 9].map((byte) => Buffer.alloc(32, byte).toString('base64'));
const RINGS = [`${old},${fresh}`, `${fresh},${old}`].map((keys) => createKeyring(keys));
const NUMBER = 'A800000014';

describe('H8: the blind index while two keys are in the ring', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let database: Database<IdpTables>;
  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    const open = { url: clone.url, connections: 24, applicationName: 'test', onConnectionLost: () => {} };
    database = openDatabase<IdpTables>(open);
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  it('holds one number once under 20 at a time, whichever key each replica has first, while it is moved', async () => {
    const { db } = database;
    await sql`create table holder (national_id_index bytea primary key)`.execute(db);
    const moving = async (ring: number): Promise<void> => {
      const keyring = RINGS[ring % 2];
      if (!keyring) return;
      await transact(db, async (trx) => {
        const { index } = await settleNationalIdIndex(trx, keyring, NUMBER);
        const others = nationalIdIndexes(keyring, NUMBER).slice(1);
        await sql`update holder set national_id_index = ${index} where national_id_index = any(${others})`.execute(
          trx,
        );
        await sql`insert into holder values (${index}) on conflict do nothing`.execute(trx);
      });
    };
    for (let round = 0; round < 5; round += 1) {
      await sql`delete from holder`.execute(db);
      await Promise.all(Array.from({ length: 20 }, (_each, at) => moving(at)));
      const { rows } = await sql`select * from holder`.execute(db);
      expect(rows).toHaveLength(1);
    }
  });
});
