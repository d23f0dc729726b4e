import { readXlsx, writeXlsx } from 'hucre/xlsx';
import type { ApiAnswer } from '#mch/idp-api/index.ts';
import type { OpAccount } from './support/fake-op.ts';
import { said, turnImports } from './support/imports.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';
import { LAB, SPECIMENS, actingAs, later, send, specimen, today } from './support/people.ts';
import type { Visitor } from './support/visitor.ts';

const AT = '/maternal/gbs/import';
const HEADS = ['紀錄編號', '檢查結果', '報告日期', '檢驗方法', '檢驗人員'];

let mch: Mch;
let specimens: string[] = [];
beforeAll(async () => {
  mch = await startMch();
  const nurse = await actingAs(mch, HOSPITAL);
  for (let serial = 301; serial <= 312; serial += 1) {
    const sent = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(serial), deed: 'submit' });
    specimens.push(/\/(\d+)\?/.exec(sent.url)?.[1] ?? '');
  }
});
afterAll(() => mch.stop());

const cookies = (visitor: Visitor) =>
  [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

async function bring(
  visitor: Visitor,
  bytes: Buffer | string,
  fields: Record<string, string> = {},
  account: OpAccount = LAB,
): Promise<{ status: number; id: string; text: string }> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ acting: account.id, mode: 'good', ...fields }))
    form.set(name, value);
  form.set('file', new Blob([new Uint8Array(Buffer.from(bytes as string))]), 'results.csv');
  const answer = await fetch(mch.origin + AT, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookies(visitor), origin: mch.origin, accept: 'text/html' },
    body: form,
  });
  const id = /\/(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  return { status: answer.status, id, text: await answer.text() };
}

const csv = (...rows: string[][]): string => [HEADS, ...rows].map((row) => row.join(',')).join('\r\n');
const good = (at: number): string[] => [
  specimens[at] ?? '',
  '陰性',
  today.replaceAll('-', '/'),
  'pcr',
  '檢驗師',
];
/** Every account is as it signed in, at the laboratory it says. */
const turn = (now: (path: string) => ApiAnswer | Promise<ApiAnswer> = () => said(LAB)) =>
  turnImports(mch, async (path) => now(path));
const results = async (): Promise<number> =>
  Number(
    (await mch.database.query<{ n: string }>('select count(*) as n from gbs_result where $1', [true]))[0]?.n,
  );
const counts = async (id: string) =>
  mch.database.db
    .selectFrom('record_import')
    .select(['status', 'taken', 'repeated', 'faulty'])
    .where('id', '=', Number(id))
    .executeTakeFirstOrThrow();

