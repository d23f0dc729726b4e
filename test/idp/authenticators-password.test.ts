import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type PasswordHasher,
  createPasswordHasher,
  isPasswordExpired,
  passwordProblems,
  reviewNewPassword,
  setPassword,
} from '#idp/authenticators/index.ts';
import { HashProcess } from '#idp/authenticators/password/hash-process.ts';
import { Turns } from '#idp/authenticators/password/turns.ts';
import { createLog } from '#kit/log.ts';
import { type TestDatabase, insertPerson, openTestDatabase } from './sign-in-people.ts';

const log = createLog('test', 'silent');
const CHEAP = { memoryKib: 1024, time: 1 };
const owner = { loginName: 'demo.nurse', name: '王小明' };

describe('the password rule of the training deck', () => {
  it.each([
    ['Formosa*2026Demo', []],
    ['aB3*aB3*aB3', ['too_short']],
    ['aB3*aB3*aB3*', []],
    [`aB3*${'x'.repeat(124)}`, []],
    [`aB3*${'x'.repeat(125)}`, ['too_long']],
    ['formosa*2026demo', ['missing_upper']],
    ['FORMOSA*2026DEMO', ['missing_lower']],
    ['Formosa*Formosa*', ['missing_digit']],
    ['Formosa2026Demo1', ['missing_symbol']],
    ['Formosa*2026Demo!~#^', []],
    ['Formosa*2026Demo@', ['character_not_allowed']],
    ['Formosa*2026 Demo', ['character_not_allowed']],
    ['Formosa*2026密碼Demo', ['character_not_allowed']],
    ['xDemo.Nurse*2026', ['contains_name', 'character_not_allowed']],
  ])('%s: %j', (password, problems) => {
    expect(passwordProblems(password, owner, 'deck')).toEqual(problems);
  });
});

describe('the password rule after NIST SP 800-63B-4', () => {
  it.each([
    ['fourteen chars', ['too_short']],
    ['all lower case is fine', []],
    ['口令很長很長很長很長很長很長 ok', []],
    ['my name is 王小明 indeed', ['contains_name']],
    ['DEMO.NURSE is my name', ['contains_name']],
    ['correcthorsebatterystaple', ['common']],
    ['PasswordPassword2026!', ['common']],
    ['abababababababab', ['common']],
    ['e\u0301'.repeat(14), ['too_short', 'common']],
  ])('%s: %j', (password, problems) => {
    expect(passwordProblems(password, owner, 'nist')).toEqual(problems);
  });
});

describe('the age of a password', () => {
  it.each([
    ['2026-01-15T02:00:00Z', '2026-04-15T01:59:59Z', false],
    ['2026-01-15T02:00:00Z', '2026-04-15T02:00:00Z', true],
    ['2025-11-30T02:00:00Z', '2026-02-28T01:59:59Z', false],
    ['2025-11-30T02:00:00Z', '2026-02-28T02:00:00Z', true],
    // 1 December in Taipei already
    ['2025-11-30T17:00:00Z', '2026-02-28T16:59:59Z', false],
    ['2025-11-30T17:00:00Z', '2026-02-28T17:00:00Z', true],
  ])('changed %s, at %s: over is %s', (changed, now, over) => {
    expect(isPasswordExpired(new Date(changed), 'deck', new Date(now))).toBe(over);
    expect(isPasswordExpired(new Date(changed), 'nist', new Date(now))).toBe(false);
  });
});

