import { insertNotice } from '#mch/notices/index.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import { LAB, actingAs, send } from './support/people.ts';

/* The pages about oneself: messages of the account, details, who is reminded by mail. */

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());
beforeEach(() => {
  mch.op.accounts = [HOSPITAL, STATION];
  mch.op.acting = HOSPITAL.id;
  mch.op.api = undefined;
});

const leave = (key: string, accountId = HOSPITAL.id, subject = `通知${key}`) =>
  mch.database.db.transaction().execute((trx) =>
    insertNotice(
      trx,
      {
        ...{
          dedupeKey: key,
          accountId,
          path: '/common/change-requests/history/1',
          link: 'https://x.example/',
        },
        subject: { 'zh-TW': subject, en: `Notice ${key}` },
        body: { 'zh-TW': '第一行\n<b>第二行', en: 'Text' },
        at: mch.clock.now(),
      },
      'kept',
    ),
  );

describe('messages', () => {
  it('M-10: are counted in the header, listed, read by opening, and escaped', async () => {
    const nurse = await mch.nurse();
    expect((await nurse.ask('/common/inbox')).text).toContain('沒有訊息');
    await leave('one');
    await leave('one'); // one key is one message
    await leave('two');
    const list = await nurse.ask('/common/inbox');
    expect(list.text.match(/通知(one|two)/g)).toEqual(['通知two', '通知one']);
    expect(list.text).toMatch(/站內訊息<\/span> <span class="place-badge"><span aria-hidden="true">2</);
    const url = /href="(\/common\/inbox\/\d+)">通知one/.exec(list.text)?.[1] ?? '';
    const message = await nurse.ask(url);
    expect(message.text).toContain('<p>第一行</p><p>&lt;b&gt;第二行</p>');
    expect((await nurse.ask('/')).text).toMatch(/place-badge"><span aria-hidden="true">1</);
    const bounds = /name="newest" value="(\d+)".*?name="oldest" value="(\d+)"/s.exec(list.text);
    await leave('three'); // came after the page was shown: stays unread
    await send(nurse, '/common/inbox/read', HOSPITAL, {
      newest: bounds?.[1] ?? '',
      oldest: bounds?.[2] ?? '',
    });
    expect((await nurse.ask('/')).text).toMatch(/place-badge"><span aria-hidden="true">1</);
  });

  it('M-10: of another account are not there, and not to be marked', async () => {
    await leave('theirs', LAB.id);
    const { id } = await mch.database.db
      .selectFrom('inbox_message')
      .select('id')
      .where('dedupe_key', '=', 'theirs')
      .executeTakeFirstOrThrow();
    const nurse = await mch.nurse();
    for (const path of [`/common/inbox/${id}`, '/common/inbox/x', '/common/inbox/999999999999999999']) {
      expect((await nurse.ask(path)).status).toBe(404);
    }
    await send(nurse, '/common/inbox/read', HOSPITAL, { newest: String(id), oldest: '1' });
    const { read_at: readAt } = await mch.database.db
      .selectFrom('inbox_message')
      .select('read_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(readAt).toBeNull();
  });

  it('M-10: come in pages of twenty', async () => {
    for (let at = 0; at < 21; at += 1) await leave(`page-${at}`, STATION.id);
    const nurse = await actingAs(mch, STATION);
    const first = await nurse.ask('/common/inbox');
    expect(first.text.match(/通知page-/g)).toHaveLength(20);
    const older =
      /href="(\/common\/inbox\?before&#x3D;\d+)"/.exec(first.text)?.[1]?.replace('&#x3D;', '=') ?? '';
    expect((await nurse.ask(older)).text.match(/通知page-/g)).toHaveLength(1);
  });
});

describe('details', () => {
  it('M-09: three tabs; who manages the unit, asked once in five minutes; nothing to change here', async () => {
    let asked = 0;
    mch.op.contact = { email: 'nurse@hospital.example', phone_number: '02-5550-0100' };
    mch.op.api = (_method, path) => {
      asked += path === '/api/v1/units/9876543210/managers' ? 1 : 0;
      return {
        status: 200,
        body: { managers: [{ name: '朱管理', phone: '55', title: '', role: 'mch_manager' }] },
      };
    };
    const nurse = await mch.nurse();
    const page = await nurse.ask('/common/profile');
    for (const text of ['示範醫院 (9876543210)', '朱管理（55）', 'nurse@hospital.example', '02-5550-0100']) {
      expect(page.text).toContain(text);
    }
    expect(page.text).toContain(`href="${mch.op.issuer}/profile"`);
    await nurse.ask('/common/profile');
    expect(asked).toBe(1);
    const system = await nurse.ask('/common/profile?tab=system');
    for (const text of [HOSPITAL.id, '一般使用者', '示範醫院']) expect(system.text).toContain(text);
    expect((await nurse.ask('/common/profile?tab=work')).text).toContain('醫事機構');
  });

  it('M-09: says so while the single entry is away', async () => {
    const other = await actingAs(mch, { ...LAB, id: 'P@00000008P@mbh_01' });
    mch.op.userinfoDown = true;
    const page = await other.ask('/common/profile');
    mch.op.userinfoDown = false;
    expect(page.status).toBe(200);
    expect(page.text.match(/目前無法向單一入口取得/g)).toHaveLength(3);
  });

  it('M-08: reminds by mail of ticked menu roles alone, of this account alone, of none it does not have', async () => {
    const nurse = await mch.nurse();
    const form = new URLSearchParams({ acting: HOSPITAL.id });
    for (const role of ['mi_antenatal', 'hb_gbs']) form.append('menu_role', role);
    const saved = await fetch(`${mch.origin}/common/profile/mail`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: mch.origin, cookie: [...nurse.cookies].map((pair) => pair.join('=')).join('; ') },
      body: form,
    });
    expect(saved.headers.get('location')).toBe('/common/profile?tab=work');
    const page = await nurse.ask('/common/profile?tab=work');
    expect(page.text).toContain('已儲存待辦Mail通知的設定。');
    expect([...page.text.matchAll(/value="(\w+)"[^>]* checked/g)].map((match) => match[1])).toEqual([
      'mi_antenatal',
    ]);
    const rows = await mch.database.db
      .selectFrom('mail_opt_in')
      .select(['account_id', 'menu_role'])
      .execute();
    expect(rows).toEqual([{ account_id: HOSPITAL.id, menu_role: 'mi_antenatal' }]);
    await send(nurse, '/common/profile/mail', HOSPITAL, {});
    expect(await mch.database.db.selectFrom('mail_opt_in').selectAll().execute()).toEqual([]);
  });
});
