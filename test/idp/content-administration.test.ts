import { type FakeClamd, MARK, SIGNATURE, startFakeClamd } from '../support/fake-clamd.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { browserOf } from '../support/relying-party.ts';
import { rawRequest } from '../support/raw-http.ts';

const CONTENT = '/console/content';
const FILLED = {
  'title.zh-TW': '流感疫苗開打',
  'title.en': 'Vaccination begins',
  'body.zh-TW': '第一段\n\n- 項目一\n- 項目二',
  'body.en': 'Text',
  state: 'released',
  publishFrom: '2026-01-01T09:00',
  order: '5',
};

describe('content of the portal, written in the console', () => {
  let world: IdpWorld;
  let clamd: FakeClamd;
  let agency: Journey;
  let manager: Journey;

  beforeAll(async () => {
    clamd = await startFakeClamd();
    world = await startIdpWorld({ env: { IDP_CLAMD: `127.0.0.1:${clamd.port}` } });
    agency = await portalOf(world, 'demo.hpa');
    manager = await portalOf(world, 'demo.manager');
  });
  afterAll(async () => {
    await world.stop();
    await clamd.stop();
  });

  const open = (browser: Journey, path: string) => browser.open(world.issuer + path);
  const save = async (browser: Journey, path: string, fields: Record<string, string>): Promise<Page> => {
    await open(browser, path);
    return browser.submit((form) => form.action.endsWith(path) && 'version' in form.fields, fields);
  };
  const add = (browser: Journey, kind: string, fields: Record<string, string>) =>
    save(browser, `${CONTENT}/${kind}/new`, fields);
  const publicText = async (path: string) => (await open(browserOf(world), path)).text;
  const announcements = () => world.database.db.selectFrom('announcement').selectAll();

  it('P-43: the agency writes an announcement, sees it before anybody, and everybody after', async () => {
    await open(agency, `${CONTENT}/announcement/new`);
    const preview = await agency.submit(
      (form) => form.action.endsWith('/announcement/new'),
      FILLED,
      (button) => button.formAction?.endsWith('/preview') ?? false,
    );
    expect(preview.text).toContain('項目一');
    expect(await publicText('/announcements')).not.toContain('流感疫苗開打');
    const saved = await agency.submit((form) => form.action.endsWith('/announcement/new'), FILLED);
    expect(saved.text).toContain('已儲存');
    expect(await publicText('/announcements')).toContain('流感疫苗開打');
    const list = await open(agency, `${CONTENT}?kind=announcement&keyword=${encodeURIComponent('流感')}`);
    expect(list.text).toMatch(/流感疫苗開打.*刊登中/s);
    const record = await world.database.db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'content.created')
      .executeTakeFirstOrThrow();
    expect(record.details).toMatchObject({ via: 'console', role: 'hpa_admin' });
  });

  it('SM-15: draft, scheduled, published, over, archived, as the form and the times say', async () => {
    for (const [title, fields, state, isPublic] of [
      ['草稿公告', { state: 'draft' }, '草稿', false],
      ['排程公告', { publishFrom: '2099-01-01T09:00' }, '排程', false],
      ['過期公告', { publishUntil: '2026-01-02T09:00' }, '已過期', false],
      ['封存公告', { state: 'archived' }, '封存', false],
      ['刊登公告', {}, '刊登中', true],
    ] as const) {
      await add(agency, 'announcement', { ...FILLED, ...fields, 'title.zh-TW': title });
      const list = await open(agency, `${CONTENT}?keyword=${encodeURIComponent(title)}`);
      expect([title, list.text.includes(state)]).toEqual([title, true]);
      expect([title, (await publicText('/announcements')).includes(title)]).toEqual([title, isPublic]);
    }
  });

  it('keeps what was typed and says what is wrong with it', async () => {
    const page = await add(agency, 'announcement', {
      ...FILLED,
      'title.zh-TW': '',
      publishUntil: '2025-01-01T09:00',
    });
    expect(page.status).toBe(422);
    expect(page.text).toContain('請填寫');
    expect(page.html).toContain('Vaccination begins');
    const late = await add(agency, 'announcement', { ...FILLED, publishUntil: '2025-01-01T09:00' });
    expect(late.text).toContain('結束必須晚於開始');
    const unit = await add(agency, 'announcement', { ...FILLED, 'audience.units': '0000000000' });
    expect(unit.text).toContain('有不存在的單位代碼');
    const link = await add(agency, 'link', {
      'title.zh-TW': 'x',
      'body.zh-TW': 'x',
      url: 'javascript:alert(1)',
    });
    expect(link.text).toContain('https:// 開頭的網址');
  });

  it('P-43: a manager writes for the own unit only, and changes only what is theirs', async () => {
    const saved = await add(manager, 'announcement', {
      ...FILLED,
      'title.zh-TW': '本院公告',
      'audience.units': '2311170010',
      'audience.signedIn': '',
    });
    expect(saved.text).toContain('已儲存');
    const row = await announcements().where('title', '=', '本院公告').executeTakeFirstOrThrow();
    expect(row).toMatchObject({ audience_units: ['9876543210'], signed_in_only: true });
    expect(await publicText('/announcements')).not.toContain('本院公告');

    const foreign = await announcements().where('title', '=', '刊登公告').executeTakeFirstOrThrow();
    for (const path of ['', '/removal', '/preview', '/files']) {
      const answer = await forgeForm(world, manager, `${CONTENT}/announcement/${foreign.id}${path}`, FILLED);
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await open(manager, `${CONTENT}?keyword=${encodeURIComponent('刊登公告')}`)).text).not.toContain(
      '刊登中',
    );
    for (const kind of ['question', 'notice', 'window', 'download']) {
      expect((await open(manager, `${CONTENT}/${kind}/new`)).status).toBe(403);
    }
  });

  it('F11: passes over fields that are not of the form', async () => {
    const saved = await add(agency, 'announcement', { ...FILLED, 'title.zh-TW': '多餘欄位' });
    const id = saved.url.pathname.split('/').at(-1) ?? '';
    await open(agency, `${CONTENT}/announcement/${id}`);
    await forgeForm(world, agency, `${CONTENT}/announcement/${id}`, {
      ...FILLED,
      category: 'general',
      version: '1',
      slug: 'enter-by-account',
      author_account_id: '00000000-0000-4000-8000-000000000000',
      kind: 'event',
      id: '00000000-0000-4000-8000-000000000000',
    });
    const row = await announcements().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ kind: 'announcement', title: '流感疫苗開打', version: 2 });
    expect(row.slug).not.toBe('enter-by-account');
  });

  it('tells the second of two editors what the first changed, and loses nothing', async () => {
    const saved = await add(agency, 'question', {
      topic: 'account',
      'title.zh-TW': '問題',
      'body.zh-TW': '答案',
      state: 'draft',
    });
    const path = saved.url.pathname;
    const other = await portalOf(world, 'demo.ops');
    await open(other, path);
    await save(agency, path, { 'title.zh-TW': '對方的標題' });
    const late = await other.submit((form) => form.action === path, { 'title.zh-TW': '我的標題' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('有人先儲存了修改');
    expect(late.text).toContain('對方的標題');
    expect(late.html).toContain('value="我的標題"');
    const again = await other.submit((form) => form.action === path);
    expect(again.text).toContain('已儲存');
    expect((await open(agency, path)).html).toContain('value="我的標題"');
  });

  it('F14: scripts in titles and names stay text', async () => {
    await add(agency, 'announcement', { ...FILLED, 'title.zh-TW': '<script>alert(1)</script>' });
    for (const path of [CONTENT, '/announcements']) {
      expect((await open(agency, path)).html).not.toContain('<script>alert');
    }
  });

  it('P-02: notices appear above the portal and go when deleted, with a reason', async () => {
    const saved = await add(agency, 'notice', { 'text.zh-TW': '今晚維護', startsAt: '2026-01-01T00:00' });
    const { pathname } = saved.url;
    await eventuallyContains(() => publicText('/'), '今晚維護');
    await open(agency, `${pathname}/removal`);
    const refused = await agency.submit((form) => form.action.endsWith('/removal'), { reason: ' ' });
    expect(refused.status).toBe(422);
    const done = await agency.submit((form) => form.action.endsWith('/removal'), { reason: '不需要了' });
    expect(done.text).toContain('已刪除');
  });

  it('C-10: maintenance once or weekly', async () => {
    const both = await add(agency, 'window', {
      mode: 'advice',
      startsAt: '2026-12-01T22:00',
      'weekly.weekday': 'saturday',
      'weekly.start': '22:00',
      durationMinutes: '60',
    });
    expect(both.text).toContain('請擇一填寫');
    const weekly = await add(agency, 'window', {
      mode: 'advice',
      startsAt: '',
      'weekly.weekday': 'saturday',
      'weekly.start': '22:00',
      durationMinutes: '240',
    });
    expect(weekly.text).toContain('已儲存');
  });

  describe('files', () => {
    const upload = (browser: Journey, path: string, name: string, bytes: string, fields = {}) => {
      const boundary = 'a-boundary-of-this-test';
      const parts = Object.entries(fields as Record<string, string>).map(
        ([field, value]) =>
          `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
      );
      const body = `${parts.join('')}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/html\r\n\r\n${bytes}\r\n--${boundary}--\r\n`;
      const headers = {
        cookie: browser.jar.header(new URL(world.issuer)),
        origin: world.issuer,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      };
      return rawRequest(world.issuer, 'POST', path, { headers, body });
    };

    it('P-05: a download needs a file of a kind that is kept, and keeps it when only its words change', async () => {
      const fields = {
        category: 'manual',
        'title.zh-TW': '手冊',
        publishedOn: '2026-11-01',
        state: 'released',
        signedIn: '',
        order: '',
        version: '',
      };
      const path = `${CONTENT}/download/new`;
      const none = await upload(agency, path, '', '', fields);
      expect([none.status, none.body.includes('請選擇檔案')]).toEqual([422, true]);
      const wrong = await upload(agency, path, 'x.pdf', '<html>', fields);
      expect([wrong.status, wrong.body.includes('內容與副檔名不符')]).toEqual([422, true]);
      expect(wrong.body).toContain('value="手冊"');
      const saved = await upload(agency, path, '../../x.pdf', '%PDF-1.7 x', fields);
      expect(saved.status).toBe(303);
      const row = await world.database.db
        .selectFrom('download')
        .selectAll()
        .where('title', '=', '手冊')
        .executeTakeFirstOrThrow();
      expect(row.name).toBe('x.pdf');
      const again = await upload(agency, `${CONTENT}/download/${row.id}`, '', '', {
        ...fields,
        'title.zh-TW': '新手冊',
        version: '1',
      });
      expect(again.status).toBe(303);
      const after = await world.database.db
        .selectFrom('download')
        .selectAll()
        .where('id', '=', row.id)
        .executeTakeFirstOrThrow();
      expect(after).toMatchObject({ title: '新手冊', name: 'x.pdf', version: 2 });
    });

    it('G8: a file with malware is refused by the scanner, told and recorded; nothing of it is kept', async () => {
      const { pathname } = (await add(agency, 'announcement', { ...FILLED, 'title.zh-TW': '掃毒公告' })).url;
      const refused = await upload(agency, `${pathname}/files`, 'bad.txt', `so ${MARK}`);
      expect([refused.status, refused.body.includes('檔案含有惡意程式')]).toEqual([422, true]);
      expect((await open(agency, pathname)).text).not.toContain('bad.txt');
      const event = await world.database.db
        .selectFrom('audit_event')
        .select(['outcome', 'reason', 'details'])
        .where('type', '=', 'upload.refused')
        .executeTakeFirstOrThrow();
      expect(event).toEqual({
        outcome: 'refused',
        reason: 'infected',
        details: { signature: SIGNATURE, path: `${pathname}/files` },
      });
    });

    it('P-04: files are attached to an announcement and taken away', async () => {
      const saved = await add(agency, 'announcement', { ...FILLED, 'title.zh-TW': '附件公告' });
      const { pathname } = saved.url;
      expect((await upload(agency, `${pathname}/files`, 'page.html', '<script>')).status).toBe(422);
      expect((await upload(agency, `${pathname}/files`, 'note.txt', 'hello')).status).toBe(303);
      expect((await open(agency, pathname)).text).toContain('note.txt');
      await save(agency, pathname, { order: '9' }); // changing words keeps the files
      const page = await open(agency, pathname);
      expect(page.text).toContain('note.txt');
      const gone = await agency.submit((form) => form.action.includes('/files/'));
      expect(gone.text).toContain('沒有附件');
    });
  });
});

async function eventuallyContains(read: () => Promise<string>, text: string): Promise<void> {
  for (let at = 0; at < 50 && !(await read()).includes(text); at += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await read()).toContain(text);
}
