import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import {
  loadKeySnapshot,
  promoteKeys,
  retireKey,
  revokeKey,
  rotateKeys,
  runKeyCommand,
} from '#idp/signing-keys/index.ts';
import { DAY, HOUR, MINUTE, SECOND, after } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cloneDatabase } from '../support/databases.ts';
import { SCHEDULE } from '../support/key-schedule.ts';

const START = new Date('2026-11-22T06:00:00Z');

describe('rotating for real', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let database: Database<IdpTables>;
  let folder: string;
  let now = START;
  const keyring = createKeyring(Buffer.alloc(32, 1).toString('base64'));
  const deps = () => ({ db: database.db, clock: () => now, keyring, issuer: 'https://idp.example.test' });
  const snapshot = () => loadKeySnapshot(deps());
  const kidsOf = async (alg: string) =>
    (await snapshot()).keys.filter((key) => key.alg === alg).map(({ kid }) => kid);
  const signer = async (alg: string): Promise<string> => (await kidsOf(alg))[0] ?? '';
  const times = async (kid: string) =>
    database.db.selectFrom('signing_key').selectAll().where('kid', '=', kid).executeTakeFirstOrThrow();
  const records = async (type: string) =>
    (await database.db.selectFrom('audit_event').select('details').where('type', '=', type).execute()).map(
      ({ details }) => details,
    );
  const command = (...args: string[]) => runKeyCommand(deps(), SCHEDULE, args);
  const authenticated = (clientId: string, address: string) =>
    database.db
      .insertInto('client_address')
      .values({ client_id: clientId, address, seen_at: now })
      .onConflict((oc) => oc.columns(['client_id', 'address']).doUpdateSet({ seen_at: now }))
      .execute();
  const fetched = (kid: string, address: string) =>
    database.db.insertInto('jwks_fetch').values({ kid, address, fetched_at: now }).execute();
  const ask = (reason = 'test') => rotateKeys(deps(), SCHEDULE, { ask: true, alg: 'ES256', reason });

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    folder = await mkdtemp(path.join(tmpdir(), 'keys-'));
    database = openDatabase({
      url: clone.url,
      connections: 24,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
    const { db } = database;
    const clients = ['quick-app', 'slow-app'].map((client_id) => ({ client_id, metadata: '{}' }));
    await db
      .insertInto('client')
      .values(clients.map((client) => ({ ...client, subsystem_code: null, secret_digest: null })))
      .execute();
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
    await rm(folder, { recursive: true });
  });

  it('makes one key an algorithm, however many replicas ask at once', async () => {
    const asked = { ask: false, reason: 'first' };
    await Promise.all([1, 2, 3].map(() => rotateKeys(deps(), SCHEDULE, asked)));
    const { keys } = await snapshot();
    expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(['ES256', 'RS256']));
    expect(keys).toHaveLength(2);
  });

  it('R22: twenty operators at once announce one successor, of the one algorithm asked for', async () => {
    const plans = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(plans.filter(({ create }) => create.length > 0)).toHaveLength(1);
    expect(await kidsOf('ES256')).toHaveLength(2);
    expect(await kidsOf('RS256')).toHaveLength(1);
    expect(await records('signing_key.created')).toHaveLength(3);
  });

  it('waits for a client that has not fetched the key, then brings the beginning forward', async () => {
    const [old = '', next = ''] = await kidsOf('ES256');
    await authenticated('quick-app', '10.0.0.1');
    await authenticated('slow-app', '10.0.0.2');
    await fetched(next, '10.0.0.1');
    expect(await promoteKeys(deps(), SCHEDULE)).toEqual([]);
    expect((await times(next)).sign_from).toEqual(after(START, 7 * DAY));
    expect(await command('list')).toMatch(/waits for slow-app/);
    now = after(START, HOUR);
    await fetched(next, '10.0.0.2');
    await Promise.all([1, 2, 3, 4, 5].map(() => promoteKeys(deps(), SCHEDULE)));
    expect((await times(next)).sign_from).toEqual(after(START, DAY));
    expect((await times(old)).sign_until).toEqual(after(START, DAY));
    expect((await times(old)).publish_until).toEqual(after(START, DAY + 9 * HOUR));
    expect(await records('signing_key.rescheduled')).toHaveLength(1);
    expect(await signer('ES256')).toBe(old);
  });

  it('hands over at the instant, and takes the old key out of the JWKS in the end', async () => {
    const [old, next] = await kidsOf('ES256');
    now = after(START, DAY - 1);
    expect(await signer('ES256')).toBe(old);
    now = after(START, DAY);
    expect(await signer('ES256')).toBe(next);
    const promoted = await Promise.all([1, 2, 3].map(() => promoteKeys(deps(), SCHEDULE)));
    expect(promoted.flat()).toEqual([{ kid: next, alg: 'ES256', without: [] }]);
    expect(await kidsOf('ES256')).toEqual([next, old]);
    now = after(START, DAY + 9 * HOUR);
    expect(await kidsOf('ES256')).toEqual([next]);
  });

  it('signs at the deadline although a client has not fetched the key, and names it', async () => {
    await ask();
    const [old = '', next = ''] = await kidsOf('ES256');
    const announced = now;
    now = after(announced, 7 * DAY - HOUR);
    await authenticated('slow-app', '10.0.0.9');
    await promoteKeys(deps(), SCHEDULE);
    expect(await signer('ES256')).toBe(old);
    now = after(announced, 7 * DAY);
    expect(await signer('ES256')).toBe(next);
    expect(await promoteKeys(deps(), SCHEDULE)).toEqual([{ kid: next, alg: 'ES256', without: ['slow-app'] }]);
    const [record] = (await records('signing_key.promoted')).slice(-1);
    expect(record).toMatchObject({ kid: next, evidence: 'deadline', without: ['slow-app'] });
    expect(await command('list')).toMatch(/not fetched by slow-app/);
  });

  it('moves back to the deadline when a client appears that has not fetched it', async () => {
    now = after(now, 3 * DAY); // nobody was active for a day
    await ask();
    const [, next = ''] = await kidsOf('ES256');
    const announced = now;
    await promoteKeys(deps(), SCHEDULE);
    expect((await times(next)).sign_from).toEqual(after(announced, DAY));
    now = after(announced, DAY - MINUTE);
    await authenticated('slow-app', '10.0.0.3');
    await promoteKeys(deps(), SCHEDULE);
    expect((await times(next)).sign_from).toEqual(after(announced, 7 * DAY));
  });

  it('takes an id that begins like an option for an id', async () => {
    const kid = `-f${'x'.repeat(41)}`;
    await expect(command('revoke', kid, '--reason', 'leaked')).rejects.toThrow(/no key|no such|not/i);
    await expect(command('revoke', kid, '--reason', 'leaked')).rejects.not.toThrow(/option/);
  });

  it('takes a successor back that does not sign yet; nothing else that is needed', async () => {
    const [old = '', next = ''] = await kidsOf('ES256');
    const deed = { reason: 'made on the wrong machine' };
    expect(await retireKey(deps(), SCHEDULE, old, deed)).toEqual({ allowed: false, reason: 'signs' });
    await expect(command('retire', old, '--dry-run')).rejects.toThrow(/signs: rotate it/);
    expect(await command('retire', next, '--dry-run')).toContain(`would leave`);
    expect(await kidsOf('ES256')).toEqual([old, next]);
    await command('retire', next, '--reason', deed.reason);
    expect(await kidsOf('ES256')).toEqual([old]);
    expect((await times(old)).sign_until).toBeNull();
    expect(await records('signing_key.retired')).toEqual([{ kid: next, reason: deed.reason }]);
  });

  it('keeps a retiring key published while a session of its time lives', async () => {
    now = after(now, 2 * DAY);
    await ask();
    const [old = '', next = ''] = await kidsOf('ES256');
    await promoteKeys(deps(), SCHEDULE);
    const began = now;
    now = after(now, DAY);
    expect(await signer('ES256')).toBe(next);
    const session = { uid: 'u', id_digest: Buffer.alloc(32), payload: '{}', active_at: now };
    const [login_at, expires_at] = [after(began, HOUR), after(now, 2 * HOUR)];
    await database.db
      .insertInto('oidc_session')
      .values({ ...session, login_at, expires_at })
      .execute();
    await expect(command('retire', old, '--reason', 'x')).rejects.toThrow(/tokens .* may live until/);
    now = after(now, HOUR);
    await expect(command('retire', old, '--reason', 'x')).rejects.toThrow(/1 sessions .* are alive/);
    now = after(now, 2 * HOUR);
    expect(await command('retire', old, '--reason', 'x')).toContain('left the published keys');
    expect(await kidsOf('ES256')).toEqual([next]);
  });

  it('replaces a revoked key at once and records why', async () => {
    const leaked = await signer('ES256');
    expect(await command('revoke', leaked, '--dry-run')).toMatch(
      /would be out of use .*\n.*new key signs at once/,
    );
    const deed = { reason: 'found in a backup' };
    const done = await Promise.all([1, 2, 3].map(() => revokeKey(deps(), SCHEDULE, leaked, deed)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await kidsOf('ES256')).toHaveLength(1);
    expect(await signer('ES256')).not.toBe(leaked);
    expect(await records('signing_key.revoked')).toEqual([{ kid: leaked, alg: 'ES256', ...deed }]);
  });

  it('signs on with the announced successor when the key before it is revoked, and never announces it again', async () => {
    await ask();
    const [old = '', next = ''] = await kidsOf('ES256');
    now = after(now, 10 * SECOND);
    await revokeKey(deps(), SCHEDULE, old, { reason: 'leaked' });
    expect(await kidsOf('ES256')).toEqual([next]);
    expect(await promoteKeys(deps(), SCHEDULE)).toEqual([]);
  });

  it('takes a key made elsewhere as a successor, from a file, once, and never one that was revoked', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const file = path.join(folder, 'key.pem');
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const [kid = ''] = (await command('import', file, '--dry-run')).split('\n');
    expect(await kidsOf('ES256')).toHaveLength(1);
    expect(await command('import', file, '--reason', 'from the old provider')).toMatch(
      /is announced and signs from/,
    );
    expect(await kidsOf('ES256')).toContain(kid);
    expect(await records('signing_key.imported')).toHaveLength(1);
    await expect(command('import', file, '--reason', 'again')).rejects.toThrow(`known already, as ${kid}`);
    await command('revoke', kid, '--reason', 'leaked');
    await writeFile(file, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'another-name' }));
    await expect(command('import', file, '--reason', 'again')).rejects.toThrow(`known already, as ${kid}`);
  });

  it('prints what is published, without private halves', async () => {
    const printed = await command('export-public');
    const { keys } = JSON.parse(printed) as { keys: Record<string, unknown>[] };
    expect(new Set(keys.map((key) => key['kid']))).toEqual(
      new Set((await snapshot()).keys.map(({ kid }) => kid)),
    );
    expect(keys.some((key) => 'd' in key || 'p' in key)).toBe(false);
    expect(await command('export-public', '--pem')).toMatch(/^# \S+ (ES|RS)256\n-----BEGIN PUBLIC KEY-----/);
  });

  it('asks for a reason and a key, and knows its algorithms', async () => {
    await expect(command('rotate')).rejects.toThrow('give a --reason');
    await expect(command('revoke', '--reason', 'x')).rejects.toThrow('name a key');
    await expect(command('rotate', '--alg', 'none', '--reason', 'x')).rejects.toThrow('--alg is one of');
    await expect(command('import', '/no/such/file', '--reason', 'x')).rejects.toThrow('cannot be read');
  });

  it('keeps private keys sealed: a row moved to another kid does not open', async () => {
    const kid = await signer('RS256');
    await database.db.updateTable('signing_key').set({ kid: 'another' }).where('kid', '=', kid).execute();
    await expect(snapshot()).rejects.toThrow();
  });
});