describe('files of records', () => {
  it('offer a template with headings and allowed codes, in the person’s language', async () => {
    const lab = await actingAs(mch, LAB);
    expect((await lab.go(AT)).text).toContain('加入常用'); // a function like any other
    const answer = await fetch(`${mch.origin}${AT}/template?format=xlsx`, {
      headers: { cookie: cookies(lab) },
    });
    const [first, second] = (await readXlsx(Buffer.from(await answer.arrayBuffer()))).sheets;
    expect(first?.rows[0]).toEqual([...HEADS.slice(0, 4), '藥物敏感性', '檢驗人員']);
    expect(second?.rows).toContainEqual(['檢查結果', 'positive', '陽性']);
    expect((await lab.ask(`${AT}/template?format=csv&lang=en`)).text).toContain('Record no.,Result');
  });

  it('IMP: good rows are taken, wrong ones named by row and column, the same file brings nothing twice', async () => {
    const lab = await actingAs(mch, LAB);
    const file = csv(
      good(0),
      [specimens[1] ?? '', '不明', today, '', ''],
      ['999999', '陰性', today, '', ''],
      [specimens[2] ?? '', 'positive', later(2), '', ''],
      good(3),
    );
    const { id } = await bring(lab, file);
    expect((await lab.go(`${AT}/${id}`)).text).toContain('匯入中');
    await turn();
    expect(await counts(id)).toEqual({ status: 'done', taken: 2, repeated: 0, faulty: 3 });
    const page = await lab.go(`${AT}/${id}`);
    for (const text of ['請重新選擇「檢查結果」', '查無此編號的紀錄', '「報告日期」不可晚於今天']) {
      expect(page.text).toContain(text);
    }
    const report = (await lab.ask(`${AT}/${id}/errors?format=csv`)).text;
    expect(report).toContain('3,檢查結果,請重新選擇「檢查結果」');
    expect(report).toContain('4,紀錄編號,');
    expect(report).not.toContain('999999');
    const again = await bring(lab, file);
    await turn();
    expect(await counts(again.id)).toEqual({ status: 'done', taken: 0, repeated: 2, faulty: 3 });
    expect(await results()).toBe(2);
    const left = await mch.database.query('select 1 from record_import_row where cells is not null and $1', [
      true,
    ]);
    expect(left).toEqual([]);
    expect(await mch.auditTypes()).toContain('records.imported');
  });

  it('IMP: all or none: one wrong row keeps every other out, also where only the writing finds it', async () => {
    const lab = await actingAs(mch, LAB);
    const before = await results();
    const wrong = await bring(lab, csv(good(4), [specimens[5] ?? '', '', today, '', '']), { mode: 'all' });
    await turn();
    expect(await counts(wrong.id)).toMatchObject({ status: 'refused', taken: 0, faulty: 1 });
    const twice = await bring(lab, csv(good(4), [...good(4).slice(0, 4), '另一人']), { mode: 'all' });
    await turn();
    expect(await counts(twice.id)).toMatchObject({ status: 'refused', taken: 0, faulty: 1 });
    expect((await lab.go(`${AT}/${twice.id}`)).text).toContain('此紀錄已登錄過結果');
    expect(await results()).toBe(before);
    const right = await bring(lab, csv(good(4), good(5)), { mode: 'all' });
    await turn();
    expect(await counts(right.id)).toMatchObject({ status: 'done', taken: 2 });
    expect(await results()).toBe(before + 2);
  });

  it('IMP: two replicas at once, and one that died halfway, bring no row twice', async () => {
    const lab = await actingAs(mch, LAB);
    const before = await results();
    const { id } = await bring(lab, csv(good(6), good(7), good(8)));
    // as a replica leaves it that died after its first row: taken, leased, not given back
    await mch.database.db
      .updateTable('record_import')
      .set({ leased_until: new Date(0) })
      .where('id', '=', Number(id))
      .execute();
    await Promise.all(Array.from({ length: 6 }, turn));
    expect(await counts(id)).toEqual({ status: 'done', taken: 3, repeated: 0, faulty: 0 });
    expect(await results()).toBe(before + 3);
  });

  it('IMP: Excel files are read as well', async () => {
    const lab = await actingAs(mch, LAB);
    const rows = [HEADS, [Number(specimens[9]), 'negative', new Date(`${today}T00:00:00Z`), 'PCR', '']];
    const { id } = await bring(lab, Buffer.from(await writeXlsx({ sheets: [{ name: 'x', rows }] })));
    await turn();
    expect(await counts(id)).toMatchObject({ taken: 1, faulty: 0 });
  });

  it('G8: what is no such file is refused at once and nothing is kept of it', async () => {
    const lab = await actingAs(mch, LAB);
    const kept = async () =>
      (await mch.database.db.selectFrom('record_import').select('id').execute()).length;
    const before = await kept();
    for (const [bytes, text] of [
      ['', '請選擇檔案'],
      ['PK\u0003\u0004x', '檔案已損壞'],
      [csv().replace('檢查結果', '結論'), '檔案沒有資料列'],
      [csv(good(10)).replace('檢查結果', '結論'), '缺少欄位：檢查結果'],
      [csv(good(10)).replace('檢驗人員', '紀錄編號'), '有欄位重複'],
    ] as const) {
      const refused = await bring(lab, bytes);
      expect([refused.status, refused.text.includes(text)]).toEqual([422, true]);
    }
    expect(await kept()).toBe(before);
  });

  it('G5, G7: need the right to import; another unit’s files are not there; formulas come out as text', async () => {
    const lab = await actingAs(mch, LAB);
    const { id } = await bring(lab, csv(['=1+1', '陰性', today, '', '']));
    await turn();
    const other: OpAccount = { ...LAB, id: 'P@00000092P@mbh_01', unit: { ...LAB.unit, code: '1132010099' } };
    const stranger = await actingAs(mch, other);
    for (const path of [`${AT}/${id}`, `${AT}/${id}/errors`])
      expect((await stranger.go(path)).status).toBe(404);
    expect((await stranger.go(AT)).text).not.toContain('results.csv');
    const { id: theirs } = await bring(stranger, csv(good(10)), {}, other);
    await turn(() => said(other));
    expect(await counts(theirs)).toMatchObject({ taken: 0, faulty: 1 }); // the specimen went to another laboratory
    const nurse = await actingAs(mch, HOSPITAL);
    expect((await nurse.go(AT)).status).toBe(403);
    expect((await bring(nurse, csv(good(10)), {}, HOSPITAL)).status).toBe(403);
    expect((await bring(lab, csv(good(10)), { acting: HOSPITAL.id })).status).toBe(409);
  });

  const OVER: [string, ApiAnswer][] = [
    ['is there no more', { status: 404, body: {}, retryAfterSeconds: undefined }],
    ['is suspended', said(LAB, { status: 'suspended', usable: false })],
    ['is bound no more', said(LAB, { usable: false })],
    ['has lost the right to import', said(LAB, { menu_roles: ['hs_card'] })],
    ['is of another unit by now', said(LAB, { unit: { code: '1132010099' } })],
  ];
  it.each(OVER)('G5: whose account %s meanwhile brings nothing, in neither way', async (_how, answer) => {
    const before = await results();
    for (const mode of ['all', 'good']) {
      const lab = await actingAs(mch, LAB);
      const { id } = await bring(lab, csv(good(11)), { mode });
      await turn(() => answer);
      expect(await counts(id)).toEqual({ status: 'failed', taken: 0, repeated: 0, faulty: 0 });
      const page = (await (await actingAs(mch, LAB)).go(`${AT}/${id}`)).text;
      expect([page.includes('已停止'), page.includes('帳號的權限已變更')]).toEqual([true, true]);
      expect((await lab.go(`${AT}/${id}?lang=en`)).text).toContain('What the account may do has changed');
    }
    expect(await results()).toBe(before);
    expect(await mch.auditTypes()).toContain('records.imported: rights');
    const left = await mch.database.query('select 1 from record_import_row where cells is not null and $1', [
      true,
    ]);
    expect(left).toEqual([]);
  });

  it('G5: whoever loses the right while all rows are written, writes none of them', async () => {
    const before = await results();
    const { id } = await bring(await actingAs(mch, LAB), csv(good(10), good(11)), { mode: 'all' });
    // asked for the check, before the first row is written, and when all are
    const answers = [said(LAB), said(LAB), said(LAB, { usable: false })];
    let asked = 0;
    await turn(() => answers[asked++] ?? said(LAB));
    expect([asked, await results()]).toEqual([3, before]);
    expect(await counts(id)).toEqual({ status: 'failed', taken: 0, repeated: 0, faulty: 0 });
  });

  it('G10: a file waits while the single entry is away, and is taken once when it is back', async () => {
    const before = await results();
    const { id } = await bring(await actingAs(mch, LAB), csv(good(10), good(11)), { mode: 'all' });
    const away = { status: 503, body: {}, retryAfterSeconds: undefined };
    for (const now of [() => away, () => Promise.reject(new Error('away'))]) {
      await turn(now);
      expect([await results(), (await counts(id)).status]).toEqual([before, 'checking']);
    }
    await Promise.all([turn(), turn()]);
    expect([await results(), (await counts(id)).status]).toEqual([before + 2, 'done']);
  });

  it('IMP: are listed by the day they were brought', async () => {
    const lab = await actingAs(mch, LAB);
    expect((await lab.go(`${AT}?from=${later(-1)}&to=${later(1)}`)).text).toContain('results.csv');
    expect((await lab.go(`${AT}?to=${later(-2)}&lang=en`)).text).toContain('No file fits');
  });
});
