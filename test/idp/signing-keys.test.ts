import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import {
  type KeySchedule,
  type SigningKey,
  loadKeySnapshot,
  planRotation,
  revokeKey,
  rotateKeys,
  stateOf,
} from '#idp/signing-keys/index.ts';
import { DAY, HOUR, after } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cloneDatabase } from '../support/databases.ts';

const NOW = new Date('2026-11-22T06:00:00Z');
const SCHEDULE: KeySchedule = { rotateAfterMs: 90 * DAY, announceMs: DAY, keepPublishedMs: 9 * HOUR };
const BOTH = ['ES256', 'RS256'] as const;

function key(kid: string, signFrom: Date, more: Partial<SigningKey> = {}): SigningKey {
  return {
    kid,
    alg: 'ES256',
    publicJwk: {},
    privateSealed: Buffer.alloc(0),
    tokenReference: undefined,
    publishFrom: after(signFrom, -DAY),
    signFrom,
    signUntil: undefined,
    publishUntil: undefined,
    revokedAt: undefined,
    ...more,
  };
}

describe('the life of a signing key', () => {
  const times = {
    publishFrom: after(NOW, -HOUR),
    signFrom: NOW,
    signUntil: after(NOW, HOUR),
    publishUntil: after(NOW, 2 * HOUR),
    revokedAt: undefined,
  };
  it.each([
    [-2 * HOUR, 'future'],
    [-HOUR, 'announced'],
    [0, 'active'],
    [HOUR, 'retiring'],
    [2 * HOUR, 'retired'],
  ] as const)('at %d ms from its first signature is %s', (ms, state) => {
    expect(stateOf(times, after(NOW, ms))).toBe(state);
  });

  it('ends at once when revoked', () => {
    expect(stateOf({ ...times, revokedAt: NOW }, NOW)).toBe('retired');
  });
});

describe('what a rotation does', () => {
  const plan = (keys: SigningKey[], ask = false) => planRotation(keys, ['ES256'], SCHEDULE, NOW, ask);

  it('makes a first key that signs at once, since no cache knows another', () => {
    expect(plan([])).toEqual({ create: [{ alg: 'ES256', publishFrom: NOW, signFrom: NOW }], close: [] });
  });

  it('leaves a young key alone unless asked', () => {
    const young = [key('young', after(NOW, -DAY))];
    expect(plan(young)).toEqual({ create: [], close: [] });
    expect(plan(young, true).create).toHaveLength(1);
  });

  it('announces a successor before it signs, and keeps the old one published after', () => {
    expect(plan([key('old', after(NOW, -89 * DAY))])).toEqual({
      create: [{ alg: 'ES256', publishFrom: NOW, signFrom: after(NOW, DAY) }],
      close: [{ kid: 'old', signUntil: after(NOW, DAY), publishUntil: after(NOW, DAY + 9 * HOUR) }],
    });
  });

  it('does nothing while a successor is announced, even when asked', () => {
    const old = key('old', after(NOW, -89 * DAY), { signUntil: after(NOW, HOUR) });
    const next = key('next', after(NOW, HOUR), { publishFrom: after(NOW, -HOUR) });
    expect(plan([old, next], true)).toEqual({ create: [], close: [] });
  });

  it('looks at each algorithm by itself', () => {
    const { create } = planRotation([key('es', after(NOW, -DAY))], BOTH, SCHEDULE, NOW, false);
    expect(create.map(({ alg }) => alg)).toEqual(['RS256']);
  });
});

describe('rotating for real', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let database: Database<IdpTables>;
  let now = NOW;
  const keyring = createKeyring(Buffer.alloc(32, 1).toString('base64'));
  const deps = () => ({ db: database.db, clock: () => now, keyring });
  const signer = async (alg: string) =>
    (await loadKeySnapshot(deps())).keys.find((candidate) => candidate.alg === alg)?.kid;

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    database = openDatabase({
      url: clone.url,
      connections: 8,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  it('makes one key an algorithm, however many replicas ask at once', async () => {
    const asked = { ask: false, reason: 'first' };
    await Promise.all([1, 2, 3].map(() => rotateKeys(deps(), SCHEDULE, asked)));
    const { keys } = await loadKeySnapshot(deps());
    expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(BOTH));
    expect(keys).toHaveLength(BOTH.length);
  });

  it('hands over at the announced instant, and takes the old key out of the JWKS in the end', async () => {
    const before = await signer('ES256');
    await rotateKeys(deps(), SCHEDULE, { ask: true, reason: 'test' });
    expect(await signer('ES256')).toBe(before);
    expect((await loadKeySnapshot(deps())).keys).toHaveLength(4);
    now = after(NOW, DAY);
    const next = await signer('ES256');
    expect(next).not.toBe(before);
    expect((await loadKeySnapshot(deps())).keys).toHaveLength(4);
    now = after(NOW, DAY + 9 * HOUR);
    expect((await loadKeySnapshot(deps())).keys).toHaveLength(2);
    expect(await signer('ES256')).toBe(next);
  });

  it('replaces a revoked key at once and records why', async () => {
    const leaked = (await signer('ES256')) ?? '';
    expect(
      await revokeKey({ ...deps(), issuer: 'https://idp.example.test' }, leaked, 'found in a backup'),
    ).toBe(true);
    const { keys } = await loadKeySnapshot(deps());
    expect(keys.map(({ kid }) => kid)).not.toContain(leaked);
    expect(await signer('ES256')).toBeTruthy();
    expect(await revokeKey({ ...deps(), issuer: 'https://idp.example.test' }, leaked, 'again')).toBe(false);
    const audit = await database.db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'signing_key.revoked')
      .execute();
    expect(audit).toEqual([{ details: { kid: leaked, alg: 'ES256', reason: 'found in a backup' } }]);
  });

  it('keeps private keys sealed: a row moved to another kid does not open', async () => {
    const kid = (await signer('RS256')) ?? '';
    await database.db.updateTable('signing_key').set({ kid: 'another' }).where('kid', '=', kid).execute();
    await expect(loadKeySnapshot(deps())).rejects.toThrow();
  });
});
