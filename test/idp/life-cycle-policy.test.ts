import { DAY, HOUR, after } from '#kit/clock.ts';
import { decideReinstatement, decideResignation, planIdle } from '#idp/life-cycle/policy.ts';
import { decideStatus } from '#idp/subsystem-accounts/policy.ts';

const start = new Date('2026-01-01T00:00:00Z');
const day = (days: number, hours = 0): Date => after(start, days * DAY + hours * HOUR);
const given = (...notices: [number, Date][]) => notices.map(([daysLeft, sentAt]) => ({ daysLeft, sentAt }));

describe('an unused account', () => {
  it.each([
    ['nothing for 75 days', [], day(75, 23), { deed: 'none' }],
    ['the first warning two weeks before', [], day(76), { deed: 'warn', daysLeft: 14, suspendsAt: day(90) }],
    ['it once', given([14, day(76)]), day(82), { deed: 'none' }],
    [
      'the second a week before',
      given([14, day(76)]),
      day(83),
      { deed: 'warn', daysLeft: 7, suspendsAt: day(90) },
    ],
    [
      'the last a day before',
      given([7, day(83)]),
      day(89),
      { deed: 'warn', daysLeft: 1, suspendsAt: day(90) },
    ],
    ['suspension at ninety days', given([1, day(89)]), day(90), { deed: 'suspend' }],
    ['no suspension before', given([1, day(89)]), day(89, 23), { deed: 'none' }],
    [
      'a last warning, when none could be given, a whole day ahead',
      [],
      day(120),
      { deed: 'warn', daysLeft: 1, suspendsAt: day(121) },
    ],
    ['that day', given([1, day(120)]), day(120, 23), { deed: 'none' }],
    ['and then suspension', given([1, day(120)]), day(121), { deed: 'suspend' }],
  ])('SM-05: gets %s', (_what, notices, now, step) => {
    expect(planIdle({ idleSince: start, notices }, now)).toEqual(step);
  });
});

describe('the status of a subsystem account', () => {
  const statuses = ['pending', 'active', 'disabled', 'suspended'] as const;
  it.each([
    ['disable', ['pending', 'active', 'suspended'], 'disabled'],
    ['enable', ['pending', 'disabled'], 'active'],
    ['suspend', ['active'], 'suspended'],
    ['reinstate', ['suspended'], 'active'],
  ] as const)('SM-05: %s', (deed, from, to) => {
    for (const status of statuses) {
      const allowed = (from as readonly string[]).includes(status);
      const answer = allowed ? { allowed, to } : { allowed, reason: `is_${status}` };
      expect(decideStatus(status, deed)).toEqual(answer);
    }
  });
});

describe('who reinstates', () => {
  const account = { accountId: 'owner', unitCode: 'u1', manages: false };
  const manager = { accountId: 'm', role: 'unit_manager' as const, unitCode: 'u1' };
  it.each([
    ['the unit’s manager', account, manager, undefined],
    ['another unit’s manager', account, { ...manager, unitCode: 'u2' }, 'other_unit'],
    ['the owner', account, { ...manager, accountId: 'owner' }, 'own_account'],
    ['a user', account, { ...manager, role: 'user' as const }, 'not_a_manager'],
    ['an operator by name', account, { ...manager, role: 'platform_ops' as const }, 'not_a_manager'],
    ['the unit’s manager a manager’s', { ...account, manages: true }, manager, 'needs_hpa_admin'],
    [
      'the national administration a manager’s',
      { ...account, manages: true },
      { ...manager, role: 'hpa_admin' as const, unitCode: 'n' },
      undefined,
    ],
  ])('SM-11: %s', (_who, of, by, reason) => {
    expect(decideReinstatement(of, by)).toEqual(reason ? { allowed: false, reason } : { allowed: true });
  });
});

describe('who may leave', () => {
  const leaver = { id: 'l', role: 'unit_manager' as const, unitCode: 'u', status: 'active' as const };
  const successor = { id: 's', role: 'user' as const, unitCode: 'u', standing: 'active' as const };
  const user = { ...leaver, role: 'user' as const };
  it.each([
    ['nobody of that name', undefined, 0, undefined, 'unknown_account'],
    ['one who left', { ...leaver, status: 'disabled' as const }, 1, undefined, 'not_active'],
    ['the last manager', leaver, 0, undefined, 'successor_missing'],
    ['with a name nobody has', leaver, 0, null, 'successor_unknown'],
    ['succeeded by oneself', leaver, 0, { ...successor, id: 'l' }, 'successor_is_leaver'],
    [
      'by one disabled',
      leaver,
      0,
      { ...successor, standing: 'account_disabled' as const },
      'successor_not_active',
    ],
    [
      'by one expired',
      leaver,
      0,
      { ...successor, standing: 'account_expired' as const },
      'successor_not_active',
    ],
    ['by one of another unit', leaver, 0, { ...successor, unitCode: 'x' }, 'successor_of_other_unit'],
    [
      'by a national administrator',
      leaver,
      0,
      { ...successor, role: 'hpa_admin' as const },
      'successor_not_eligible',
    ],
    ['a user with a successor', user, 0, successor, 'successor_not_eligible'],
  ])('SM-12: refuses %s', (_what, who, others, by, reason) => {
    expect(decideResignation(who, others, by)).toEqual({ allowed: false, reason });
  });
  it('SM-12: lets a user, one of several managers, and a last one with a successor go', () => {
    expect(decideResignation(user, 0, undefined)).toEqual({ allowed: true, promotes: false });
    expect(decideResignation(leaver, 1, undefined)).toEqual({ allowed: true, promotes: false });
    expect(decideResignation(leaver, 0, successor)).toEqual({ allowed: true, promotes: true });
    expect(decideResignation(leaver, 1, { ...successor, role: 'unit_manager' })).toEqual({
      allowed: true,
      promotes: false,
    });
  });
});
