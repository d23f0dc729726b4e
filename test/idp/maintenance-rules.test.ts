import { type MaintenanceWindow, occurrenceOf, restrictionOf } from '#idp/service-status/index.ts';

const base: MaintenanceWindow = {
  slug: 'weekly',
  subsystemCode: undefined,
  mode: 'closed',
  reason: '',
  reasonEn: '',
  when: { weekday: 6, minuteOfDay: 22 * 60 },
  durationMinutes: 240,
  announceMinutes: 1440,
  validFrom: undefined,
  validUntil: undefined,
};
const taipei = (text: string): Date => new Date(`${text}+08:00`);
const at = (window: MaintenanceWindow, now: string): string => {
  const found = occurrenceOf(window, taipei(now));
  return found ? `${found.isRunning ? 'running' : 'upcoming'} ${found.startsAt.toISOString()}` : 'nothing';
};

// 2026-11-28 is a Saturday
const SATURDAY = '2026-11-28T14:00:00.000Z';

describe('C-10: every Saturday 22:00–02:00', () => {
  test.each([
    ['2026-11-27T21:59:59', 'nothing'],
    ['2026-11-27T22:00:00', `upcoming ${SATURDAY}`],
    ['2026-11-28T21:59:59', `upcoming ${SATURDAY}`],
    ['2026-11-28T22:00:00', `running ${SATURDAY}`],
    ['2026-11-29T01:59:59', `running ${SATURDAY}`],
    ['2026-11-29T02:00:00', 'nothing'],
    ['2026-12-05T23:00:00', 'running 2026-12-05T14:00:00.000Z'],
    ['2027-01-02T23:00:00', 'running 2027-01-02T14:00:00.000Z'],
  ])('C-10: at %s: %s', (now, expected) => {
    expect(at(base, now)).toBe(expected);
  });

  test('C-10: from Sunday 00:30 local time it still belongs to Saturday, also where UTC is a day behind', () => {
    const early = { ...base, when: { weekday: 0, minuteOfDay: 30 }, durationMinutes: 60 };
    expect(at(early, '2026-11-29T00:45:00')).toBe('running 2026-11-28T16:30:00.000Z');
    expect(at(early, '2026-11-28T00:45:00')).toBe('upcoming 2026-11-28T16:30:00.000Z');
  });

  test('C-10: only within its validity, and announced as early as it says', () => {
    const until = { ...base, validUntil: taipei('2026-11-28T22:00:00') };
    expect(at(until, '2026-11-28T23:00:00')).toBe('nothing');
    const from = { ...base, validFrom: taipei('2026-12-01T00:00:00') };
    expect(at(from, '2026-11-28T23:00:00')).toBe('nothing');
    expect(
      at(
        { ...base, announceMinutes: 43_200, validFrom: taipei('2026-12-12T00:00:00') },
        '2026-11-22T12:00:00',
      ),
    ).toBe('upcoming 2026-12-12T14:00:00.000Z');
    expect(at({ ...base, announceMinutes: 0 }, '2026-11-28T21:59:59')).toBe('nothing');
  });

  test('C-10: a whole week never ends', () => {
    const always = { ...base, durationMinutes: 10_080 };
    for (let day = 22; day < 30; day += 1) expect(at(always, `2026-11-${day}T12:00:00`)).toMatch(/^running/);
  });
});

describe('C-10: what restricts', () => {
  const now = taipei('2026-11-22T12:30:00');
  const once: MaintenanceWindow = {
    ...base,
    slug: 'once',
    when: { startsAt: taipei('2026-11-22T12:00:00') },
    durationMinutes: 90,
  };

  test('C-10: a window of one system restricts that system alone', () => {
    const windows: MaintenanceWindow[] = [{ ...once, subsystemCode: 'cancer' }];
    expect(restrictionOf(windows, 'cancer', now)?.window.slug).toBe('once');
    expect(restrictionOf(windows, 'mch', now)).toBeUndefined();
    expect(restrictionOf(windows, undefined, now)).toBeUndefined();
  });

  test('C-10: advice restricts nothing, and closed goes before read-only', () => {
    expect(restrictionOf([{ ...once, mode: 'advice' }], undefined, now)).toBeUndefined();
    const both: MaintenanceWindow[] = [{ ...once, mode: 'read_only' }, once];
    expect(restrictionOf(both, undefined, now)?.window.mode).toBe('closed');
  });

  test('C-10: one that is only announced restricts nothing, and an end is an end', () => {
    expect(restrictionOf([once], undefined, taipei('2026-11-22T11:59:59'))).toBeUndefined();
    expect(restrictionOf([once], undefined, taipei('2026-11-22T13:30:00'))).toBeUndefined();
    expect(restrictionOf([once], undefined, taipei('2026-11-22T13:29:59'))).toBeDefined();
  });
});
