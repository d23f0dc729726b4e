import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import { LAB, SPECIMENS, actingAs, send } from './support/people.ts';

/* What people arrange for themselves: the window, favourites, the search for functions; and what waits at first. */

const SPECIMEN = 'maternal/gbs/specimens';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());
beforeEach(() => {
  mch.op.accounts = [HOSPITAL, STATION];
  mch.op.acting = HOSPITAL.id;
});

const favour = (path: string, on = '1') => ({ path, on, return_to: '/' });

describe('the frame of every page', () => {
  it('M-01: names the unit with its code, the role and the person', async () => {
    const page = await (await mch.nurse()).ask(SPECIMENS);
    expect(page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')).toContain(
      '(9876543210)示範醫院 一般使用者 陳護理師',
    );
  });

  it('M-12: the title bar is the path of the menu', async () => {
    const page = await (await mch.nurse()).ask(SPECIMENS);
    const bar = /<ol>(.*?)<\/ol>/s.exec(page.text)?.[1] ?? '';
    expect([...bar.matchAll(/<li>(.*?)<\/li>/g)].map((match) => match[1])).toEqual([
      '孕產婦及婦女',
      '乙型鏈球菌篩檢',
      '採檢登錄',
    ]);
  });

  it('M-11: the wide window is kept for the person, whatever account, and without scripts', async () => {
    const nurse = await mch.nurse();
    expect((await nurse.ask('/')).text).not.toContain('page-wide');
    const page = await send(nurse, '/preferences/window', HOSPITAL, { wide: '1', return_to: SPECIMENS });
    expect(page.url).toBe(mch.origin + SPECIMENS);
    expect(page.text).toContain('page-shell page-wide');
    expect(page.text).toContain('縮小工作視窗');
    await nurse.go('/account-switch', { form: { account: STATION.id, acting: HOSPITAL.id, return_to: '/' } });
    expect((await nurse.ask('/')).text).toContain('page-wide');
    await send(nurse, '/preferences/window', STATION, { wide: '0', return_to: '/' });
    expect((await nurse.ask('/')).text).not.toContain('page-wide');
  });

  it('G2: are another’s by another subject, whatever name, mail and number they share; no mail or number is a key', async () => {
    const { op } = mch;
    op.contact = { email: 'shared@example.invalid', national_id_masked: 'A12****789' };
    const nurse = await mch.nurse();
    await send(nurse, '/preferences/window', HOSPITAL, { wide: '1', return_to: '/' });
    const isWide = async () => (await (await mch.nurse()).ask('/')).text.includes('page-wide');
    op.sub = 'person-2';
    expect(await isWide()).toBe(false);
    op.sub = 'person-1';
    op.contact = { email: 'changed@example.invalid' };
    expect(await isWide()).toBe(true);
    op.contact = {};
    const keys = await mch.database.query<{ at: string }>(
      `select c.relname || '.' || a.attname as at from pg_index i join pg_class c on c.oid = i.indrelid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
       where i.indisunique and c.relnamespace = 'public'::regnamespace and $1
         and a.attname ~ '(mail|phone|mobile|login|national|id_no|id_hint|person_name)'`,
      [true],
    );
    expect(keys.map(({ at }) => at)).toEqual([]);
  });

  it('leads to no other site after a deed', async () => {
    const nurse = await mch.nurse();
    const form = { acting: HOSPITAL.id, wide: '0', return_to: 'https://elsewhere.example/' };
    expect((await nurse.ask('/preferences/window', { form })).headers.get('location')).toBe('/');
    const other = { acting: HOSPITAL.id, wide: '0', return_to: '//elsewhere.example/' };
    expect((await nurse.ask('/preferences/window', { form: other })).headers.get('location')).toBe('/');
  });
});

