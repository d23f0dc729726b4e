import type { Page } from '../support/journey.ts';
import { ACCOUNTS, type OfficeWorld, type Who, startOffice } from './support/office.ts';

/* Requests for system rights and what was decided, in the back office, against the real single entry. */

const RIGHTS = '/admin/accounts/permission-requests';

let office: OfficeWorld;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(() => office.stop());

const open = async (who: Who, path: string): Promise<Page> => (await office.as(who)).open(office.mch + path);

/** Sends the form of a page that leads to `path`, with `fields` changed. */
async function send(who: Who, page: string, path: string, fields: Record<string, string>): Promise<Page> {
  const journey = await office.as(who);
  await journey.open(office.mch + page);
  return journey.submit(({ action }) => action.endsWith(path), fields);
}

describe('requests for system rights in the back office', () => {
  it('SM-08, M-42, M-43: one manager more is asked for once, shown with its three sides, and taken back', async () => {
    const form = `${RIGHTS}/new`;
    const page = await open('demo.manager', form);
    expect(page.text).toContain('各單位管理員送出申請 > 國健署管理員核定 > 完成');
    const empty = await send('demo.manager', form, RIGHTS, { content: '' });
    expect(empty.status).toBe(422);
    const wish = {
      kind: 'extra_manager',
      target: ACCOUNTS['demo.nurse'],
      content: '單位機構龐大',
      phone: '02-55500100',
    };
    const none = await send('demo.manager', form, RIGHTS, { ...wish, target: '' });
    expect([none.status, none.html]).toEqual([422, expect.stringContaining('單位機構龐大')]);
    const sent = await send('demo.manager', form, RIGHTS, wish);
    expect(sent.text).toContain('已送出申請');
    const again = await send('demo.manager', form, RIGHTS, wish);
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('相同的申請正在審核中')]);
    expect((await open('demo.manager', '/admin/dashboard')).text).toMatch(/系統權限申請\s*1/);
    expect((await open('demo.manager', RIGHTS)).text).toMatch(
      /管理員超額申請[\s\S]*審核中[\s\S]*待審核[\s\S]*待處理/,
    );

    const path = sent.url.pathname;
    expect((await open('demo.bureau', path)).status).toBe(404);
    const agency = await open('demo.hpa', path);
    expect(agency.html).toContain(`${office.world.issuer}/console/permission-requests/`);
    expect(agency.forms.map(({ action }) => action)).not.toContain(`${path}/withdrawal`);
    const back = await send('demo.manager', path, '/withdrawal', {});
    expect(back.text).toContain('已撤回');
    expect((await open('demo.manager', path)).forms.map(({ action }) => action)).not.toContain(
      `${path}/withdrawal`,
    );
  });

  it('SM-08: the same form sent twice is one request', async () => {
    const journey = await office.as('demo.manager');
    const page = await journey.open(`${office.mch}${RIGHTS}/new`);
    const [form] = page.forms.filter(({ action }) => action === RIGHTS);
    const body = new URLSearchParams({
      ...form?.fields,
      kind: 'extra_manager',
      target: ACCOUNTS['demo.nurse'],
      content: '業務增加',
    }).toString();
    const sent = await Promise.all(
      Array.from({ length: 5 }, () =>
        fetch(office.mch + RIGHTS, {
          method: 'POST',
          redirect: 'manual',
          headers: {
            cookie: journey.jar.header(new URL(office.mch)),
            origin: office.mch,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body,
        }),
      ),
    );
    const places = new Set(sent.flatMap((answer) => answer.headers.get('location') ?? []));
    expect(places.size).toBe(1);
    const rows = await office.idpDb
      .selectFrom('permission_request')
      .select('id')
      .where('status', '=', 'submitted')
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('M-39a, M-39b: decisions are read here, with a file; reviews are made at the single entry', async () => {
    const review = await open('demo.manager', '/admin/accounts/review');
    expect(review.html).toContain(`${office.world.issuer}/console/access-requests`);
    const hpa = await office.idpDb
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.hpa')
      .executeTakeFirstOrThrow();
    await office.idpDb
      .updateTable('permission_request')
      .set({ status: 'refused', decided_at: new Date(), decided_by: hpa.id, reason: '名額足夠' })
      .where('status', '=', 'submitted')
      .execute();
    const history = await open('demo.manager', '/admin/accounts/review-history?decision=refused');
    expect(history.text).toContain('名額足夠');
    expect((await open('demo.bureau', '/admin/accounts/review-history')).text).not.toContain('名額足夠');
    const file = await open('demo.manager', '/admin/accounts/review-history/export?format=xlsx');
    expect(file.headers.get('content-type')).toContain('spreadsheetml');
  });
});
