import { setTimeout as sleep } from 'node:timers/promises';
import {
  PASSWORD_THROTTLE,
  TOTP_THROTTLE,
  clearAttempts,
  throttleSubject,
  throttled,
} from '#idp/authenticators/index.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { type TestDatabase, keyring, openTestDatabase } from './sign-in-people.ts';

const NOON = new Date('2026-03-02T04:00:00Z');

describe('the count of failed tries', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const subjectOf = (name: string) => throttleSubject(keyring, PASSWORD_THROTTLE, name);
  const guess = (name: string, right: boolean, now = NOON, pool: 0 | 1 = 0) =>
    throttled(
      database.pools[pool].db,
      PASSWORD_THROTTLE,
      subjectOf(name),
      now,
      async (allowed) => allowed && right,
    );

  it('evaluates three of 100 wrong passwords that arrive at once at two replicas', async () => {
    let evaluated = 0;
    const tries = Array.from({ length: 100 }, (_, index) =>
      throttled(
        database.pools[index % 2 ? 1 : 0].db,
        PASSWORD_THROTTLE,
        subjectOf('crowd'),
        NOON,
        async (allowed) => {
          if (allowed) evaluated += 1;
          await sleep(5);
          return false;
        },
      ),
    );
    const verdicts = await Promise.all(tries);
    expect(evaluated).toBe(3);
    expect(verdicts.filter((verdict) => verdict === 'wrong')).toHaveLength(2);
    expect(verdicts.filter((verdict) => verdict === 'wrong_and_locks')).toHaveLength(1);
    expect(verdicts.filter((verdict) => verdict === 'locked')).toHaveLength(97);
  });

  it('locks for thirty minutes to the second, even against the right password, then starts anew', async () => {
    for (const verdict of ['wrong', 'wrong', 'wrong_and_locks']) {
      expect(await guess('anna', false)).toBe(verdict);
    }
    expect(await guess('anna', true)).toBe('locked');
    expect(await guess('anna', true, after(NOON, 30 * MINUTE - 1000), 1)).toBe('locked');
    expect(await guess('anna', false, after(NOON, 30 * MINUTE))).toBe('wrong');
    expect(await guess('anna', false, after(NOON, 30 * MINUTE))).toBe('wrong');
    expect(await guess('anna', true, after(NOON, 30 * MINUTE))).toBe('right');
  });

  it('counts only failures in a row', async () => {
    for (const right of [false, false, true, false, false]) await guess('ben', right);
    expect(await guess('ben', true)).toBe('right');
  });

  it('gives a try back when the password could not be looked at', async () => {
    const busy = () =>
      throttled(database.db, PASSWORD_THROTTLE, subjectOf('cleo'), NOON, async () => {
        throw new Error('busy');
      });
    for (let attempt = 0; attempt < 5; attempt += 1) await expect(busy()).rejects.toThrow('busy');
    expect(await guess('cleo', true)).toBe('right');
  });

  it('is cleared by whoever may', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) await guess('dora', false);
    await clearAttempts(database.db, PASSWORD_THROTTLE, subjectOf('dora'));
    expect(await guess('dora', true)).toBe('right');
  });

  it('knows one name in all its spellings, and passwords apart from codes', () => {
    expect(subjectOf(' Ｄｅｍｏ.Nurse ')).toEqual(subjectOf('demo.nurse'));
    expect(throttleSubject(keyring, TOTP_THROTTLE, 'demo.nurse')).not.toEqual(subjectOf('demo.nurse'));
  });

  it('holds no name in readable form', async () => {
    await guess('somebody.readable', false);
    const rows = await database.db.selectFrom('attempt_throttle').selectAll().execute();
    expect(rows.map((row) => row.subject.toString('latin1')).join()).not.toContain('readable');
  });
});