describe('favourites', () => {
  it('are kept for the account, shown at home, and taken away', async () => {
    const nurse = await mch.nurse();
    const page = await send(nurse, '/favourites', HOSPITAL, favour(SPECIMEN));
    expect(page.text).toContain('已將「採檢登錄」加入常用功能。');
    const home = await nurse.ask('/');
    expect(/id="favourites".*?<\/section>/s.exec(home.text)?.[0]).toContain(`href="/${SPECIMEN}"`);
    expect((await nurse.ask(SPECIMENS)).text).toContain('移除常用');
    const lab = await actingAs(mch, LAB);
    expect(/id="favourites".*?<\/section>/s.exec((await lab.ask('/')).text)?.[0]).not.toContain('<a');
    await send(nurse, '/favourites', HOSPITAL, favour(SPECIMEN, '0'));
    expect((await nurse.ask(SPECIMENS)).text).toContain('加入常用');
  });

  it('are refused for what the account may not use, and for what is no function', async () => {
    const nurse = await mch.nurse();
    for (const path of ['maternal/gbs/import', 'maternal/gbs', 'nowhere', '']) {
      expect(
        (await nurse.ask('/favourites', { form: { acting: HOSPITAL.id, ...favour(path) } })).status,
      ).toBe(404);
    }
    expect(
      (await nurse.ask('/favourites', { form: { acting: STATION.id, ...favour(SPECIMEN) } })).status,
    ).toBe(409);
  });

  it('are not shown once the account may no longer use them, and never more than thirty', async () => {
    const nurse = await mch.nurse();
    const add = (path: string) =>
      mch.database.db
        .insertInto('favourite')
        .values({ account_id: HOSPITAL.id, path, added_at: new Date() })
        .execute();
    await add('maternal/gbs/import');
    expect(/id="favourites".*?<\/section>/s.exec((await nurse.ask('/')).text)?.[0]).not.toContain('<a');
    for (let at = 1; at < 30; at += 1)
      await add(`maternal/gone-${String.fromCodePoint(96 + (at % 26) + 1)}${at}`);
    const page = await send(nurse, '/favourites', HOSPITAL, favour(SPECIMEN));
    expect(page.text).toContain('常用功能最多 30 項');
    await mch.database.db.deleteFrom('favourite').execute();
  });

  it('are one row of twenty presses at once', async () => {
    const nurse = await mch.nurse();
    const presses = Array.from({ length: 20 }, () => send(nurse, '/favourites', HOSPITAL, favour(SPECIMEN)));
    await Promise.all(presses);
    expect(await mch.database.db.selectFrom('favourite').selectAll().execute()).toHaveLength(1);
  });
});

describe('the search for functions', () => {
  it('finds by names of either language what the account may use, its own name first', async () => {
    const nurse = await mch.nurse();
    for (const query of ['採檢', 'specimen', '乙型 採檢', 'ＳＰＥＣＩＭＥＮ']) {
      const page = await nurse.ask(`/functions?q=${encodeURIComponent(query)}`);
      expect([query, /class="area-link" href="([^"]*)"/.exec(page.text)?.[1]]).toEqual([
        query,
        `/${SPECIMEN}`,
      ]);
    }
    expect((await nurse.ask('/functions?q=結果登錄')).text).toContain('沒有符合的功能');
    expect((await nurse.ask('/functions?q=%3Cb%3E')).text).not.toContain('<b>');
  });

  it('tells a script the same functions, and nobody who is not signed in', async () => {
    const nurse = await mch.nurse();
    const answer = await nurse.ask('/functions', { headers: { accept: 'application/json' } });
    const urls = (JSON.parse(answer.text) as { url: string }[]).map(({ url }) => url);
    expect(urls).toContain(`/${SPECIMEN}`);
    expect(urls).not.toContain('/maternal/gbs/import');
    expect((await mch.visitor().ask('/functions')).status).toBe(303);
  });
});

describe('the to-dos at first', () => {
  const popsUp = (text: string): boolean => text.includes('data-todo-dialog');

  it('M-06: open once for each account of a sign-in, on whatever page comes first', async () => {
    const nurse = mch.visitor();
    const first = await nurse.go(SPECIMENS);
    expect(first.url).toBe(mch.origin + SPECIMENS);
    expect(popsUp(first.text)).toBe(true);
    expect(first.text).toContain('乙型鏈球菌檢查結果未上傳資料');
    expect(popsUp((await nurse.ask('/')).text)).toBe(false);
    const lab = { ...LAB, id: 'P@00000001P@mbh_09' };
    mch.op.accounts = [HOSPITAL, lab];
    const to = (account: string, acting: string) =>
      nurse.go('/account-switch', { form: { account, acting, return_to: '/' } });
    expect(popsUp((await to(lab.id, HOSPITAL.id)).text)).toBe(true);
    expect(popsUp((await to(HOSPITAL.id, lab.id)).text)).toBe(false);
  });

  it('M-06: open again after the next sign-in, and not where nothing can wait', async () => {
    expect(popsUp((await mch.visitor().go('/')).text)).toBe(true);
    const idle = await actingAs(mch, { ...STATION, id: 'P@00000009P@mbh_01', menu_roles: [] });
    await mch.database.db.updateTable('rp_session').set({ todos_shown: [] }).execute();
    expect(popsUp((await idle.ask('/')).text)).toBe(false);
  });

  it('M-06: open once, however many pages ask at once', async () => {
    const nurse = await mch.nurse();
    await mch.database.db.updateTable('rp_session').set({ todos_shown: [] }).execute();
    const pages = await Promise.all(Array.from({ length: 20 }, () => nurse.ask('/')));
    expect(pages.filter(({ text }) => popsUp(text))).toHaveLength(1);
  });
});
