import { AREAS } from '#mch/areas/index.ts';
import { type Area, day, defineRecord, needed } from '#mch/records/index.ts';
import { STATION, type Mch, startMch } from './support/mch.ts';
import { AGENCY, BUREAU, FARAWAY, actingAs, send, today } from './support/people.ts';
import type { OpAccount } from './support/fake-op.ts';
import { BACK, KEPT, endByTheEntry, pathOf } from './support/late.ts';
import type { Page, Visitor } from './support/visitor.ts';

const NOTES = 'child/visit-desk/notes';
const DESK = 'child/visit-desk/desk';
const NOTE = defineRecord({
  key: 'visit-note',
  path: NOTES,
  subject: 'child',
  fields: { visited_on: needed(day()), town_note: day() },
  serviceDay: 'visited_on',
  list: ['visited_on'],
  isReviewed: true,
  approvalNeedsNote: true,
  changeCategory: 'tracking',
  approvedCategory: 'tracking_approval',
});

/** Written at one place, approved at another. */
const visitDesk: Area = {
  path: 'child/visit-desk',
  labels: {
    menu: ['訪視', 'Visits'],
    'menu.notes': ['訪視紀錄', 'Visit notes'],
    'menu.desk': ['訪視核定', 'Approval of visits'],
    'todo.T22': ['訪視待核定', 'Visits to approve'],
    visited_on: ['訪視日期', 'Visited on'],
    town_note: ['補訪日期', 'Visited again on'],
  },
  functions: { notes: {}, desk: {} },
  grants: {
    hs_child: [{ path: NOTES, rights: ['R', 'C', 'S'] }],
    hb_child: [
      { path: NOTES, rights: ['R', 'C', 'S'] },
      { path: DESK, rights: ['R', 'V', 'X'] },
    ],
  },
  kinds: [NOTE],
  alsoAt: [{ ...NOTE, path: DESK }],
  schema: {
    '0001':
      'create table visit_note (record_id uuid primary key references record on delete cascade, visited_on date, town_note date)',
  },
  reports: [],
  todos: [
    {
      id: 'T22',
      system: 'child',
      menuRoles: ['hb_child'],
      kind: 'visit-note',
      at: DESK,
      filters: { state: 'submitted' },
    },
  ],
};

const NURSE: OpAccount = { ...STATION, menu_roles: ['hs_child'] };
const REVIEWER: OpAccount = { ...BUREAU, menu_roles: ['hb_child'] };

let mch: Mch;
beforeAll(async () => {
  mch = await startMch({}, [...AREAS, visitDesk]);
});
afterAll(() => mch.stop());

const numberIn = (page: Page): string => /\/(\d+)(?:[/?]|$)/.exec(page.url)?.[1] ?? '';
const versionIn = (page: Page): string => /name="version" value="(\d+)"/.exec(page.text)?.[1] ?? '';
const note = (serial: number) => ({
  id_type: 'none',
  name: `訪視兒${serial}`,
  sex: 'female',
  birth_at: '2026-01-05T08:00',
  birth_order: String(((serial - 1) % 5) + 1),
  mother_id_no: `PASS123${Math.ceil(serial / 5)}`,
  mother_name: '訪視母',
  visited_on: today,
});

async function submitted(order: number, by: OpAccount = NURSE): Promise<string> {
  const nurse = await actingAs(mch, by);
  return numberIn(await send(nurse, `/${NOTES}`, by, { ...note(order), deed: 'submit' }));
}

async function decided(no: string, deed: string, form: Record<string, string>, by = REVIEWER): Promise<Page> {
  const reviewer = await actingAs(mch, by);
  const version = versionIn(await reviewer.go(`/${DESK}/${no}`));
  return send(reviewer, `/${DESK}/${no}/${deed}`, by, { version, ...form });
}

/** The word of somebody whose session has ended meanwhile. */
const decidedLate = (reviewer: Visitor, no: string, note: string): Promise<Page> =>
  send(reviewer, `/${DESK}/${no}/approval`, REVIEWER, { version: '1', note });

/** Asks to open a record and lets the national agency allow it. */
async function opened(no: string, category: string, by: OpAccount): Promise<Page> {
  const visitor = await actingAs(mch, by);
  const contact = { phone: '02-55500100', email: 'nurse@example.test', content: '誤核' };
  const page = await send(visitor, '/common/change-requests/entry', by, {
    ...contact,
    category,
    record: no,
    deed: 'send',
  });
  if (page.status !== 200) return page;
  const request = numberIn(page);
  const agency = await actingAs(mch, AGENCY);
  return send(agency, `/admin/service/change-review/${request}/decision`, AGENCY, {
    decision: 'allowed',
    reason: '同意',
  });
}