describe('the hashing process', () => {
  let hasher: PasswordHasher;
  beforeAll(async () => {
    hasher = await createPasswordHasher(CHEAP, log);
  });
  afterAll(() => hasher.stop());

  it('makes argon2id hashes that say how they were made', async () => {
    const hash = await hasher.hash('Formosa*2026Demo');
    expect(hash).toMatch(/^\$argon2id\$v=19\$/);
    expect(hash).toContain('m=1024');
    expect(await hasher.verify(hash, 'Formosa*2026Demo')).toBe(true);
    expect(await hasher.verify(hash, 'Formosa*2026Demo ')).toBe(false);
    expect(await hasher.verify(undefined, 'Formosa*2026Demo')).toBe(false);
  });

  it('sees no difference between the Unicode forms of a password, and cuts none off', async () => {
    expect(await hasher.verify(await hasher.hash('caf\u00e9 au lait'), 'cafe\u0301 au lait')).toBe(true);
    const long = 'x'.repeat(100);
    expect(await hasher.verify(await hasher.hash(`${long}1`), `${long}2`)).toBe(false);
  });

  it('renews only hashes that were cheaper', async () => {
    const dear = await createPasswordHasher({ memoryKib: 2048, time: 2 }, log);
    const [cheapHash, dearHash] = [await hasher.hash('a'), await dear.hash('a')];
    await dear.stop();
    expect(dear.needsRehash(cheapHash)).toBe(true);
    expect(dear.needsRehash(dearHash)).toBe(false);
    expect(hasher.needsRehash(dearHash)).toBe(false);
    expect(hasher.needsRehash('$2b$10$abcdefghijklmnopqrstuv')).toBe(true);
  });

  it('turns callers away when its queue is full, and serves the others', async () => {
    const small = await createPasswordHasher(CHEAP, log, 4);
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => small.hash('a')));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((one) => one.reason.code === 'service_busy')).toBe(true);
    expect(all.length - refused.length).toBeGreaterThanOrEqual(4);
    await small.stop();
    await expect(small.hash('a')).rejects.toMatchObject({ code: 'service_busy' });
  });

  it('takes turns: so many at once, the others in order, and beyond the line nobody', async () => {
    const turns = new Turns({ atOnce: 2, atOnceInCrowd: 2, crowd: 3, queueLimit: 3 });
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const work = (n: number) => () =>
      new Promise<number>((resolve, reject) => {
        begun.push(n);
        ends.push(() => (n === 1 ? reject(new Error('of its own')) : resolve(n)));
      });
    const all = [1, 2, 3, 4, 5, 6].map((n) => turns.take(work(n)));
    await expect(all[5]).rejects.toMatchObject({
      code: 'service_busy',
      params: { seconds: expect.any(Number) },
    });
    expect([begun, turns.state.waiting, turns.state.refused]).toEqual([[1, 2], 3, 1]);
    ends[0]?.();
    await expect(all[0]).rejects.toThrow('of its own'); // a failure hands its place on as well
    expect(begun).toEqual([1, 2, 3]);
    for (let at = 1; at < 5; at += 1) {
      ends[at]?.();
      expect(await all[at]).toBe(at + 1);
    }
    expect([begun, turns.state.waiting]).toEqual([[1, 2, 3, 4, 5], 0]);
    expect(await turns.take(() => Promise.resolve('free'))).toBe('free');
  });

  it('lets fewer work at once from when many wait until nobody does', async () => {
    const turns = new Turns({ atOnce: 3, atOnceInCrowd: 1, crowd: 2, queueLimit: 9 });
    const ends: (() => void)[] = [];
    let running = 0;
    const seen: string[] = [];
    const work = async (): Promise<void> => {
      running += 1;
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    };
    const come = (people: number) => Array.from({ length: people }, () => turns.take(work));
    const look = () => seen.push(`${running}${turns.isCrowded ? ' in a crowd' : ''}`);
    const all = come(5);
    look();
    all.push(...come(1));
    look();
    for (let left = all.length; left > 0; left -= 1) {
      ends.shift()?.();
      await sleep(0);
      look();
    }
    await Promise.all(all);
    const inCrowd = ['3', '2', '1', '1', '1'].map((count) => `${count} in a crowd`);
    expect(seen).toEqual(['3', ...inCrowd, '1', '0']);
  });

  it('is replaced when it is killed, and loses no job', async () => {
    const restarts: (number | null)[] = [];
    const cost = { memoryKib: 65_536, time: 3 };
    const fragile = new HashProcess({ lanes: 2, queueLimit: 10, onRestart: (code) => restarts.push(code) });
    const jobs = Array.from({ length: 4 }, () => fragile.run({ password: 'a', cost }));
    process.kill(fragile.pid ?? 0, 'SIGKILL');
    expect((await Promise.all(jobs)).map((answer) => typeof answer.hash)).toEqual(Array(4).fill('string'));
    expect(restarts).toHaveLength(1);
    const { pid = 0 } = fragile;
    const isIdle = spawnSync('chrt', ['--idle', '0', 'true']).status === 0; // where it can be told to be
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[40]).toBe(isIdle ? '5' : '0');
    await fragile.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it('ends with its parent, even one that is killed', async () => {
    const script = `
      import { HashProcess } from '#idp/authenticators/password/hash-process.ts';
      const hashing = new HashProcess({ lanes: 1, queueLimit: 1, onRestart: () => {} });
      await hashing.run({ password: 'a', cost: { memoryKib: 1024, time: 1 } });
      process.stdout.write(String(hashing.pid));
      setInterval(() => {}, 1000);`;
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', script];
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    for (let waited = 0; isRunning(pid) && waited < 5000; waited += 50) await sleep(50);
    expect(isRunning(pid)).toBe(false);
  });

  function isRunning(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
});

describe('a new password', () => {
  let database: TestDatabase;
  let hasher: PasswordHasher;
  beforeAll(async () => {
    database = await openTestDatabase();
    hasher = await createPasswordHasher(CHEAP, log);
  });
  afterAll(async () => {
    await hasher.stop();
    await database.close();
  });

  it('may not be one of the last three', async () => {
    const accountId = await insertPerson(database.db, { loginName: 'history' });
    for (const day of [1, 2, 3, 4]) {
      const credential = {
        accountId,
        password: `Formosa*2026Day${day}`,
        at: new Date(Date.UTC(2026, 0, day)),
      };
      await database.db.transaction().execute((trx) => setPassword(trx, hasher, credential));
    }
    const review = (password: string) =>
      reviewNewPassword(database.db, hasher, 'deck', { accountId, owner, password });
    expect(await review('Formosa*2026Day4')).toEqual(['recently_used']);
    expect(await review('Formosa*2026Day3')).toEqual(['recently_used']);
    expect(await review('Formosa*2026Day2')).toEqual(['recently_used']);
    expect(await review('Formosa*2026Day1')).toEqual([]);
    const kept = await database.db.selectFrom('password_history').selectAll().execute();
    expect(kept).toHaveLength(2);
  });
});
