import {
  type Waiting,
  chainOf,
  changeRefusal,
  decideStep,
  isResponsible,
  levelsOf,
  makesManager,
  mayWithdraw,
} from '#idp/access-requests/policy.ts';
import type { ProvenReviewer, Wish } from '#idp/access-requests/types.ts';
import { narrowManifest } from '#idp/entitlements/index.ts';
import { defaultBindingName, nextAccountId } from '#idp/subsystem-accounts/policy.ts';
import type { Manifest } from '#idp/subsystems/index.ts';

const label = { 'zh-TW': '名', en: 'name' };
const manifest = {
  roles: [
    { code: 'user', label, manages: false },
    { code: 'manager', label, manages: true },
  ],
  duties: [
    { code: 'medical', label, unitKinds: ['hospital'], menuRoles: ['a', 'b'] },
    { code: 'free', label, unitKinds: [], menuRoles: [] },
  ],
  reviewChain: ['unit_manager', 'subsystem_manager'],
  managerReviewChain: ['hpa_admin'],
} as unknown as Manifest;

const waiting: Waiting = {
  ...{ status: 'submitted', waitsFor: 'unit_manager', level: 'own', subsystemCode: 'mch' },
  ...{ unitCode: 'U1', county: '10017' },
};
const reviewer = (over: Partial<ProvenReviewer> = {}): ProvenReviewer => ({
  ...{ accountId: 'r', role: 'unit_manager', unitCode: 'U1', county: '10017', unitKind: 'hospital' },
  ...{ managed: [], nationalIdIndex: Buffer.from('r'), isActive: true, isProven: true },
  ...over,
});
const managed = (unitCode: string, unitKind = 'hospital', county = '10017') => [
  { subsystemCode: 'mch', unitCode, unitKind, county },
];

test('SM-04, P-19: the chain is the manifest’s; a step nobody knows is the strictest', () => {
  expect(chainOf(manifest, 'user')).toEqual(['unit_manager', 'subsystem_manager']);
  expect(chainOf(manifest, 'manager')).toEqual(['hpa_admin']);
  expect(chainOf({ ...manifest, reviewChain: ['committee'] }, 'user')).toEqual(['hpa_admin']);
});

test('SM-04: the county’s bureau stands over medical units and health stations alone', () => {
  expect(levelsOf('unit_manager', 'clinic')).toEqual(['own', 'bureau', 'agency']);
  expect(levelsOf('subsystem_manager', 'health_bureau')).toEqual(['own', 'agency']);
  expect(levelsOf('hpa_admin', 'clinic')).toEqual(['agency']);
});

test.each<[string, Partial<Waiting>, Partial<ProvenReviewer>, boolean]>([
  ['the unit’s manager', {}, {}, true],
  ['another unit’s', {}, { unitCode: 'U2' }, false],
  ['a general user of the unit', {}, { role: 'user' }, false],
  ['the bureau’s manager at the unit’s own level', {}, { unitCode: 'HB', unitKind: 'health_bureau' }, false],
  [
    'the bureau’s manager standing in',
    { level: 'bureau' },
    { unitCode: 'HB', unitKind: 'health_bureau' },
    true,
  ],
  [
    'another county’s bureau',
    { level: 'bureau' },
    { unitCode: 'HB', unitKind: 'health_bureau', county: '63000' },
    false,
  ],
  ['the unit’s own manager once the bureau stands in', { level: 'bureau' }, {}, false],
  [
    'the subsystem’s manager',
    { waitsFor: 'subsystem_manager' },
    { role: 'user', managed: managed('U1') },
    true,
  ],
  ['a manager of it elsewhere', { waitsFor: 'subsystem_manager' }, { managed: managed('U2') }, false],
  [
    'the bureau’s manager of the subsystem',
    { waitsFor: 'subsystem_manager', level: 'bureau' },
    { managed: managed('HB', 'health_bureau') },
    true,
  ],
  ['the subsystem’s manager at another step', {}, { role: 'user', managed: managed('U1') }, false],
  ['the agency', { level: 'agency' }, { role: 'hpa_admin' }, true],
  ['the agency while the unit decides', {}, { role: 'hpa_admin' }, false],
  ['the operators', { level: 'agency' }, { role: 'platform_ops' }, false],
  ['a step nobody named', { waitsFor: '' }, { managed: managed('U1') }, false],
])('SM-04: whose affair a step is: %s', (_who, step, person, expected) => {
  expect(isResponsible({ ...waiting, ...step }, reviewer(person))).toBe(expected);
});

