import {
  type SigningKey,
  clientsWaitedFor,
  decideRetirement,
  planPromotion,
  planRevocation,
  planRotation,
  stateOf,
} from '#idp/signing-keys/index.ts';
import { DAY, HOUR, MINUTE, SECOND, after } from '#kit/clock.ts';
import { SCHEDULE } from '../support/key-schedule.ts';

const NOW = new Date('2026-11-22T06:00:00Z');
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

/** A successor announced an hour ago, and the key it will follow at its deadline. */
function pair(signFrom: Date, wait = { earliest: after(NOW, 23 * HOUR), deadline: after(NOW, 6 * DAY) }) {
  const next = key('next', signFrom, { publishFrom: after(NOW, -HOUR), wait });
  const old = key('old', after(NOW, -80 * DAY), {
    signUntil: signFrom,
    publishUntil: after(signFrom, 9 * HOUR),
  });
  return { next, old, both: [old, next] };
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

  it('makes a first key that signs at once, also where a clock is behind', () => {
    const from = after(NOW, -MINUTE);
    expect(plan([])).toEqual({ create: [{ alg: 'ES256', publishFrom: from, signFrom: from }], close: [] });
  });

  it('leaves a young key alone unless asked', () => {
    const young = [key('young', after(NOW, -DAY))];
    expect(plan(young)).toEqual({ create: [], close: [] });
    expect(plan(young, true).create).toHaveLength(1);
  });

  it('announces a successor in time for its deadline, and keeps the old one published after', () => {
    expect(plan([key('old', after(NOW, -82 * DAY))]).create).toEqual([]);
    const deadline = after(NOW, 7 * DAY);
    expect(plan([key('old', after(NOW, -83 * DAY))])).toEqual({
      create: [
        {
          ...{ alg: 'ES256', publishFrom: NOW, signFrom: deadline },
          wait: { earliest: after(NOW, DAY), deadline },
        },
      ],
      close: [{ kid: 'old', signUntil: deadline, publishUntil: after(deadline, 9 * HOUR) }],
    });
  });

  it('does nothing while a successor is announced, even when asked', () => {
    expect(plan(pair(after(NOW, HOUR)).both, true)).toEqual({ create: [], close: [] });
  });

  it('looks at each algorithm by itself', () => {
    const { create } = planRotation([key('es', after(NOW, -DAY))], BOTH, SCHEDULE, NOW, false);
    expect(create.map(({ alg }) => alg)).toEqual(['RS256']);
  });
});

describe('when an announced key begins to sign', () => {
  const deadline = after(NOW, 6 * DAY);
  const earliest = after(NOW, 23 * HOUR);

  it.each([
    ['everybody has fetched it', deadline, [], earliest],
    ['somebody has not', deadline, ['slow-app'], undefined],
    ['a client appears that has not', earliest, ['new-app'], deadline],
    ['everybody has and it is planned so', earliest, [], undefined],
    ['it is so near that a replica may not hear of a change', after(NOW, 3 * SECOND), ['new-app'], undefined],
  ])('%s', (_when, planned, waitsFor, moved) => {
    const { next } = pair(planned);
    expect(planPromotion(next, waitsFor, SCHEDULE, NOW)).toEqual(moved);
  });

  it('is never less than two polls ahead, nor before its least announcement', () => {
    const { next } = pair(deadline);
    expect(planPromotion(next, [], SCHEDULE, after(NOW, DAY))).toEqual(after(NOW, DAY + SCHEDULE.handoverMs));
    expect(planPromotion(next, [], SCHEDULE, after(earliest, -HOUR))).toEqual(earliest);
  });

  it('waits for clients active within a day, and for no others', () => {
    const seen = (clientId: string, ageMs: number | undefined, fetched: boolean) => ({
      clientId,
      seenAt: ageMs === undefined ? null : after(NOW, -ageMs),
      fetchedAt: fetched ? NOW : null,
    });
    const clients = [
      seen('fetched', HOUR, true),
      seen('silent', 23 * HOUR, false),
      seen('asleep', 25 * HOUR, false),
      seen('never', undefined, false),
    ];
    expect(clientsWaitedFor(clients, NOW)).toEqual(['silent']);
  });
});

describe('what a revocation does', () => {
  const revoke = (keys: SigningKey[], kid: string) => planRevocation(keys, kid, SCHEDULE, NOW);

  it('makes a key that signs at once when no other can', () => {
    const from = after(NOW, -MINUTE);
    const create = { alg: 'ES256', publishFrom: from, signFrom: from };
    expect(revoke([key('old', after(NOW, -DAY))], 'old')).toEqual({ alg: 'ES256', create });
  });

  it('lets the announced successor sign at once, which some caches know already', () => {
    const { both } = pair(after(NOW, DAY));
    const promote = { kid: 'next', signFrom: after(NOW, -MINUTE) };
    expect(revoke(both, 'old')).toEqual({ alg: 'ES256', promote });
  });

  it('lets the key that signs go on when its successor is the one revoked', () => {
    expect(revoke(pair(after(NOW, DAY)).both, 'next')).toEqual({ alg: 'ES256', reopen: 'old' });
  });

  it('changes nothing else for a key that retires, and nothing for one unknown', () => {
    const retiring = key('gone', after(NOW, -90 * DAY), { signUntil: NOW, publishUntil: after(NOW, HOUR) });
    expect(revoke([retiring, key('now', NOW)], 'gone')).toEqual({ alg: 'ES256' });
    expect(revoke([], 'gone')).toBeUndefined();
  });
});

describe('what may leave the published keys before its time', () => {
  const ended = (ms: number) =>
    key('gone', after(NOW, -90 * DAY), {
      signUntil: after(NOW, -ms),
      publishUntil: after(NOW, 9 * HOUR - ms),
    });
  const decide = (keys: SigningKey[], kid: string, sessions = 0) =>
    decideRetirement(keys, kid, sessions, SCHEDULE, NOW);

  it.each([
    ['a key that signs', key('on', NOW), 'on', 0, { allowed: false, reason: 'signs' }],
    ['a key nobody knows', key('on', NOW), 'x', 0, { allowed: false, reason: 'unknown_key' }],
    ['a key whose tokens may live', ended(MINUTE), 'gone', 0, { allowed: false, reason: 'tokens_live' }],
    [
      'a key of living sessions',
      ended(HOUR),
      'gone',
      3,
      { allowed: false, reason: 'sessions_live', sessions: 3 },
    ],
    ['a key nothing depends on', ended(HOUR), 'gone', 0, { allowed: true }],
  ])('%s', (_what, one, kid, sessions, decision) => {
    expect(decide([one], kid, sessions)).toMatchObject(decision);
  });

  it('a successor that does not sign yet, and its predecessor goes on', () => {
    expect(decide(pair(after(NOW, DAY)).both, 'next', 9)).toEqual({ allowed: true, reopen: 'old' });
  });
});
