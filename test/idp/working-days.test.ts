import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type WorkingCalendar,
  beganBefore,
  dueAfter,
  loadCalendar,
  runHolidayImport,
} from '#idp/working-days/index.ts';
import { HOUR, after } from '#kit/clock.ts';
import { type TestDatabase, openTestDatabase } from './sign-in-people.ts';

const taipei = (text: string): Date => new Date(`${text}+08:00`);
const plain: WorkingCalendar = { off: new Set(), worked: new Set() };

describe('SM-03: working days', () => {
  test('SM-03: pass over weekends and holidays, and count worked Saturdays', () => {
    // Friday, 20 November 2026
    expect(dueAfter(taipei('2026-11-20T10:00'), 3, plain)).toEqual(taipei('2026-11-26T00:00'));
    expect(dueAfter(taipei('2026-11-20T23:59'), 1, plain)).toEqual(taipei('2026-11-24T00:00'));
    // Saturday morning in Taipei is still Friday in UTC
    expect(dueAfter(taipei('2026-11-21T02:00'), 1, plain)).toEqual(taipei('2026-11-24T00:00'));
    const worked = { ...plain, worked: new Set(['2026-11-21']) };
    expect(dueAfter(taipei('2026-11-20T10:00'), 1, worked)).toEqual(taipei('2026-11-22T00:00'));
    const off = { ...plain, off: new Set(['2026-12-25']) };
    expect(dueAfter(taipei('2026-12-24T10:00'), 1, off)).toEqual(taipei('2026-12-29T00:00'));
  });

  test('SM-03: the rule for a list is the rule for one', () => {
    const calendar = { off: new Set(['2026-12-25', '2027-01-01']), worked: new Set(['2026-12-26']) };
    for (let at = taipei('2026-12-18T00:30'); at < taipei('2027-01-10T00:00'); at = after(at, 11 * HOUR)) {
      for (let now = at; now < after(at, 12 * 24 * HOUR); now = after(now, 13 * HOUR)) {
        expect([at, now, at < beganBefore(now, 3, calendar)]).toEqual([
          at,
          now,
          dueAfter(at, 3, calendar) <= now,
        ]);
      }
    }
  });
});

describe('SM-03: the table of holidays', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  test('SM-03: holds this year, and takes the yearly calendar as the government publishes it', async () => {
    const now = taipei('2026-12-01T12:00');
    expect((await loadCalendar(database.db, now)).off.has('2026-12-25')).toBe(true);
    const file = path.join(tmpdir(), `holidays-${process.pid}.csv`);
    writeFileSync(
      file,
      '\uFEFF西元日期,星期,是否放假,備註\r\n20261225,五,0,\r\n20261226,六,0,補班\r\n20270104,一,2,補假\r\n',
    );
    expect(await runHolidayImport(database.db, file)).toBe('imported 3 days');
    const calendar = await loadCalendar(database.db, now);
    expect(calendar.off.has('2026-12-25')).toBe(false);
    expect(calendar.worked.has('2026-12-26')).toBe(true);
    expect(calendar.off.has('2027-01-04')).toBe(true);
    writeFileSync(file, 'nothing');
    await expect(runHolidayImport(database.db, file)).rejects.toThrow('holds no line');
  });
});