test.each([
  ['reviewer_unavailable', { reviewer: reviewer({ isActive: false }) }, {}],
  ['not_delegated', { isDelegated: false }, {}],
  ['reviewer_unproven', { reviewer: reviewer({ isProven: false }) }, {}],
  ['own_request', { applicant: { accountId: 'r', nationalIdIndex: Buffer.from('x') } }, {}],
  ['own_request', { applicant: { accountId: 'x', nationalIdIndex: Buffer.from('r') } }, {}],
  ['already_decided_a_step', { deciders: [{ accountId: 'x', nationalIdIndex: Buffer.from('r') }] }, {}],
  ['changed_meanwhile', {}, { version: 2 }],
  ['comment_missing', {}, { comment: '' }],
  [undefined, {}, {}],
])('F6, SM-04: a decision is refused because %s', (expected, people, asked) => {
  const all = {
    ...{ reviewer: reviewer(), inPlaceOf: reviewer(), isDelegated: true, deciders: [] },
    applicant: { accountId: 'a', nationalIdIndex: Buffer.from('a') },
    ...people,
  };
  const form = { decision: 'approve' as const, comment: '核可', version: 1, ...asked };
  expect(decideStep({ ...waiting, version: 1 }, all, form)).toBe(expected);
});

test('P-51, SM-06: who makes one manager more', () => {
  const wish: Wish = {
    ...{ kind: 'account', subsystemCode: 'mch', unitCode: 'U1', role: 'manager', duty: 'medical' },
    ...{ menuRoles: [], fields: {} },
  };
  expect(makesManager(manifest, wish, null)).toBe(true);
  expect(makesManager(manifest, { ...wish, role: 'user' }, null)).toBe(false);
  expect(makesManager(manifest, { ...wish, kind: 'unit' }, { unitCode: 'U2', role: 'manager' })).toBe(true);
  expect(makesManager(manifest, { ...wish, kind: 'menu_roles' }, { unitCode: 'U1', role: 'manager' })).toBe(
    false,
  );
  expect(makesManager(manifest, { ...wish, kind: 'disable' }, { unitCode: 'U1', role: 'manager' })).toBe(
    false,
  );
  const before = { unitCode: 'U1', role: 'user', menuRoles: ['a'] };
  expect(changeRefusal('role', manifest, before, { ...wish, role: 'user' })).toBe('role_unknown');
  expect(changeRefusal('unit', manifest, before, wish)).toBe('nothing_changes');
  expect(changeRefusal('menu_roles', manifest, before, { ...wish, menuRoles: ['a'] })).toBe(
    'nothing_changes',
  );
});

test('SM-04: only what is not decided is withdrawn', () => {
  expect((['submitted', 'returned', 'approved', 'withdrawn'] as const).filter(mayWithdraw)).toEqual([
    'submitted',
    'returned',
  ]);
});

test('SM-04: a unit with entitlements gives those menu roles alone', () => {
  const menu = (entitled: string[] | undefined) =>
    narrowManifest(manifest, entitled).duties.map(({ code, menuRoles }) => [code, ...menuRoles]);
  expect(menu(undefined)).toEqual([['medical', 'a', 'b'], ['free']]);
  expect(menu(['b', 'z'])).toEqual([['medical', 'b'], ['free']]);
  expect(menu([])).toEqual([['free']]);
});

test('SM-04, P-48: the next account number, and a name of at most ten characters nobody has yet', () => {
  expect(nextAccountId('00000001', 'mbh', [])).toBe('P@00000001P@mbh_01');
  expect(nextAccountId('00000001', 'mbh', ['P@00000001P@mbh_01', 'P@00000001P@mbh_10'])).toBe(
    'P@00000001P@mbh_11',
  );
  expect(nextAccountId('00000001', 'mbh', ['P@00000001P@mbh_99'])).toBeUndefined();
  expect(defaultBindingName('一二三四五六七八九十十一', [])).toBe('一二三四五六七八九十');
  expect(defaultBindingName('一二三四五六七八九十', ['一二三四五六七八九十'])).toBe('一二三四五六七八九2');
});
