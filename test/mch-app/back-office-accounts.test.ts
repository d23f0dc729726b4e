import type { Page } from '../support/journey.ts';
import { ACCOUNTS, type OfficeWorld, type Who, startOffice } from './support/office.ts';

/* What managers do about accounts, units and rights in the back office; the real single entry judges. */

const COLLEAGUE = 'P@00000006P@mbh_01';
const HOSPITAL = '9876543210';
const STATION = '2311170010';
const FOREIGN = [
  'P@00000001P@mbh_02',
  ACCOUNTS['demo.bureau'],
  'P@00000001P@ccs_01',
  'P@99999999P@mbh_01',
  '%00',
];
const STAFF = '/admin/accounts/staff';
const REINSTATEMENT = '/admin/accounts/reinstatement';
const UNITS = '/admin/accounts/units';
const RIGHTS = '/admin/accounts/permission-requests';
const PLACES = [
  STAFF,
  REINSTATEMENT,
  UNITS,
  RIGHTS,
  '/admin/accounts/logins',
  '/admin/accounts/review-history',
  '/admin/accounts/review',
];

let office: OfficeWorld;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(() => office.stop());

const open = async (who: Who, path: string): Promise<Page> => (await office.as(who)).open(office.mch + path);
const at = (place: string, id: string): string => `${place}/${encodeURIComponent(id)}`;

/** Sends the form of a page that leads to `path`, with `fields` changed. */
async function send(who: Who, page: string, path: string, fields: Record<string, string>): Promise<Page> {
  const journey = await office.as(who);
  await journey.open(office.mch + page);
  return journey.submit(({ action }) => action.endsWith(path), fields);
}

