import { readForms } from '../support/html.ts';
import { FILLED, type Fields, OFFICE, attach, formAt, sendForm, write } from './support/content.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';
import { AGENCY, MAINTENANCE, MANAGER, actingAs } from './support/people.ts';
import type { Page, Visitor } from './support/visitor.ts';

/* The office of those who write what the system tells its people. */

let mch: Mch;
let nurse: Visitor;
let agency: Visitor;
let maintenance: Visitor;
beforeAll(async () => {
  mch = await startMch();
  nurse = await actingAs(mch, HOSPITAL);
  agency = await actingAs(mch, AGENCY);
  maintenance = await actingAs(mch, MAINTENANCE);
});
afterAll(() => mch.stop());

/** '0' for an entry that is gone. */
const versionOf = async (id: string): Promise<string> => {
  const query = mch.database.db.selectFrom('content').select('version').where('id', '=', id);
  return String((await query.executeTakeFirst())?.version ?? 0);
};

describe('who writes', () => {
  it('SM-15: the national administration edits all, maintenance its own, nobody else anything', async () => {
    const theirs = await write(agency, 'announcement', {});
    const own = await write(maintenance, 'question', { category: 'system' }, 'save');
    const list = await maintenance.go(OFFICE);
    expect(list.text).toContain('無權限');
    expect(list.text).not.toContain(`${OFFICE}/${theirs}`);
    // of what others wrote they see what any reader of their account is told, and no more
    await write(agency, 'announcement', { 'title.zh-TW': '尚未發布的事' }, 'save');
    await write(agency, 'announcement', { 'title.zh-TW': '只給醫事的事', 'audience.duties': 'medical' });
    await write(agency, 'announcement', { 'title.zh-TW': '明年的事', publishFrom: '2999-01-01T00:00' });
    await write(maintenance, 'announcement', { 'title.zh-TW': '自己的草稿' }, 'save');
    const titles = ['尚未發布的事', '只給醫事的事', '明年的事', '自己的草稿'];
    for (const [visitor, seen] of [
      [maintenance, ['自己的草稿']],
      [agency, titles],
    ] as const) {
      const { text } = await visitor.go(OFFICE);
      expect(titles.filter((title) => text.includes(title))).toEqual(seen);
      const found = await visitor.go(`${OFFICE}?keyword=${encodeURIComponent('醫事的事')}`);
      expect(found.text.includes('只給醫事的事')).toBe(seen.length > 1);
    }
    expect((await agency.go(`${OFFICE}/${own}`)).status).toBe(200);
    const form = await formAt(agency, `${OFFICE}/${theirs}`);
    const manager = await actingAs(mch, MANAGER);
    for (const [visitor, account] of [
      [maintenance, MAINTENANCE],
      [manager, MANAGER],
      [nurse, HOSPITAL],
    ] as const) {
      const sent = { ...form.fields, ...FILLED, acting: account.id, generation: '', deed: 'publish' };
      expect((await visitor.ask(`${OFFICE}/${theirs}`)).status).toBe(403);
      for (const below of ['', '/preview', '/withdrawal', '/removal']) {
        const answer = await visitor.ask(`${OFFICE}/${theirs}${below}`, { form: sent });
        expect([account.duty, below, answer.status]).toEqual([account.duty, below, 403]);
      }
      expect((await attach(visitor, account, theirs, { name: 'a.txt', content: 'a' })).status).toBe(403);
    }
    for (const path of [OFFICE, `${OFFICE}/new/link`]) expect((await nurse.ask(path)).status).toBe(403);
    const { version } = await mch.database.db
      .selectFrom('content')
      .select('version')
      .where('id', '=', theirs)
      .executeTakeFirstOrThrow();
    expect(version).toBe(1);
  });

  it('SM-15: draft, published, withdrawn, published again, withdrawn and deleted, each with its record', async () => {
    const before = (await mch.auditTypes()).length;
    const id = await write(
      agency,
      'event',
      {
        ...{ category: 'training', 'event.startsAt': '2026-12-04T09:00', 'event.place.zh-TW': '高雄' },
      },
      'save',
    );
    const shown = async () => (await nurse.ask(`/common/events/${id}`)).status;
    expect(await shown()).toBe(404);
    const publish = async () =>
      sendForm(agency, await formAt(agency, `${OFFICE}/${id}`), { deed: 'publish' });
    const end = async (deed: string) =>
      agency.ask(`${OFFICE}/${id}/${deed}`, {
        form: { acting: AGENCY.id, generation: '', version: await versionOf(id) },
      });
    expect([(await publish()).status, await shown()]).toEqual([303, 200]);
    expect((await end('removal')).status).toBe(409);
    expect([(await end('withdrawal')).status, await shown()]).toEqual([303, 404]);
    expect((await end('withdrawal')).status).toBe(303);
    expect([(await publish()).status, await shown()]).toEqual([303, 200]);
    await end('withdrawal');
    expect([(await end('removal')).status, (await end('removal')).status]).toEqual([303, 303]);
    const words = ['created', 'published', 'withdrawn', 'published', 'withdrawn', 'deleted'];
    expect((await mch.auditTypes()).slice(before)).toEqual(
      words.map((word) => `content.${word}: event ${id}`),
    );
    // what was published outlives its entry, and nobody takes it back
    const versions = mch.database.db.selectFrom('content_version').selectAll().where('content_id', '=', id);
    const kept = await versions.orderBy('id').execute();
    expect(kept.map(({ deed }) => deed)).toEqual(words);
    expect(kept[1]?.entry).toMatchObject({ title: '功能上線', state: 'released', audience_units: [] });
    expect(kept[1]?.entry).not.toHaveProperty('author_name');
    const refused = { code: '42501' };
    await expect(mch.database.db.deleteFrom('content_version').execute()).rejects.toMatchObject(refused);
    await expect(
      mch.database.db.updateTable('content_version').set({ deed: 'x' }).execute(),
    ).rejects.toMatchObject(refused);
  });

  it('F7: what is too long to be kept is not shown as it would look either', async () => {
    const form = await formAt(agency, `${OFFICE}/new/announcement`);
    const look = async (body: string) => {
      const sent = { form: { ...form.fields, ...FILLED, 'body.zh-TW': body } };
      return (await agency.ask(`${OFFICE}/new/announcement/preview`, sent)).text;
    };
    expect(await look('第一段')).toContain('class="preview"');
    const text = await look(`https://${'.'.repeat(100_000)}a`);
    expect([text.includes('class="preview"'), text.includes('href="#body.zh-TW"')]).toEqual([false, true]);
  });

  it('SM-15: of twenty equal forms at once one is written; of twenty different ones one, and nineteen are shown it', async () => {
    const before = (await mch.auditTypes()).length;
    const twenty = (send: (at: number) => Promise<Page>) =>
      Promise.all(Array.from({ length: 20 }, (_, at) => send(at)));
    const fresh = await formAt(agency, `${OFFICE}/new/announcement`);
    const made = await twenty(() => sendForm(agency, fresh, { ...FILLED, deed: 'publish' }));
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 303));
    const id = fresh.fields['id'] ?? '';
    const opened = await formAt(agency, `${OFFICE}/${id}`);
    const tried = await twenty((at) => sendForm(agency, opened, { 'title.zh-TW': `第${at}版` }));
    expect(tried.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(tried.filter(({ status }) => status === 409)).toHaveLength(19);
    expect((await mch.auditTypes()).slice(before)).toEqual([
      `content.published: announcement ${id}`,
      `content.changed: announcement ${id}`,
    ]);
    // what was typed stays, what the other saved stands beside it, and the next save is the editor's own will
    const conflict = tried.find(({ status }) => status === 409);
    expect(conflict?.text).toContain('有人先儲存了修改');
    const form = readForms(conflict?.text ?? '').find(({ fields }) => 'version' in fields);
    expect(form?.fields['title.zh-TW']).toMatch(/^第\d+版$/);
    expect(conflict?.text).toMatch(/<del>第\d+版<\/del>/);
    expect(form && (await sendForm(agency, form, {})).status).toBe(303);
  });

  it('SM-15: what changed since the form was opened is neither withdrawn, deleted nor robbed of a file', async () => {
    const id = await write(agency, 'announcement', {});
    const withdrawal = await formAt(agency, `${OFFICE}/${id}/withdrawal`);
    // a file that came counts as a change
    await attach(agency, AGENCY, id, { name: 'a.txt', content: 'a' });
    expect((await sendForm(agency, withdrawal, {})).status).toBe(409);
    expect((await sendForm(agency, withdrawal, { version: '' })).status).toBe(400);
    const opened = readForms((await agency.go(`${OFFICE}/${id}`)).text);
    const dropping = opened.find(({ action }) => action.endsWith('/removal'));
    if (!dropping) throw new Error('no file to remove');
    const edited = await sendForm(agency, await formAt(agency, `${OFFICE}/${id}`), { 'title.zh-TW': '改過' });
    expect([edited.status, (await sendForm(agency, dropping, {})).status]).toEqual([303, 409]);
    expect((await sendForm(agency, await formAt(agency, `${OFFICE}/${id}/withdrawal`), {})).status).toBe(303);
    const removal = await formAt(agency, `${OFFICE}/${id}/removal`);
    expect((await sendForm(agency, await formAt(agency, `${OFFICE}/${id}`), { order: '3' })).status).toBe(
      303,
    );
    expect((await sendForm(agency, removal, {})).status).toBe(409);
    expect((await agency.go(`${OFFICE}/${id}`)).text).toContain('a.txt');
  });

  it('keeps what was typed when something is wrong, and takes nothing that the form does not offer', async () => {
    const form = await formAt(agency, `${OFFICE}/new/link`);
    const wrong = async (fields: Fields) => {
      const page = await sendForm(agency, form, {
        ...FILLED,
        category: 'agency',
        url: 'https://a.example/',
        ...fields,
      });
      return [page.status, /data-error-summary.*?<a href="#([^"]*)"/s.exec(page.text)?.[1]];
    };
    expect(await wrong({ url: 'javascript:alert(1)' })).toEqual([422, 'url']);
    expect(await wrong({ url: 'https://bank.example@evil.example/' })).toEqual([422, 'url']);
    expect(await wrong({ 'title.zh-TW': '長'.repeat(201) })).toEqual([422, 'title.zh-TW']);
    expect(await wrong({ publishUntil: '2025-12-31T00:00' })).toEqual([422, 'publishUntil']);
    expect(await wrong({ publishFrom: '2026-02-30T00:00' })).toEqual([422, 'publishFrom']);
    expect(await wrong({ order: '1.5' })).toEqual([422, 'order']);
    expect(await wrong({ category: 'notice' })).toEqual([422, 'category']);
    expect(await wrong({ 'audience.duties': 'everybody' })).toEqual([422, 'audience.duties']);
    expect(await wrong({ 'audience.units': '0000000000' })).toEqual([422, 'audience.units']);
    const page = await sendForm(agency, form, { ...FILLED, category: '', 'title.zh-TW': '<b>留著</b>' });
    expect(page.text).toContain('&lt;b&gt;留著&lt;/b&gt;');
    for (const version of ['1', 'x']) expect((await sendForm(agency, form, { version })).status).toBe(400);
    expect((await sendForm(agency, form, { id: '../../x' })).status).toBe(400);
    const sent = { ...FILLED, category: 'agency', url: 'HTTPS://www.Example.org' };
    expect((await sendForm(agency, form, sent)).status).toBe(303);
    expect((await agency.go(`${OFFICE}/${form.fields['id']}`)).text).toContain(
      'value="https://www.example.org/"',
    );
    // a mass assignment changes nothing
    const own = await write(
      maintenance,
      'guide',
      { category: 'first', state: 'released', author_account: AGENCY.id },
      'save',
    );
    const row = await mch.database.db
      .selectFrom('content')
      .selectAll()
      .where('id', '=', own)
      .executeTakeFirstOrThrow();
    expect([row.state, row.author_account, row.author_name]).toEqual(['draft', MAINTENANCE.id, mch.op.name]);
  });

  it('P-05: files are what they say, stored under a plain name, sent to be saved; markup in texts is text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const fields = {
      category: 'manual',
      'title.zh-TW': hostile,
      'body.zh-TW': `${hostile}\n\n- https://a.example/"x`,
    };
    const form = await formAt(agency, `${OFFICE}/new/download`);
    const refused = await sendForm(agency, form, { ...FILLED, ...fields, deed: 'publish' });
    expect([refused.status, refused.text.includes('下載要先加入檔案才能發布')]).toEqual([422, true]);
    const id = await write(agency, 'download', fields, 'save');
    for (const [name, content] of [
      ['page.html', '<script>alert(1)</script>'],
      ['手冊.pdf', '<script>alert(1)</script>'],
      ['program.exe', 'MZ'],
      ['a.svg', '<svg onload="alert(1)"/>'],
      ['noending', 'text'],
      ['empty.txt', ''],
      ['large.pdf', `%PDF-1.7${' '.repeat(20 * 1024 * 1024)}`],
    ] as const) {
      expect([name, (await attach(agency, AGENCY, id, { name, content })).status]).toEqual([name, 422]);
    }
    const file = { name: '../../etc/手冊"<x>\u202E.pdf', content: '%PDF-1.7 手冊' };
    const twice = await Promise.all([attach(agency, AGENCY, id, file), attach(agency, AGENCY, id, file)]);
    expect(twice.map(({ status }) => status)).toEqual([303, 303]);
    const stored = await mch.database.db
      .selectFrom('content_file')
      .selectAll()
      .where('content_id', '=', id)
      .execute();
    expect(stored.map(({ name }) => name)).toEqual(['手冊x.pdf']);
    const { files } = await mch.database.db
      .selectFrom('content_version')
      .select('files')
      .where('content_id', '=', id)
      .where('deed', '=', 'file_added')
      .executeTakeFirstOrThrow();
    expect(files).toEqual([{ name: '手冊x.pdf', sha256: stored[0]?.sha256.toString('hex') }]);
    expect(
      (await sendForm(agency, await formAt(agency, `${OFFICE}/${id}`), { deed: 'publish' })).status,
    ).toBe(303);
    const list = await nurse.ask('/common/downloads');
    expect(list.text).not.toContain('<img src=x');
    expect((await nurse.ask(`/common/downloads/${id}`)).text).not.toContain('<img src=x');
    const sent = await nurse.ask(`/common/downloads/${id}/files/${stored[0]?.id}`);
    expect(sent.text).toBe(file.content);
    expect(sent.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(sent.headers.get('content-security-policy')).toContain('sandbox');
    const again = await fetch(`${nurse.origin}/common/downloads/${id}/files/${stored[0]?.id}`, {
      headers: {
        cookie: [...nurse.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'cache-control': 'max-age=0',
        'if-none-match': sent.headers.get('etag') ?? '',
      },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const drop = { form: { acting: AGENCY.id, generation: '', version: await versionOf(id) } };
    const full = await write(agency, 'guide', { category: 'first' }, 'save');
    const many = await Promise.all(
      Array.from({ length: 24 }, (_, at) =>
        attach(agency, AGENCY, full, { name: `${at}.txt`, content: `${at}` }),
      ),
    );
    expect(many.filter(({ status }) => status === 303)).toHaveLength(20);
    expect((await agency.ask(`${OFFICE}/${id}/files/${stored[0]?.id}/removal`, drop)).status).toBe(422);
  });
});
