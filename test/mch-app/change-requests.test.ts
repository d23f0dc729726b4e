import type { OpAccount } from './support/fake-op.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';
import {
  AGENCY,
  BUREAU,
  LAB,
  MAINTENANCE,
  MANAGER,
  SPECIMENS,
  actingAs,
  send,
  specimen,
} from './support/people.ts';
import type { Page } from './support/visitor.ts';

const ASK = '/common/change-requests/entry';
const OWN = '/common/change-requests/history';
const REVIEW = '/admin/service/change-review';
const contact = { phone: '02-55500100', email: 'nurse@example.test' };

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const numberIn = (page: Page): string => /\/(\d+)(?:[/?]|$)/.exec(page.url)?.[1] ?? '';

async function submitted(serial: number): Promise<string> {
  const nurse = await actingAs(mch, HOSPITAL);
  return numberIn(await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(serial), deed: 'submit' }));
}

async function asked(record: string): Promise<string> {
  const nurse = await actingAs(mch, HOSPITAL);
  const page = await send(nurse, ASK, HOSPITAL, {
    ...contact,
    category: 'other',
    record,
    content: '日期誤植',
    deed: 'send',
  });
  expect(page.status).toBe(200);
  return numberIn(page);
}

async function decided(no: string, by: OpAccount, decision: string): Promise<Page> {
  const reviewer = await actingAs(mch, by);
  return send(reviewer, `${REVIEW}/${no}/decision`, by, { decision, reason: '已確認' });
}

describe('change requests', () => {
  it('SM-09: go from reviewer to reviewer; the last yes opens the record once, and it locks again', async () => {
    const record = await submitted(201);
    const no = await asked(record);

    const manager = await actingAs(mch, MANAGER);
    expect((await manager.go('/common/todo')).text).toMatch(/資料異動申請待審核[\s\S]*?todo-count[^>]*>1</);
    expect((await decided(no, AGENCY, 'allowed')).text).toContain('無法執行');
    for (const by of [MANAGER, AGENCY, MAINTENANCE]) {
      expect((await decided(no, by, 'allowed')).text).toContain('已送出審核結果');
    }

    const nurse = await actingAs(mch, HOSPITAL);
    expect((await nurse.go(`${OWN}/${no}`)).text).toContain('結案（允許異動）');
    const form = await nurse.go(`${SPECIMENS}/${record}/edit`);
    expect(form.text).toContain('開放修改一次');
    const version = /name="version" value="(\d+)"/.exec(form.text)?.[1] ?? '';
    const corrected = { ...specimen(201), gest_days: '35.2', version, deed: 'submit' };
    expect((await send(nurse, `${SPECIMENS}/${record}`, HOSPITAL, corrected)).text).toContain(
      '已更正並再次鎖定',
    );
    expect((await nurse.go(`${SPECIMENS}/${record}/edit`)).url).not.toContain('edit');
    const history = (await nurse.go(`${SPECIMENS}/${record}/history`)).text;
    for (const text of ['更正後送出', '開放修改', '36 週 1 天', '35 週 2 天'])
      expect(history).toContain(text);
  });

  it('SM-09: an opening that is not used ends by itself after seven days', async () => {
    const record = await submitted(202);
    const no = await asked(record);
    for (const by of [MANAGER, AGENCY, MAINTENANCE]) await decided(no, by, 'allowed');
    const before = await actingAs(mch, HOSPITAL);
    expect((await before.go(`${SPECIMENS}/${record}`)).text).toContain('開放修改');
    mch.clock.advance(7 * 86_400 + 1);
    const after = await actingAs(mch, HOSPITAL);
    expect((await after.go(`${SPECIMENS}/${record}`)).text).toContain('送出即鎖定');
    mch.clock.advance(-7 * 86_400 - 1);
  });

  it('SM-09: one at a time about a record; nobody decides their own; one word counts of twenty', async () => {
    const record = await submitted(203);
    const no = await asked(record);
    const nurse = await actingAs(mch, HOSPITAL);
    const again = { ...contact, category: 'other', record, content: '再一次', deed: 'send' };
    expect((await send(nurse, ASK, HOSPITAL, again)).status).toBe(409);

    const manager = await actingAs(mch, MANAGER);
    const votes = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        send(manager, `${REVIEW}/${no}/decision`, MANAGER, {
          decision: at % 2 ? 'allowed' : 'refused',
          reason: '決定',
        }),
      ),
    );
    expect(votes.filter((page) => page.text.includes('已送出審核結果'))).toHaveLength(1);

    const own = await actingAs(mch, MANAGER);
    const mine = await send(own, ASK, MANAGER, {
      ...contact,
      category: 'account',
      content: '職稱',
      deed: 'send',
    });
    const number = numberIn(mine);
    expect((await own.go(`${REVIEW}/${number}`)).status).toBe(200);
    expect(
      (await send(own, `${REVIEW}/${number}/decision`, MANAGER, { decision: 'allowed', reason: '自己' }))
        .text,
    ).toContain('無法執行');
  });

  it('SM-09: one alone is made of twenty about a record that are sent at once', async () => {
    const record = await submitted(206);
    const nurse = await actingAs(mch, HOSPITAL);
    const form = { ...contact, category: 'other', record, content: '同時送出', deed: 'send' };
    const pages = await Promise.all(Array.from({ length: 20 }, () => send(nurse, ASK, HOSPITAL, form)));
    const statuses = pages.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array<number>(19).fill(409)]);
  });

  it('G5: are about records of kinds that the account reads; of others it is told nobody', async () => {
    const record = await submitted(207);
    const SCREENER = { ...HOSPITAL, id: 'P@00000041P@mbh_01', menu_roles: ['mi_hearing_screen'] };
    const screener = await actingAs(mch, SCREENER);
    expect((await screener.go(`${ASK}?category=other`)).text).not.toContain('測試孕婦207');
    const form = { ...contact, category: 'other', record, content: '試試看', deed: 'send' };
    const page = await send(screener, ASK, SCREENER, form);
    expect([page.status, page.text.includes('不是您單位已送出的紀錄')]).toEqual([422, true]);
    const nurse = await actingAs(mch, HOSPITAL);
    expect((await nurse.go(`${ASK}?category=other`)).text).toContain('測試孕婦207');
  });

  it('F: are seen by nobody they do not concern, and need a reason', async () => {
    const no = await asked(await submitted(204));
    for (const other of [LAB, BUREAU]) {
      const visitor = await actingAs(mch, other);
      expect([403, 404]).toContain((await visitor.go(`${REVIEW}/${no}`)).status);
      expect((await visitor.go(`${OWN}/${no}`)).status).toBe(404);
    }
    const manager = await actingAs(mch, MANAGER);
    const bare = await send(manager, `${REVIEW}/${no}/decision`, MANAGER, {
      decision: 'allowed',
      reason: ' ',
    });
    expect(bare.status).toBe(422);
    expect(bare.text).toContain('請填寫審核原因');
  });

  it('M-15: name what is missing and keep what was typed; another unit has nothing to ask about', async () => {
    const record = await submitted(205);
    const lab = await actingAs(mch, LAB);
    const page = await send(lab, ASK, LAB, {
      phone: 'x',
      email: 'nobody',
      category: 'other',
      record,
      content: '我寫的內容',
      deed: 'send',
    });
    expect(page.status).toBe(422);
    for (const text of ['請填寫連絡電話', '有效的電子郵件', '不是您單位已送出的紀錄', '我寫的內容']) {
      expect(page.text).toContain(text);
    }
  });
});
