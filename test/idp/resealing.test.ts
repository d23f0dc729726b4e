import { createHash } from 'node:crypto';
import { nationalIdIndex, nationalIdIndexes, openNationalId } from '#idp/accounts/index.ts';
import { issueRecoveryCodes, redeemRecoveryCode } from '#idp/authenticators/index.ts';
import { openPersonal, openScan, sealPersonal, sealScan } from '#idp/enrollments/sealed.ts';
import { queueMail } from '#idp/notifications/index.ts';
import { openContent } from '#idp/notifications/service.ts';
import { SEALED_COLUMNS, loadCarriedKeys } from '#idp/resealing/index.ts';
import { reseal } from '#idp/resealing/service.ts';
import { type Keyring, createKeyring } from '#kit/keyring.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { post } from '../support/relying-party.ts';
import { MCH_OF_NEW, PAGE as BINDINGS, RIGHT, personOf, resetBinding } from './bindings-support.ts';

const OLD_KEY = Buffer.alloc(32, 7);
const NEW_KEY = Buffer.alloc(32, 9);
const idOf = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 8);
const ringOf = (...keys: Buffer[]) => createKeyring(keys.map((key) => key.toString('base64')).join(','));
const [old, both, fresh] = [ringOf(OLD_KEY), ringOf(NEW_KEY, OLD_KEY), ringOf(NEW_KEY)];
const APPLICATION = '00000000-0000-4000-8000-000000000001';
const NUMBER = 'A800000014';

