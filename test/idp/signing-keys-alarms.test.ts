import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import {
  type AlarmFacts,
  type SigningKey,
  judgeAlarms,
  listAlarms,
  loadKeySnapshot,
  promoteKeys,
  rotateKeys,
  watchKeys,
} from '#idp/signing-keys/index.ts';
import { DAY, HOUR, MINUTE, SECOND, after } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cloneDatabase } from '../support/databases.ts';
import { SCHEDULE } from '../support/key-schedule.ts';

const NOW = new Date('2026-11-22T06:00:00Z');

function key(kid: string, signFrom: Date, more: Partial<SigningKey> = {}): SigningKey {
  const open = { signUntil: undefined, publishUntil: undefined, revokedAt: undefined };
  const kept = { privateSealed: Buffer.alloc(0), tokenReference: undefined };
  return { kid, alg: 'ES256', publicJwk: {}, ...kept, publishFrom: signFrom, signFrom, ...open, ...more };
}

describe('what is overdue or amiss with the keys', () => {
  const judge = (facts: Partial<AlarmFacts>) =>
    judgeAlarms({ keys: [], unseenBy: new Map(), replicas: [], stamp: 's', ...facts }, SCHEDULE, NOW).map(
      ({ kind, subject }) => `${kind} ${subject}`,
    );
  const announced = (publishedMs: number) => {
    const publishFrom = after(NOW, -publishedMs);
    const wait = { earliest: after(publishFrom, DAY), deadline: after(publishFrom, 7 * DAY) };
    return key('next', wait.deadline, { publishFrom, wait });
  };
  const old = key('old', after(NOW, -83 * DAY));
  const waits = new Map([['next', ['slow-app']]]);
  const told = (stamp: string, ageMs: number) => [{ replica: 'b:2', stamp, seenAt: after(NOW, -ageMs) }];

  it.each<[string, Partial<AlarmFacts>, string[]]>([
    ['a young key', { keys: [key('new', after(NOW, -DAY))] }, []],
    ['a key whose successor is due just now', { keys: [old] }, []],
    [
      'one whose successor was due two days ago',
      { keys: [key('old', after(NOW, -85 * DAY))] },
      ['rotation_overdue old'],
    ],
    ['an old key with its successor', { keys: [key('old', after(NOW, -85 * DAY)), announced(DAY)] }, []],
    [
      'a key that ends soon, and none follows',
      { keys: [{ ...old, signUntil: after(NOW, HOUR), publishUntil: after(NOW, DAY) }] },
      ['no_successor old'],
    ],
    ['a successor waited with for three days', { keys: [old, announced(3 * DAY)], unseenBy: waits }, []],
    [
      'one waited with for more than half its time',
      { keys: [old, announced(4 * DAY + HOUR)], unseenBy: waits },
      ['promotion_waits next'],
    ],
    ['the same when nobody is waited for', { keys: [old, announced(5 * DAY)] }, []],
    [
      'a key that signs without a client',
      { keys: [key('next', after(NOW, -DAY), { promotedWithout: ['slow-app'] })], unseenBy: waits },
      ['promoted_unseen next'],
    ],
    [
      'the same once it has been fetched',
      {
        keys: [key('next', after(NOW, -DAY), { promotedWithout: ['slow-app'] })],
        unseenBy: new Map([['next', []]]),
      },
      [],
    ],
    ['a replica with other keys', { keys: [old], replicas: told('x', SECOND) }, ['replica_behind b:2']],
    ['a replica with these keys', { keys: [old], replicas: told('s', SECOND) }, []],
    ['a replica that is gone', { keys: [old], replicas: told('x', 2 * MINUTE) }, []],
    [
      'a replica that may not have heard yet',
      { keys: [key('new', after(NOW, -10 * SECOND))], replicas: told('x', SECOND) },
      [],
    ],
  ])('%s', (_what, facts, alarms) => {
    expect(judge(facts)).toEqual(alarms);
  });
});

describe('an alarm about the keys', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let database: Database<IdpTables>;
  let now = NOW;
  const keyring = createKeyring(Buffer.alloc(32, 1).toString('base64'));
  const deps = () => ({ db: database.db, clock: () => now, keyring, issuer: 'https://idp.example.test' });
  const watch = () => watchKeys(deps(), SCHEDULE);
  const count = async (type: string) =>
    (await database.db.selectFrom('audit_event').select('id').where('type', '=', type).execute()).length;

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    database = openDatabase({
      url: clone.url,
      connections: 8,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
    const client = { client_id: 'slow-app', metadata: '{}', subsystem_code: null, secret_digest: null };
    await database.db.insertInto('client').values(client).execute();
    await rotateKeys(deps(), SCHEDULE, { ask: false, reason: 'first' });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  it('is raised once however many ask, recorded, and ended when it is mended', async () => {
    now = after(NOW, 85 * DAY);
    const raised = await Promise.all([1, 2, 3, 4, 5].map(watch));
    expect(raised.flat().map(({ kind }) => kind)).toEqual(['rotation_overdue', 'rotation_overdue']); // one an algorithm
    expect(await count('signing_key.alarm_raised')).toBe(2);
    expect(await watch()).toEqual([]);
    await rotateKeys(deps(), SCHEDULE, { ask: false, reason: 'schedule' });
    await watch();
    expect(await listAlarms(database.db)).toEqual([]);
    expect(await count('signing_key.alarm_ended')).toBe(2);
  });

  it('names the clients a key signs without, until they have fetched it', async () => {
    const announced = now;
    now = after(announced, 7 * DAY - HOUR);
    const seen = { client_id: 'slow-app', address: '10.0.0.1', seen_at: now };
    await database.db.insertInto('client_address').values(seen).execute();
    expect((await watch()).map(({ kind }) => kind)).toEqual(['promotion_waits', 'promotion_waits']);
    now = after(announced, 7 * DAY);
    expect(await promoteKeys(deps(), SCHEDULE)).toHaveLength(2);
    const raised = await watch();
    expect(raised.map(({ kind, facts }) => [kind, facts['clients']])).toEqual([
      ['promoted_unseen', 'slow-app'],
      ['promoted_unseen', 'slow-app'],
    ]);
    const { newest } = await loadKeySnapshot(deps());
    const rows = newest.map((kid) => ({ kid, address: '10.0.0.1', fetched_at: now }));
    await database.db.insertInto('jwks_fetch').values(rows).execute();
    await watch();
    expect(await listAlarms(database.db)).toEqual([]);
  });
});