describe('accounts in the back office', () => {
  it('M-36, P-51: a manager finds an account of the unit and changes what it may do, by the single entry’s rules', async () => {
    const list = await open('demo.manager', `${STAFF}?name=${encodeURIComponent('周')}`);
    expect(list.text).toContain(COLLEAGUE);
    expect(list.text).not.toContain(ACCOUNTS['demo.nurse']);
    const path = at(STAFF, COLLEAGUE);
    const journey = await office.as('demo.manager');
    const form = await journey.open(office.mch + path);
    expect(form.text).toContain('管理員數量1/2');
    const saved = await send('demo.manager', path, path, { 'menu_role.medical': 'mi_gbs_lab' });
    expect(saved.text).toContain('已儲存');
    const { menu_roles: menuRoles } = await office.idpDb
      .selectFrom('subsystem_account')
      .select('menu_roles')
      .where('id', '=', COLLEAGUE)
      .executeTakeFirstOrThrow();
    expect(menuRoles).toEqual(['mi_gbs_lab']);

    const silent = await send('demo.manager', path, path, { status: 'disabled' });
    expect([silent.status, silent.html]).toEqual([422, expect.stringContaining('id="reason-error"')]);
    const strange = await send('demo.manager', path, path, { role: 'mch_owner', reason: '保留這句' });
    expect([strange.status, strange.text]).toEqual([422, expect.stringContaining('請選擇子系統角色')]);
    expect(strange.html).toContain('保留這句');
  });

  it('M-36: who comes second is told what was changed meanwhile, with the own choices kept', async () => {
    const path = at(STAFF, COLLEAGUE);
    const journey = await office.as('demo.manager');
    await journey.open(office.mch + path);
    await office.idpDb
      .updateTable('subsystem_account')
      .set({ menu_roles: ['mi_child_health'] })
      .where('id', '=', COLLEAGUE)
      .execute();
    const late = await journey.submit(({ action }) => action.endsWith(path), {
      'menu_role.medical': 'mi_preterm',
    });
    expect(late.status).toBe(409);
    expect(late.text).toContain('已由他人變更');
    expect(late.html).toMatch(/value="mi_preterm" checked/);
  });

  it('F2, F4: other units’, subsystems’ and nobody’s accounts are not there, on every path; one’s own is only shown', async () => {
    for (const id of FOREIGN) {
      const encoded = id === '%00' ? id : encodeURIComponent(id);
      for (const path of [`${STAFF}/${encoded}`, `${REINSTATEMENT}/${encoded}`]) {
        expect([path, (await open('demo.manager', path)).status]).toEqual([path, 404]);
      }
    }
    const own = await open('demo.manager', at(STAFF, ACCOUNTS['demo.manager']));
    expect(own.text).toContain('不能變更自己的帳號');
    expect(own.forms.filter(({ action }) => action.includes(STAFF))).toEqual([]);
    for (const path of PLACES) expect([path, (await open('demo.nurse', path)).status]).toEqual([path, 403]);
    const nurse = await office.as('demo.nurse');
    for (const path of [
      at(STAFF, COLLEAGUE),
      at(REINSTATEMENT, COLLEAGUE),
      RIGHTS,
      `${UNITS}/${HOSPITAL}/contact`,
    ]) {
      const answer = await fetch(office.mch + path, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          cookie: nurse.jar.header(new URL(office.mch)),
          origin: office.mch,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: `acting=${encodeURIComponent(ACCOUNTS['demo.nurse'])}`,
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });

  it('F7: forms from elsewhere are refused, and fields nobody asked for are left aside', async () => {
    const manager = await office.as('demo.manager');
    const form = await manager.open(office.mch + at(STAFF, COLLEAGUE));
    const [posted] = form.forms.filter(({ action }) => action.includes(STAFF));
    const sent = (origin: string) =>
      fetch(office.mch + at(STAFF, COLLEAGUE), {
        method: 'POST',
        redirect: 'manual',
        headers: {
          cookie: manager.jar.header(new URL(office.mch)),
          origin,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ ...posted?.fields, unit: STATION, account_id: 'x' }).toString(),
      });
    expect((await sent('https://elsewhere.example')).status).toBe(403);
    expect((await sent(office.mch)).status).toBe(303);
    const row = await office.idpDb
      .selectFrom('subsystem_account')
      .select('unit_code')
      .where('id', '=', COLLEAGUE)
      .executeTakeFirstOrThrow();
    expect(row.unit_code).toBe(HOSPITAL);
  });

  it('M-39, SM-11: a suspended account is counted, listed, and reinstated with a reason', async () => {
    await office.idpDb
      .updateTable('subsystem_account')
      .set({ status: 'suspended', suspended_because: 'repeated_lock', status_changed_at: new Date() })
      .where('id', '=', COLLEAGUE)
      .execute();
    expect((await open('demo.manager', '/admin/dashboard')).text).toMatch(/帳號待復權\s*1/);
    const list = await open('demo.manager', REINSTATEMENT);
    expect(list.text).toMatch(/周示範\s*多次鎖定/);
    const path = at(REINSTATEMENT, COLLEAGUE);
    expect((await send('demo.manager', path, path, { reason: ' ' })).status).toBe(422);
    const done = await send('demo.manager', path, path, { reason: '已完成教育訓練' });
    expect(done.url.pathname).toBe(REINSTATEMENT);
    expect(done.text).toContain('已復權');
    expect((await open('demo.manager', path)).text).toContain('帳號已經復權');
  });

  it('M-38: sign-ins with their ends, of the own unit; the file is recorded, formulas are text', async () => {
    const path = '/admin/accounts/logins';
    await office.mchDb
      .insertInto('sign_in_log')
      .values(
        [HOSPITAL, STATION].map((unit, index) => ({
          session_digest: null,
          how: 'sign_in' as const,
          sub: `s-${index}`,
          person_name: index === 0 ? '=CMD()' : '別單位的人',
          account_id: `P@0000001${index}P@mbh_01`,
          unit_code: unit,
          unit_name: '某單位',
          ip: '192.0.2.7',
          signed_in_at: new Date('2026-03-01T08:00:00+08:00'),
          signed_out_at: new Date('2026-03-01T09:00:00+08:00'),
          end_reason: 'idle',
        })),
      )
      .execute();
    const day = await open('demo.manager', `${path}?from=2026-03-01&to=2026-03-01`);
    expect(day.text).toContain('閒置逾時');
    expect(day.text).toContain('192.0.2.7');
    expect(day.text).not.toContain('別單位的人'); // another unit’s
    expect((await open('demo.manager', `${path}?from=2026-03-02`)).text).not.toContain('閒置逾時'); // the day after
    expect((await open('demo.hpa', `${path}?from=2026-03-01&to=2026-03-01`)).text).toContain('別單位的人');
    expect((await open('demo.manager', `${path}?from=2026-02-30`)).status).toBe(422);
    expect((await open('demo.manager', `${path}?after=AAAA`)).status).toBe(400);
    const own = await open('demo.manager', `${path}?account=${encodeURIComponent(ACCOUNTS['demo.manager'])}`);
    expect(own.text).toContain('尚未登出');

    const file = await open('demo.manager', `${path}/export?format=ods&from=2026-03-01&to=2026-03-01`);
    expect(file.headers.get('content-type')).toContain('opendocument.spreadsheet');
    expect((await open('demo.manager', `${path}/export?format=csv`)).status).toBe(400);
    expect((await open('demo.nurse', `${path}/export?format=ods`)).status).toBe(403);
    const taken = await office.mchDb.selectFrom('record_export').selectAll().execute();
    expect(taken).toEqual([
      expect.objectContaining({
        kind: 'admin/accounts/logins',
        format: 'ods',
        filters: ['from', 'to'],
        row_count: 1,
      }),
    ]);
  });

  it('M-37: a unit’s manager changes how it is reached, the agency its qualifications; another unit is not there', async () => {
    expect((await open('demo.manager', UNITS)).text).toContain(HOSPITAL);
    const path = `${UNITS}/${HOSPITAL}`;
    const page = await open('demo.manager', path);
    expect(page.forms.map(({ action }) => action)).not.toContain(`${path}/qualifications`);
    const bad = await send('demo.manager', path, '/contact', { email: 'no', address: '示範路 2 號' });
    expect([bad.status, bad.html]).toEqual([422, expect.stringContaining('示範路 2 號')]);
    const saved = await send('demo.manager', path, '/contact', {
      email: 'a@example.test',
      address: '示範路 2 號',
    });
    expect(saved.text).toContain('已儲存單位資料');
    expect((await open('demo.manager', `${UNITS}/${STATION}`)).status).toBe(404);

    const station = `${UNITS}/${STATION}`;
    const given = await send('demo.hpa', station, '/qualifications', {
      menu_role: 'hs_card',
      valid_from: '2026-01-01',
      approval_no: '<b>衛部字</b>',
    });
    expect(given.text).toContain('已更新單位資格');
    expect(given.html).toContain('&lt;b&gt;衛部字');
    const ended = await send('demo.hpa', station, '/qualifications/end', { ends_on: '2026-03-31' });
    expect(ended.text).toMatch(/2026.0?3.31/);
  });
});
