import { type Area, choice, day, decimal, defineRecord, needed, rowsOf, text } from '#mch/records/index.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';
import { mother, today } from './support/people.ts';
import type { Page, Visitor } from './support/visitor.ts';

const PATH = '/child/example-tests/tests';

/** One value of each of two substances, always asked; and as many people present as there were, at most three. */
const TEST = defineRecord({
  key: 'example-test',
  path: 'child/example-tests/tests',
  subject: 'mother',
  fields: { tested_on: needed(day()) },
  groups: [
    {
      name: 'substances',
      preset: 'substance',
      fields: {
        substance: choice('salt', 'sugar'),
        level: needed(decimal(0, 100)),
        remark: text(20),
      },
    },
    { name: 'present', most: 3, fields: { who: needed(text(20)), task: text(20) } },
  ],
  serviceDay: 'tested_on',
  list: [],
});

const area: Area = {
  path: 'child/example-tests',
  functions: { tests: {} },
  grants: { mi_antenatal: [{ path: 'child/example-tests', rights: ['R', 'C', 'S'] }] },
  labels: {
    menu: ['範例檢驗', 'Example tests'],
    'menu.tests': ['檢驗', 'Tests'],
    tested_on: ['檢驗日期', 'Tested on'],
    'part.substances': ['物質', 'Substances'],
    'part.present': ['在場人員', 'People present'],
    substance: ['物質', 'Substance'],
    'substance.salt': ['鹽', 'Salt'],
    'substance.sugar': ['糖', 'Sugar'],
    level: ['濃度', 'Level'],
    remark: ['說明', 'Remark'],
    who: ['姓名', 'Who'],
    task: ['工作', 'Task'],
  },
  kinds: [TEST],
  schema: {
    '0001': `
create table example_test (record_id uuid primary key references record on delete cascade, tested_on date);
create table example_test_substances (record_id uuid references record on delete cascade, at smallint,
  substance text, level numeric, remark text, primary key (record_id, at));
create table example_test_present (record_id uuid references record on delete cascade, at smallint,
  who text, task text, primary key (record_id, at));`,
  },
  reports: [],
  todos: [],
};

let mch: Mch;
let nurse: Visitor;
beforeAll(async () => {
  mch = await startMch({}, [area]);
  nurse = await mch.nurse();
});
afterAll(() => mch.stop());

const send = (path: string, serial: number, form: Record<string, string>): Promise<Page> =>
  nurse.go(path, { form: { acting: HOSPITAL.id, ...mother(serial), tested_on: today, ...form } });
const numberOf = (page: Page): string => /\/(\d+)(?:\?|$)/.exec(page.url)?.[1] ?? '';
const stored = (table: string): Promise<Record<string, unknown>[]> =>
  mch.database.query(`select * from ${table} where $1 order by record_id, at`, [true]);

describe('rows of a record', () => {
  it('always asks what every record has a row for, and keeps only the rows in which something stands', async () => {
    const form = await nurse.go(`${PATH}/new`);
    expect(form.text).toContain('name="substances.0.level"');
    expect(form.text).toContain('name="substances.1.level"');
    expect(form.text).not.toContain('add.substances');
    const sent = await send(PATH, 301, { 'substances.1.level': '3.5', deed: 'submit' });
    expect(sent.text).toMatch(/<th scope="row">糖<\/th><td data-label="濃度">3.5/);
    expect(sent.text).not.toContain('<th scope="row">鹽');
    expect(await stored('example_test_substances')).toMatchObject([{ at: 1, substance: 'sugar' }]);
    const history = await nurse.go(`${PATH}/${numberOf(sent)}/history`);
    expect(history.text).toContain('糖 濃度');
  });

  it('adds and takes away rows without a script; nothing typed is lost', async () => {
    const two = await send(PATH, 302, { 'rows.present': '1', 'present.0.who': '甲', deed: 'add.present' });
    expect(two.status).toBe(200);
    expect(two.text).toContain('name="present.1.who"');
    expect(two.text).toContain('value="甲"');
    const typed = {
      'rows.present': '3',
      'present.0.who': '甲',
      'present.1.who': '乙',
      'present.2.who': '丙',
    };
    const full = await send(PATH, 302, { ...typed, deed: 'add.present' });
    expect(full.text).not.toContain('present.3.who');
    expect(full.text).not.toContain('add.present');
    const less = await send(PATH, 302, { ...typed, deed: 'remove.present.1' });
    expect(less.text).toMatch(/name="present.1.who"[^>]*value="丙"/);
    expect(less.text).not.toContain('present.2.who');
  });

  it('closes up rows that were left empty, and changes all of them with the record', async () => {
    const kept = await send(PATH, 303, { 'present.0.who': '甲', 'present.2.who': '丙', deed: 'draft' });
    const no = numberOf(kept);
    expect(await stored('example_test_present')).toMatchObject([
      { at: 0, who: '甲' },
      { at: 1, who: '丙' },
    ]);
    const edit = await nurse.go(`${PATH}/${no}/edit`);
    expect(edit.text).toMatch(/name="present.1.who"[^>]*value="丙"/);
    await send(`${PATH}/${no}`, 303, { 'present.0.who': '丁', version: '1', deed: 'submit' });
    expect(await stored('example_test_present')).toMatchObject([{ at: 0, who: '丁' }]);
  });

  it('names the row of a mistake; what a row needs is needed only in rows that are there', async () => {
    const page = await send(PATH, 304, {
      'substances.0.level': '101',
      'substances.1.remark': '無值',
      'present.1.task': '護理',
      deed: 'submit',
    });
    expect(page.status).toBe(422);
    expect(page.text).toContain('href="#substances.0.level"');
    for (const text of ['「鹽 濃度」須介於 0 與 100', '請填寫「糖 濃度」', '請填寫「第 2 列 姓名」']) {
      expect(page.text).toContain(text);
    }
    expect(page.text).not.toContain('第 1 列 姓名」');
  });

  it('takes no row beyond the most, and no choice for a row that has its own', async () => {
    const sent = await send(PATH, 305, {
      'present.7.who': '多',
      'substances.0.substance': 'sugar',
      'substances.0.level': '1',
      deed: 'submit',
    });
    expect(sent.status).toBe(200);
    expect(sent.text).not.toContain('多');
    const rows = await stored('example_test_substances');
    expect(rows.filter(({ at }) => at === 0)).toMatchObject([{ substance: 'salt' }]);
  });

  it('gives rules its rows by their own names', () => {
    const [group] = TEST.groups.slice(1);
    if (!group) throw new Error('no group');
    expect(rowsOf(group, { 'present.0.who': null, 'present.2.who': '丙' })).toEqual([
      { who: '丙', task: null },
    ]);
  });
});
