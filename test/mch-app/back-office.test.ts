import { createJourney } from '../support/journey.ts';
import { ACCOUNTS, type OfficeWorld, type Who, startOffice } from './support/office.ts';

/* The back office against the real single entry: every call in the person's own name. */

let office: OfficeWorld;
beforeAll(async () => {
  office = await startOffice();
});
afterAll(() => office.stop());

const open = async (who: Who, path: string) => (await office.as(who)).open(office.mch + path);

describe('the back office', () => {
  it('M-30: is for holders of its rights, with a shell of its own and the ways out of it', async () => {
    const page = await open('demo.manager', '/admin/dashboard');
    expect(page.status).toBe(200);
    for (const words of ['Hello, 林示範', '業務申請審核', '回前台', '系統管理設定', '個人資料', '站內訊息']) {
      expect(page.text).toContain(words);
    }
    for (const tab of ['/admin/service', '/admin/accounts']) expect(page.html).toContain(`href="${tab}"`);
    expect(page.html).not.toMatch(/eyJ[\w-]{10}/); // no token reaches the browser
    for (const path of ['/admin/dashboard', '/admin/accounts', '/admin/service']) {
      expect([path, (await open('demo.nurse', path)).status]).toEqual([path, 403]);
    }
    expect((await createJourney().open(`${office.mch}/admin/dashboard`)).url.href).toContain(
      office.world.issuer,
    );
  });

  const setRole = (role: string) =>
    office.idpDb
      .updateTable('subsystem_account')
      .set({ role })
      .where('id', '=', ACCOUNTS['demo.bureau'])
      .execute();

  it('M-01: the header leads there exactly who has something there, and every place it leads to opens', async () => {
    const linkOf = (html: string): string | undefined =>
      /class="desk-links"[\s\S]*?href="(\/admin[^"]*)"[\s\S]*?<\/ul>/.exec(html)?.[1];
    expect(linkOf((await open('demo.nurse', '/common/profile')).html)).toBeUndefined();
    const walk = async (who: Who): Promise<string[]> => {
      const start = linkOf((await open(who, '/common/profile')).html);
      const { html } = await open(who, start ?? '');
      const found = [...html.matchAll(/href="([^"]+)"/g)].map(([, href = '']) =>
        href.replaceAll('&amp;', '&'),
      );
      const places = [...new Set(found.filter((href) => /^\/admin|^\/common|\/console$/.test(href)))];
      for (const href of places) {
        const page = await (await office.as(who)).open(new URL(href, office.mch).href);
        expect([who, href, page.status]).toEqual([who, href, 200]);
      }
      return [start ?? '', ...places];
    };
    for (const who of ['demo.manager', 'demo.hpa', 'demo.bureau'] as const) {
      const places = await walk(who);
      expect(places[0]).toBe('/admin/dashboard');
      expect(places.some((href) => href.endsWith('/console'))).toBe(true);
      expect(places).toContain('/admin/accounts/staff');
    }
    // a bureau that decides about changes and manages nobody
    await setRole('mch_user');
    office.forget('demo.bureau');
    const places = await walk('demo.bureau');
    expect(places[0]).toBe('/admin/service/change-review');
    expect(places.filter((href) => /console$|admin\/(accounts|dashboard)/.test(href))).toEqual([]);
    await setRole('mch_manager');
    office.forget('demo.bureau');
  });

  it('M-31, M-33: counts the own unit with links to each page; the agency sees every unit', async () => {
    const page = await open('demo.manager', '/admin/dashboard');
    expect(page.text).toMatch(/使用者帳號總數\/管理者\/一般使用者\s*3 \/ 1 \/ 2/);
    expect(page.text).toMatch(/系統權限申請\s*無/);
    expect(page.text).toContain('產檢院所');
    const [, own] = /(\d+) \/ \d+ \/ \d+/.exec(page.text) ?? [];
    const nation = await open('demo.hpa', '/admin/dashboard');
    const [, all] = /(\d+) \/ \d+ \/ \d+/.exec(nation.text) ?? [];
    expect(Number(all)).toBeGreaterThan(Number(own));
  });

  it('M-32: 25 hours of sign-ins of all users, one person once an hour, nothing older, as bars and as a table', async () => {
    const line = {
      how: 'sign_in' as const,
      person_name: '某人',
      account_id: 'P@00000009P@mbh_01',
      unit_code: '2311170010', // another unit counts as well
      unit_name: '示範衛生所',
      ip: '192.0.2.1',
      end_reason: 'idle',
      session_digest: null,
    };
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).getTime();
    const at = (ms: number) => ({ signed_in_at: new Date(hour + ms), signed_out_at: new Date(hour + ms) });
    const day = 24 * 3_600_000;
    await office.mchDb
      .insertInto('sign_in_log')
      .values([
        { ...line, sub: 'a', ...at(-day) },
        { ...line, sub: 'a', ...at(-day + 1000) }, // the same person in the same hour
        { ...line, sub: 'b', ...at(-day + 3_599_000) },
        { ...line, sub: 'c', ...at(-day - 1000) }, // just before
        { ...line, sub: 'd', how: 'switch', ...at(-day + 2000) }, // no sign-in
      ])
      .execute();
    const { html } = await open('demo.manager', '/admin/dashboard');
    expect(html.match(/<rect class="chart-good"/g)).toHaveLength(25);
    const numbers = [...html.matchAll(/<td class="numeric">(\d+)<\/td>/g)].map(([, text]) => Number(text));
    expect(numbers).toHaveLength(25);
    expect(numbers[0]).toBe(2);
    expect(numbers.at(-1)).toBeGreaterThanOrEqual(2); // ourselves
  });

  it('M-31: while the single entry is away the page says so and keeps the rest', async () => {
    const journey = await office.as('demo.manager');
    const pid = office.world.idp[0]?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      await office.mchDb
        .updateTable('rp_session')
        .set({ refreshed_at: new Date(Date.now() + 60_000) })
        .execute();
      const page = await journey.open(`${office.mch}/admin/dashboard`);
      expect(page.status).toBe(200);
      expect(page.text).toContain('單一入口暫時無法連線');
      expect(page.html.match(/<rect class="chart-good"/g)).toHaveLength(25);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  it('T30: a manager’s to-dos count accounts to approve, accounts to reinstate, requests for rights; nobody else’s', async () => {
    const page = await open('demo.manager', '/common/todo');
    for (const label of ['帳號申請待核定', '帳號待復權', '系統權限申請']) expect(page.text).toContain(label);
    for (const place of ['review', 'reinstatement', 'permission-requests']) {
      expect(page.html).toContain(`href="/admin/accounts/${place}"`);
    }
    expect((await open('demo.nurse', '/common/todo')).text).not.toContain('帳號申請待核定');
  });

  it('M-30: a tab left under another account asks for nothing in its name', async () => {
    const journey = await office.as('demo.manager');
    const page = await journey.open(`${office.mch}/admin/accounts/permission-requests/new`);
    const [form] = page.forms.filter(({ action }) => action === '/admin/accounts/permission-requests');
    const answer = await fetch(`${office.mch}/admin/accounts/permission-requests`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        cookie: journey.jar.header(new URL(office.mch)),
        origin: office.mch,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ ...form?.fields, acting: ACCOUNTS['demo.nurse'], content: 'x' }).toString(),
    });
    expect(answer.status).toBe(409);
    expect(await office.idpDb.selectFrom('permission_request').select('id').execute()).toEqual([]);
  });

  it('F4: a manager who is none any more is told by the single entry, whatever the session here says', async () => {
    await open('demo.bureau', '/admin/dashboard');
    await setRole('mch_user');
    const page = await open('demo.bureau', '/admin/dashboard');
    expect(page.text).toContain('您目前的帳號不是管理者');
    expect(page.text).not.toContain('使用者帳號總數');
    await setRole('mch_manager');
  });

  it('R-07: a person whose account ends is out with the next click', async () => {
    await open('demo.bureau', '/admin/dashboard');
    const { idpDb } = office;
    const person = await idpDb
      .updateTable('account')
      .set({ status: 'disabled' })
      .where('login_name', '=', 'demo.bureau')
      .returning('id')
      .executeTakeFirstOrThrow();
    await idpDb.deleteFrom('oidc_grant').where('account_id', '=', person.id).execute();
    await idpDb.deleteFrom('oidc_session').where('account_id', '=', person.id).execute();
    const page = await open('demo.bureau', '/admin/dashboard');
    expect(page.url.pathname).not.toBe('/admin/dashboard');
    expect(page.text).not.toContain('系統全部使用者登入時段統計');
    const ends = await office.mchDb
      .selectFrom('sign_in_log')
      .select('end_reason')
      .where('account_id', '=', ACCOUNTS['demo.bureau'])
      .execute();
    expect(ends.filter((end) => end.end_reason === 'refresh_refused')).toHaveLength(1);
  });
});
