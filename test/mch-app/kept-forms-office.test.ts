import { BACK, KEPT, endByTheEntry, pathOf } from './support/late.ts';
import { type Mch, startMch } from './support/mch.ts';
import { MANAGER, actingAs, send } from './support/people.ts';

/* Forms of the back office that are sent after their session has ended. */

const access = { role: 'mch_user', duty: 'medical', menu_roles: [], status: 'active' };
const ACCESS = JSON.stringify(access);
/** What the single entry answers to each page of the back office. */
const OFFICE = {
  ...{ accounts: { total: 0, managers: 0, users: 0 }, reviews: 0, suspended: 0, permission_requests: 0 },
  ...{ id: 'A-1', holder_name: '陳護理師', unit: { code: '9876543210', name: '示範醫院', name_en: '' } },
  ...{ role: 'mch_user', duty: 'medical', status: 'suspended', suspended_because: null },
  ...{ status_changed_at: null, last_used_at: null, access, roles: [], duties: [], may_make_managers: true },
  ...{ managers: { used: 1, limit: 2 }, candidates: [], menu_roles: ['mi_nbs_collect'] },
  ...{
    code: '9876543210',
    name: '示範醫院',
    name_en: '',
    county: '10017',
    town: '10017020',
    kind: 'hospital',
  },
  ...{ level: '', address: '', phone: '', email: '', version: 3, possible_menu_roles: [], entitlements: [] },
  ...{ may_change_contact: true, may_entitle: true },
};

const ENTITLEMENT = {
  menu_role: 'mi_nbs_collect',
  valid_from: '2026-01-01',
  valid_to: '',
  approval_no: '',
  basis: '',
};

const answer = (at: string) => ({
  status: 200,
  body: {
    ...OFFICE,
    ...(at.startsWith('units') && { status: 'active' }),
    ...(at.endsWith('/end') && { entitlements: [ENTITLEMENT] }),
  },
});

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('a form of the back office that is sent too late', () => {
  it.each<[string, Record<string, string>, string]>([
    ['permission-requests', { kind: 'menu_role', role: '', target: '', phone: '', email: '' }, 'content'],
    ['reinstatement/A-1', {}, 'reason'],
    ['staff/A-1', { role: 'mch_user', duty: 'medical', status: 'active', was: ACCESS }, 'reason'],
    ['units/9876543210/contact', { version: '3', address: '', phone: '', email: '' }, 'reason'],
    [
      'units/9876543210/qualifications',
      { menu_role: '', valid_from: '', valid_to: '', approval_no: '' },
      'basis',
    ],
    ['units/9876543210/qualifications/end', { which: 'mi_nbs_collect 2026-01-01' }, 'ends_on'],
  ])(
    'G10: back office, %s: comes back as typed, now or when the single entry answers',
    async (at, form, name) => {
      const { op } = mch;
      const manager = await actingAs(mch, MANAGER);
      op.api = () => answer(at);
      await endByTheEntry(mch);
      const typed = { reason: '', basis: '', ...form, key: 'key-of-form', [name]: '業務增加' };
      const page = await send(manager, `/admin/accounts/${at}`, MANAGER, typed);
      expect([page.status, pathOf(page), page.text.includes('業務增加')]).toEqual([200, KEPT, true]);
      expect(page.text).toContain(BACK);

      await endByTheEntry(mch);
      op.api = () => ({ status: 503, body: {} });
      const away = await send(manager, `/admin/accounts/${at}`, MANAGER, { ...typed, [name]: '再次' });
      expect([away.status, away.text.includes('再次')]).toEqual([503, false]);
      op.api = () => answer(at);
      expect((await manager.go(KEPT)).text).toContain('再次');
      expect(
        op.asked.filter(({ path }) => path.startsWith('/api/')).every(({ form: sent }) => sent.size === 0),
      ).toBe(true);
    },
  );

  it('G10: a deed of the back office for which the grant is over comes back as typed', async () => {
    const manager = await actingAs(mch, MANAGER);
    mch.op.api = (method) => (method === 'GET' ? answer('') : { status: 401, body: {} });
    const typed = { kind: 'menu_role', role: 'mi_nbs_collect', target: '', phone: '', email: '' };
    const form = { ...typed, content: '業務增加', key: 'key-of-form' };
    const page = await send(manager, '/admin/accounts/permission-requests', MANAGER, form);
    expect([pathOf(page), page.text.includes('業務增加')]).toEqual([KEPT, true]);
  });
});
