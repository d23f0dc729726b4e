import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isBreachedPassword, runBreachedImport } from '#idp/authenticators/index.ts';
import { HashEntries, mergeSuffixes } from '#idp/authenticators/breached/entries.ts';
import { importBreached } from '#idp/authenticators/breached/import.ts';
import { openHashSource } from '#idp/authenticators/breached/source.ts';
import { createApplicant } from './enrollments-applicant.ts';
import { asks, choose, enter, linkFor } from './recovery-steps.ts';
import { NEW_PASSWORD, OLD_PASSWORD, type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';
import { type TestDatabase, openTestDatabase } from './sign-in-people.ts';

const sha1 = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();
const LEAKED = 'Leaked~Mountain2026';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'breached-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('the packed hashes of leaked passwords', () => {
  const rowsOf = (text: string, prefix = '') => {
    const entries = new HashEntries(100);
    entries.read(Buffer.from(text), prefix);
    return entries.takeRows().map((row) => [row.prefix.toString(16), row.suffixes.toString('hex')]);
  };

  it('P-16: are grouped by 20 bits, sorted, each once, whatever their order and case', () => {
    const lines = [
      'FFFFF00000000000000000000000000000000000:3',
      '000012222222222fffffffffffffffffffffffff:1',
      '00001111111111100000000000000000000000AB',
      '00001222222222200000000000000000000000AB:12',
    ];
    const rows = [
      ['1', '11111111112222222222'],
      ['fffff', '0000000000'],
    ];
    expect(rowsOf(lines.join('\r\n'))).toEqual(rows);
    expect(rowsOf(`${lines.toReversed().join('\n')}\n\n`)).toEqual(rows);
    expect(rowsOf(lines.map((line) => line.slice(5)).join('\n'), 'aBcDe')).toEqual([
      ['abcde', '000000000011111111112222222222'],
    ]);
  });

  it.each(['x', 'FFFFF', `${'0'.repeat(39)}g`, `${'0'.repeat(40)}:`, `${'0'.repeat(40)}:x`, '0'.repeat(41)])(
    'P-16: take nothing that is no hash: %s',
    (line) => {
      expect(() => rowsOf(`${'0'.repeat(40)}:1\n${line}\n`)).toThrow('line 2 is not HASH:COUNT');
    },
  );

  it('P-16: are merged without doubles', () => {
    const [one, other] = [
      Buffer.from('00000000010000000003', 'hex'),
      Buffer.from('00000000030000000004', 'hex'),
    ];
    expect(mergeSuffixes(one, other).toString('hex')).toBe('000000000100000000030000000004');
    expect(mergeSuffixes(Buffer.alloc(0), one)).toEqual(one);
  });
});