describe('records approved at a place of their own', () => {
  it('T22: are counted and listed there for the county, decided there and nowhere else, each with a word', async () => {
    const no = await submitted(1);
    const reviewer = await actingAs(mch, REVIEWER);
    expect((await reviewer.go('/common/todo')).text).toMatch(/訪視待核定[\s\S]*?todo-count[^>]*>1</);
    expect((await reviewer.go(`/${DESK}?state=submitted`)).text).toContain('訪視兒1');
    expect((await reviewer.go(`/${NOTES}/${no}`)).text).not.toContain('/approval');
    const elsewhere = await send(reviewer, `/${NOTES}/${no}/approval`, REVIEWER, {
      version: '1',
      note: '可',
    });
    expect(elsewhere.text).toContain('無法執行');
    expect((await decided(no, 'approval', {})).url).toContain('done=note-needed');
    for (const by of [NURSE, { ...FARAWAY, menu_roles: ['hb_child'] }]) {
      const other = await actingAs(mch, by);
      expect([403, 404]).toContain((await other.go(`/${DESK}/${no}`)).status);
      const forced = await send(other, `/${DESK}/${no}/approval`, by, { version: '1', note: '可' });
      expect([403, 404]).toContain(forced.status);
    }
    const again = await actingAs(mch, REVIEWER);
    await endByTheEntry(mch);
    const late = await decidedLate(again, no, '審到一半');
    expect([pathOf(late), late.text.includes(BACK)]).toEqual([KEPT, true]);
    expect(late.text).toMatch(/name="note" value="審到一半"[^>]* data-key="approve"/);
    expect((await decided(no, 'approval', { note: '內容完整' })).text).toContain('內容完整');
    const nurse = await actingAs(mch, NURSE);
    expect((await nurse.go(`/${NOTES}/${no}`)).text).toContain('核定即鎖定');
    expect((await nurse.go(`/${NOTES}/${no}/edit`)).url).not.toContain('edit');
  });

  it('G5: returned and kept half mended changes nobody until it is sent again', async () => {
    const people = async () =>
      (await mch.database.db.selectFrom('patient').select(['name', 'draft_of']).execute())
        .filter((one) => one.draft_of === null)
        .map((one) => one.name);
    const no = await submitted(7);
    await decided(no, 'return', { note: '姓名有誤' });
    const before = await people();
    const nurse = await actingAs(mch, NURSE);
    const path = `/${NOTES}/${no}`;
    const edit = async () => (await nurse.go(`${path}/edit`)).text;
    const keep = async (more: Record<string, string>) => {
      const version = versionIn(await nurse.go(`${path}/edit`));
      return send(nurse, path, NURSE, { ...note(7), version, deed: 'draft', ...more });
    };
    expect((await keep({ name: '訪視改名' })).url).toContain('done=kept');
    expect([await people(), (await edit()).includes('value="訪視改名"')]).toEqual([before, true]);
    // another child altogether: nobody is made of it either
    expect((await keep({ name: '訪視改名', birth_order: '5' })).url).toContain('done=kept');
    expect(await people()).toEqual(before);
    expect(await edit()).toMatch(/name="birth_order"[^>]* value="5"|value="5" selected/);
    const reviewer = await actingAs(mch, REVIEWER);
    const seen = await reviewer.go(`/${DESK}/${no}`);
    expect([seen.text.includes('訪視兒7'), seen.text.includes('訪視改名')]).toEqual([true, false]);

    const again = await actingAs(mch, NURSE);
    const version = versionIn(await again.go(`${path}/edit`));
    const sent = { ...note(7), name: '訪視改名', version, deed: 'submit' };
    expect((await send(again, path, NURSE, sent)).url).toContain('done=submitted');
    expect(await people()).toEqual(before.map((name) => (name === '訪視兒7' ? '訪視改名' : name)));
    const left = await mch.database.db
      .selectFrom('patient')
      .select('name')
      .where('name', '=', '訪視改名')
      .execute();
    expect(left).toHaveLength(1);
  });

  it('SM-14: returned they are written again; one word counts of twenty', async () => {
    const no = await submitted(2);
    expect((await decided(no, 'return', { note: '請補充' })).text).toContain('請補充');
    const nurse = await actingAs(mch, NURSE);
    const version = versionIn(await nurse.go(`/${NOTES}/${no}/edit`));
    await send(nurse, `/${NOTES}/${no}`, NURSE, { ...note(2), version, deed: 'submit' });
    const reviewer = await actingAs(mch, REVIEWER);
    const now = versionIn(await reviewer.go(`/${DESK}/${no}`));
    const words = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        send(reviewer, `/${DESK}/${no}/${at % 2 ? 'approval' : 'return'}`, REVIEWER, {
          version: now,
          note: '決定',
        }),
      ),
    );
    expect(words.filter(({ url }) => /done=(approve|return)$/.test(url))).toHaveLength(1);
  });

  it('F: are never approved by who wrote them', async () => {
    const no = await submitted(3, REVIEWER);
    const own = await actingAs(mch, REVIEWER);
    expect((await own.go(`/${DESK}/${no}`)).text).not.toContain('/approval');
    expect(
      (await send(own, `/${DESK}/${no}/approval`, REVIEWER, { version: '1', note: '可' })).text,
    ).toContain('無法執行');
    const colleague = { ...REVIEWER, id: 'P@00000008P@mbh_01' };
    expect((await decided(no, 'approval', { note: '可' }, colleague)).url).toContain('done=approve');
  });

  it('F6: are never approved by who submitted or corrected what a colleague began', async () => {
    const colleague = { ...REVIEWER, id: 'P@00000009P@mbh_01' };
    const first = await actingAs(mch, colleague);
    const no = numberIn(await send(first, `/${NOTES}`, colleague, { ...note(6), deed: 'draft' }));
    const second = await actingAs(mch, REVIEWER);
    await send(second, `/${NOTES}/${no}`, REVIEWER, { ...note(6), version: '1', deed: 'submit' });
    expect((await second.go(`/${DESK}/${no}`)).text).not.toContain('/approval');
    for (const by of [REVIEWER, colleague]) {
      const page = await decided(no, 'approval', { note: '可', version: '2' }, by);
      expect(page.url).toContain('done=not-possible');
    }
  });

  it('F6: are never approved by who wrote them, with another account of the same person', async () => {
    const no = await submitted(7, REVIEWER);
    const second = { ...REVIEWER, id: 'P@00000010P@mbh_02' };
    mch.op.accounts = [REVIEWER, second];
    mch.op.acting = second.id;
    mch.op.sub = `sub-${REVIEWER.id}`;
    const same = await mch.nurse();
    expect((await same.go(`/${DESK}/${no}`)).text).not.toContain('/approval');
    const page = await send(same, `/${DESK}/${no}/approval`, second, { version: '1', note: '可' });
    expect(page.url).toContain('done=not-possible');
    const another = { ...REVIEWER, id: 'P@00000011P@mbh_01' };
    expect((await decided(no, 'approval', { note: '可' }, another)).url).toContain('done=approve');
  });

  it('SM-09: approved, are opened as what was approved: taken back for the reviewer, once for the writer', async () => {
    const no = await submitted(4);
    await decided(no, 'approval', { note: '可' });
    expect((await opened(no, 'tracking', NURSE)).status).toBe(422);
    expect((await opened(no, 'tracking_approval', { ...FARAWAY, menu_roles: ['hb_child'] })).status).toBe(
      422,
    );
    expect((await opened(no, 'tracking_approval', REVIEWER)).status).toBe(200);
    const reviewer = await actingAs(mch, REVIEWER);
    expect((await reviewer.go(`/${DESK}/${no}`)).text).toContain('/approval');
    expect((await reviewer.go(`/${DESK}/${no}/history`)).text).toContain('撤回核定');
    const nurse = await actingAs(mch, NURSE);
    expect((await nurse.go(`/${NOTES}/${no}/edit`)).url).not.toContain('edit');

    await decided(no, 'approval', { note: '再次核定' });
    expect((await opened(no, 'tracking_approval', NURSE)).status).toBe(200);
    const again = await actingAs(mch, NURSE);
    const form = await again.go(`/${NOTES}/${no}/edit`);
    expect(form.text).toContain('開放修改一次');
    await send(again, `/${NOTES}/${no}`, NURSE, { ...note(4), version: versionIn(form), deed: 'submit' });
    expect((await again.go(`/${NOTES}/${no}`)).text).toContain('送出即鎖定');
    expect((await decided(no, 'approval', { note: '更正後核定' })).url).toContain('done=approve');
  });

  it('SM-09: held open for a correction, are not approved meanwhile', async () => {
    const no = await submitted(5);
    await mch.database.query(`update record set unlocked_until = now() + interval '1 day' where no = $1`, [
      Number(no),
    ]);
    expect((await decided(no, 'approval', { note: '可', version: '1' })).url).toContain('done=not-possible');
  });
});