describe('sealing anew by a newer master key', () => {
  let world: IdpWorld;
  let someone: Journey;
  beforeAll(async () => {
    world = await startIdpWorld();
    await addApplication();
    someone = await portalOf(world, 'demo.new');
  });
  afterAll(() => world.stop());

  const db = () => world.database.db;
  const addApplication = async (): Promise<void> => {
    const personal = { nationalId: NUMBER, name: '測試' } as Parameters<typeof sealPersonal>[2];
    const at = new Date();
    await db()
      .insertInto('enrollment')
      .values({
        id: APPLICATION,
        status: 'withdrawn',
        unit_code: '9876543210',
        locale: 'zh-TW',
        personal_sealed: sealPersonal(old, APPLICATION, personal),
        national_id_index: nationalIdIndex(old, NUMBER),
        created_at: at,
        updated_at: at,
        submitted_at: at,
      })
      .execute();
    const { id: accountId } = await personOf(world, 'demo.nurse');
    const scan = sealScan(old, APPLICATION, Buffer.from('scan'));
    await db()
      .insertInto('enrollment_scan')
      .values({
        enrollment_id: APPLICATION,
        name: 'scan.pdf',
        media_type: 'application/pdf',
        size: 4,
        content_sealed: scan,
        uploaded_at: at,
      })
      .execute();
    await db()
      .transaction()
      .execute((trx) =>
        queueMail(trx, old, {
          kind: 'N07',
          to: { accountId, address: 'a@example.test', name: '測試' },
          params: { loginName: 'a', changedAt: at, url: 'https://a.example' },
          dedupeKey: 'resealing',
        }),
      );
  };
  const runWith = async (...keys: Buffer[]): Promise<void> => {
    await world.replicas[0]?.stop();
    world.env['IDP_MASTER_KEYS'] = keys.map((key) => key.toString('base64')).join(',');
    await world.restart(0);
  };
  const bind = async (): Promise<string> => {
    await resetBinding(world);
    await someone.open(world.issuer + BINDINGS);
    return (await someone.submit((form) => 'subsystem_password' in form.fields, RIGHT)).text;
  };
  const isServed = async () =>
    (await post(world, '/oidc/token', { grant_type: 'client_credentials' }, { clientId: 'service-app' }))
      .status;
  /** The keys that seal each column. */
  const keysIn = async (): Promise<Record<string, string[]>> => {
    const found: Record<string, string[]> = {};
    for (const { table, column } of SEALED_COLUMNS) {
      const rows = await world.database.query<{ id: string }>(
        `select distinct encode(substr(${column}, 1, 4), 'hex') as id from ${table}
         where ${column} is not null and $1`,
        [true],
      );
      const name = column === 'content_sealed' || table === 'carried_key' ? table : column;
      if (rows.length > 0) found[name] = rows.map(({ id }) => id);
    }
    return found;
  };

  it('knows every sealed column there is', async () => {
    const columns = await world.database.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and column_name like $1 order by 1`,
      ['%\\_sealed'],
    );
    expect(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
      columns.map(({ name }) => name),
    );
  });

  it('SM-07: with a newer key in front everything goes on, and a number is found under either', async () => {
    expect(await bind()).toContain(MCH_OF_NEW);
    const forms = [...(await someone.open(`${world.issuer}/account/security/authenticator`)).forms];
    expect(forms.length).toBeGreaterThan(0);
    await runWith(NEW_KEY, OLD_KEY);
    expect(await isServed()).toBe(200);
    expect((await someone.open(`${world.issuer}/account/profile`)).text).toMatch(/C2\d\*{4}\d{3}/); // still signed in
    expect(await bind()).toContain(MCH_OF_NEW);

    // a number written by now is the newest key's; what else has it moves along
    const before = await db()
      .selectFrom('account')
      .selectAll()
      .where('login_name', '=', 'demo.new')
      .executeTakeFirstOrThrow();
    const own = openNationalId(both, before.national_id_sealed, before.id);
    await someone.open(`${world.issuer}/account/profile/national-id`);
    await someone.submit((form) => 'national_id' in form.fields, { national_id: own });
    await db().updateTable('account').set({ national_id_declared_at: null }).execute();
    const [newest, older] = nationalIdIndexes(both, own);
    const indexes = await db()
      .selectFrom('subsystem_account')
      .select('national_id_index')
      .where('id', '=', MCH_OF_NEW)
      .execute();
    expect(before.national_id_index).toEqual(older);
    expect(indexes).toEqual([{ national_id_index: newest }]);
    expect(await bind()).toContain(MCH_OF_NEW);
  });

  it('D16: takes recovery codes that were written down under the older key', async () => {
    const { id: accountId } = await personOf(world, 'demo.nurse');
    const codes = await db()
      .transaction()
      .execute((trx) => issueRecoveryCodes(trx, old, accountId, new Date()));
    const redeem = () =>
      redeemRecoveryCode(db(), both, { accountId, typed: codes[0] ?? '', now: new Date() });
    expect([await redeem(), await redeem()]).toEqual([true, false]);
  });

  it('goes on where it was stopped, and while people work', async () => {
    await world.database.db
      .updateTable('subsystem_account')
      .set({ national_id_index: nationalIdIndex(old, 'A800000022') })
      .where('id', '=', 'P@00000001P@thr_01')
      .execute();
    let told = 0;
    const stopped = reseal({
      db: db(),
      keyring: both,
      tell() {
        told += 1;
        if (told === 2) throw new Error('the power failed');
      },
    });
    await expect(stopped).rejects.toThrow('the power failed');
    expect(Object.values(await keysIn()).flat()).toContain(idOf(OLD_KEY));

    const command = world.command('keys', 'reseal');
    const statuses = new Set<number>();
    for (let visit = 0; visit < 100; visit += 1) {
      statuses.add((await someone.open(`${world.issuer}/account/profile`)).status);
    }
    expect(statuses).toEqual(new Set([200]));
    const { code, output } = await command;
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^\d+ values sealed anew/m) });
    expect(output).toContain('1 subsystem accounts have no account of their person');
    const keys = await keysIn();
    expect(Object.keys(keys).sort()).toEqual([
      'carried_key',
      'enrollment_scan',
      'mail_message',
      'national_id_sealed',
      'personal_sealed',
      'private_sealed',
      'secret_sealed',
    ]);
    expect(Object.values(keys).flat()).toEqual(Object.keys(keys).map(() => idOf(NEW_KEY)));
    expect(output).toContain(`key ${idOf(OLD_KEY)} (older): nothing`);
    expect(output).toMatch(
      new RegExp(`^key ${idOf(NEW_KEY)} \\(newest\\): account.national_id_sealed \\d+, `, 'm'),
    );
    // by its name in earlier releases
    expect((await world.command('national-ids', 'reseal')).output).toMatch(/^0 values sealed anew, 0 rows/m);
  });

  it('needs the old key no more', async () => {
    const { id: accountId } = await personOf(world, 'demo.nurse');
    const codes = await db()
      .transaction()
      .execute((trx) => issueRecoveryCodes(trx, old, accountId, new Date()));
    await runWith(NEW_KEY);
    const accounts = await db().selectFrom('account').selectAll().execute();
    for (const account of accounts) {
      const number = openNationalId(fresh, account.national_id_sealed, account.id);
      expect(account.national_id_index).toEqual(nationalIdIndex(fresh, number));
    }
    const application = await db().selectFrom('enrollment').selectAll().executeTakeFirstOrThrow();
    const sealed = application.personal_sealed ?? Buffer.alloc(0);
    expect(openPersonal(fresh, APPLICATION, sealed).nationalId).toBe(NUMBER);
    expect(application.national_id_index).toEqual(nationalIdIndex(fresh, NUMBER));
    const scan = await db().selectFrom('enrollment_scan').selectAll().executeTakeFirstOrThrow();
    expect(openScan(fresh, APPLICATION, scan.content_sealed).toString()).toBe('scan');
    const mail = await db()
      .selectFrom('mail_message')
      .selectAll()
      .where('dedupe_key', '=', 'resealing')
      .executeTakeFirstOrThrow();
    expect(openContent(fresh, mail.content_sealed ?? Buffer.alloc(0), 'resealing').address).toBe(
      'a@example.test',
    );

    // what nobody can make anew is judged by what is carried of the old key
    const ring = ringOf(NEW_KEY);
    await loadCarriedKeys(db(), ring);
    const redeem = (keyring: Keyring) =>
      redeemRecoveryCode(db(), keyring, { accountId, typed: codes[0] ?? '', now: new Date() });
    expect([await redeem(fresh), await redeem(ring)]).toEqual([false, true]);

    someone = await portalOf(world, 'demo.new'); // the old key signed the cookies of before
    expect(await bind()).toContain(MCH_OF_NEW);
    expect((await portalOf(world, 'demo.manager')).page()?.url.pathname).toBe('/'); // with the code of an app
    expect(await isServed()).toBe(200);
  });
});