describe('importing leaked passwords', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.db.deleteFrom('breached_password').execute();
    await database.db.deleteFrom('breached_password_import').execute();
  });
  const linesOf = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${sha1(`leaked ${index}`)}:${index + 1}`);
  const isKnown = (password: string) => isBreachedPassword(database.db, password);
  const known = async (count: number): Promise<number> => {
    let found = 0;
    for (let from = 0; from < count; from += 200) {
      const some = Array.from({ length: Math.min(200, count - from) }, (_, at) =>
        isKnown(`leaked ${from + at}`),
      );
      found += (await Promise.all(some)).filter(Boolean).length;
    }
    return found;
  };

  it('P-16: finds every one of 30,000 in one read, and none besides', async () => {
    const file = write('sorted.txt', linesOf(30_000).sort().join('\n'));
    expect(await runBreachedImport(database.db, [file], () => {})).toBe('imported 30000 hashes');
    expect(await known(30_000)).toBe(30_000);
    const strangers = Array.from({ length: 200 }, () => randomBytes(9).toString('base64'));
    expect((await Promise.all(strangers.map(isKnown))).filter(Boolean)).toEqual([]);
    const before = database.pools[0].roundTrips;
    await isKnown('leaked 1');
    expect(database.pools[0].roundTrips - before).toBe(1);
    const audit = database.db.selectFrom('audit_event').select('details');
    expect(await audit.where('type', '=', 'breached_passwords.imported').execute()).toEqual([
      { details: { hashes: 30_000 } },
    ]);
  }, 60_000);

  it('P-16: adds lists up, in any order; passes over one that was read, unless told to read it again', async () => {
    const lines = linesOf(3000);
    const first = write('first.txt', lines.slice(0, 2000).join('\n'));
    const second = write('second.txt', lines.slice(1000).toReversed().join('\r\n'));
    await runBreachedImport(database.db, [first], () => {});
    await runBreachedImport(database.db, [second], () => {});
    expect(await known(3000)).toBe(3000);
    const sizes = async () => {
      const rows = await database.db.selectFrom('breached_password').select('suffixes').execute();
      return rows.reduce((sum, { suffixes }) => sum + suffixes.length, 0);
    };
    expect(await sizes()).toBe(3000 * 5);
    expect(await runBreachedImport(database.db, [first], () => {})).toContain('was imported before');
    expect(await runBreachedImport(database.db, [first, '--again'], () => {})).toBe('imported 2000 hashes');
    expect(await sizes()).toBe(3000 * 5);
  });

  it('P-16: reads range files, alone or as a folder', async () => {
    const ranges = path.join(folder, 'ranges');
    mkdirSync(ranges);
    writeFileSync(path.join(ranges, 'README.md'), 'not a range');
    for (const index of [0, 1, 2]) {
      const hash = sha1(`leaked ${index}`);
      writeFileSync(
        path.join(ranges, `${hash.slice(0, 5)}${index === 0 ? '' : '.txt'}`),
        `${hash.slice(5)}:4\r\n`,
      );
    }
    expect(await runBreachedImport(database.db, [ranges], () => {})).toBe('imported 3 hashes');
    const alone = sha1('leaked 3');
    const file = write(`${alone.slice(0, 5)}.txt`, `${alone.slice(5)}:1`);
    await runBreachedImport(database.db, [file], () => {});
    expect(await known(5)).toBe(4);
  });

  it('P-16: goes on where it was interrupted', async () => {
    // of a size that takes several pieces and batches
    const lines = linesOf(120_000);
    const file = write('long.txt', lines.join('\n'));
    const source = await openHashSource(file);
    const told: number[] = [];
    const interrupted = importBreached(database.db, source, {
      batch: 30_000,
      tell(_position, hashes) {
        told.push(hashes);
        if (told.length === 2) throw new Error('the power failed');
      },
    });
    await expect(interrupted).rejects.toThrow('the power failed');
    const [first = 0, second = 0] = told;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeLessThan(lines.length);
    const resumed: number[] = [];
    const outcome = await importBreached(database.db, await openHashSource(file), {
      batch: 30_000,
      tell: (_position, hashes) => void resumed.push(hashes),
    });
    expect(outcome).toEqual({ hashes: lines.length, wasDone: false });
    expect(resumed[0]).toBeGreaterThan(second);
    const sample = Array.from({ length: 400 }, (_, index) => isKnown(`leaked ${index * 300}`));
    expect((await Promise.all(sample)).every(Boolean)).toBe(true);
  }, 60_000);

  it('P-16: names the line that is no hash, and what is not there', async () => {
    const file = write('broken.txt', `${sha1('a')}:1\nnot a hash\n`);
    await expect(runBreachedImport(database.db, [file], () => {})).rejects.toThrow(
      'line 2 is not HASH:COUNT',
    );
    await expect(runBreachedImport(database.db, [], () => {})).rejects.toThrow('name a file');
    await expect(runBreachedImport(database.db, [path.join(folder, 'none')], () => {})).rejects.toThrow(
      'cannot be read',
    );
    expect(await database.db.selectFrom('breached_password').selectAll().execute()).toEqual([]);
  });
});

describe('wherever a password is chosen', () => {
  let world: RecoveryWorld;
  beforeAll(async () => {
    world = await openRecoveryWorld();
    for (const loginName of ['own', 'reset', 'first']) await world.addPerson({ loginName });
    await runBreachedImport(world.db, [write('chosen.txt', `${sha1(LEAKED)}:7`)], () => {});
  });
  afterAll(() => world.close());
  const LEAK = 'known from a data leak';
  const COMMON = 'too common';
  /** What each path answers to a leaked password and to a common one of the packaged list, and to a good one. */
  const tryAll = async (send: (password: string) => Promise<{ text: string }>): Promise<void> => {
    expect((await send(LEAKED)).text).toContain(LEAK);
    expect((await send('Welcome*20262026')).text).toContain(COMMON);
    const good = await send(NEW_PASSWORD);
    expect(good.text).not.toContain(LEAK);
    expect(good.text).not.toContain(COMMON);
  };
  const hashOf = async (loginName: string): Promise<string> => {
    const credentials = world.db.selectFrom('password_credential as credential').select('hash');
    const joined = credentials.innerJoin('account', 'account.id', 'credential.account_id');
    return (await joined.where('login_name', '=', loginName).executeTakeFirstOrThrow()).hash;
  };
  const chosen = async (loginName: string, deed: () => Promise<void>): Promise<void> => {
    const before = await hashOf(loginName);
    await deed();
    expect(await hashOf(loginName)).not.toBe(before);
  };

  it('P-16: no leaked or common one is taken when one changes it oneself', async () => {
    const journey = world.browse();
    await enter(world, journey, 'own');
    await journey.open(`${world.issuer}/account/password`);
    await chosen('own', () =>
      tryAll((password) =>
        journey.submit(asks('current_password'), {
          current_password: OLD_PASSWORD,
          new_password: password,
          repeat_password: password,
        }),
      ),
    );
  });

  it('P-16: nor after a link was mailed', async () => {
    const journey = world.browse();
    await journey.open(await linkFor(world, 'reset'));
    await chosen('reset', () => tryAll((password) => choose(journey, password)));
  });

  it('P-16: nor at the first sign-in', async () => {
    await world.db.updateTable('password_credential').set({ must_change: true }).execute();
    const journey = world.browse();
    await enter(world, journey, 'first');
    await chosen('first', () => tryAll((password) => choose(journey, password)));
  });

  it('P-16: nor with an application', async () => {
    const applicant = createApplicant({ base: world.issuer });
    await applicant.post('/enrollment/unit', { unit: '0000000001' });
    await applicant.post('/enrollment/role', { role: 'unit_manager' });
    const send = (password: string) =>
      applicant.post('/enrollment/person', {
        ...applicant.person,
        new_password: password,
        repeat_password: password,
      });
    const of = () => world.db.selectFrom('enrollment').select('password_hash').executeTakeFirstOrThrow();
    expect((await send(LEAKED)).text).toContain(LEAK);
    expect((await of()).password_hash).toBeNull();
    await tryAll(send);
    expect((await of()).password_hash).not.toBeNull();
  });
});
