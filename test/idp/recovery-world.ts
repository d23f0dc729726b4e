import { openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import {
  type PasswordHasher,
  createPasswordHasher,
  enrolTotp,
  setPassword,
} from '#idp/authenticators/index.ts';
import { readConfig } from '#idp/config.ts';
import { openContent } from '#idp/notifications/service.ts';
import { type Replica, startReplica } from '#idp/replica.ts';
import { createKeyring } from '#kit/keyring.ts';
import { createLog } from '#kit/log.ts';
import { cloneDatabase } from '../support/databases.ts';
import { createJourney, type Journey } from '../support/journey.ts';
import { freePort } from '../support/replica.ts';
import { type TestPerson, insertPerson } from './sign-in-people.ts';

export const OLD_PASSWORD = 'Formosa*2026Demo';
export const NEW_PASSWORD = 'Jade~Mountain2026';
export const CAPTCHA = '24680';
const MASTER_KEYS = Buffer.alloc(32, 7).toString('base64');
const keyring = createKeyring(MASTER_KEYS);
const log = createLog('test', 'silent');

/** One replica in this process, under a clock that can be moved; jobs run as they do in production. */
export async function openRecoveryWorld(env: NodeJS.ProcessEnv = {}) {
  const clone = await cloneDatabase('idp');
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const config = readConfig({
    NODE_ENV: 'test',
    IDP_DATABASE_URL: clone.url,
    IDP_ISSUER: issuer,
    IDP_PORT: String(port),
    IDP_MASTER_KEYS: MASTER_KEYS,
    CAPTCHA_FIXED: CAPTCHA,
    ARGON2_MEMORY_KIB: '64',
    ARGON2_TIME: '1',
    ...env,
  });
  let ahead = 0;
  const clock = () => new Date(Date.now() + ahead);
  const replica: Replica = await startReplica(config, log, clock);
  const database = openDatabase<IdpTables>({
    url: clone.url,
    connections: 4,
    applicationName: 'test',
    onConnectionLost: () => {},
  });
  const { db } = database;
  const hasher: PasswordHasher = await createPasswordHasher({ memoryKib: 64, time: 1 }, log);
  await db
    .insertInto('unit')
    .values({
      code: '0000000001',
      name: '測試院所',
      name_en: 'Test',
      kind: 'hospital',
      county: '10017',
      town: '10017020',
    })
    .onConflict((on) => on.doNothing())
    .execute();

  return {
    issuer,
    db,
    replica,
    keyring,
    clock,
    browse: (options: Parameters<typeof createJourney>[0] = {}): Journey =>
      createJourney({ locale: 'en', ...options }),
    /** Moves the clock, for good. */
    pass(ms: number): void {
      ahead += ms;
    },
    /** An invented person whose password is old enough to be changed. */
    async addPerson(person: TestPerson, changedDaysAgo = 30): Promise<string> {
      const accountId = await insertPerson(db, person);
      const at = new Date(clock().getTime() - changedDaysAgo * 86_400_000);
      await db
        .transaction()
        .execute((trx) => setPassword(trx, hasher, { accountId, password: OLD_PASSWORD, at }));
      return accountId;
    },
    /** @returns the TOTP secret */
    addTotp: (accountId: string): Promise<string> => enrolTotp(db, keyring, { accountId, at: clock() }),
    /** What was written to somebody, oldest first. */
    async mailsTo(address: string, kind: string) {
      const rows = await db
        .selectFrom('mail_message')
        .selectAll()
        .where('kind', '=', kind)
        .orderBy('id')
        .execute();
      return rows
        .map((row) => openContent(keyring, row.content_sealed ?? Buffer.alloc(0), row.dedupe_key))
        .filter((content) => content.address === address);
    },
    async close(): Promise<void> {
      await replica.stop();
      await hasher.stop();
      await database.close();
      await clone.drop();
    },
  };
}

export type RecoveryWorld = Awaited<ReturnType<typeof openRecoveryWorld>>;
