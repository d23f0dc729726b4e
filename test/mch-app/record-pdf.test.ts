import { drawRecord } from '#mch/records/pdf.ts';
import { type Mch, HOSPITAL, startMch } from './support/mch.ts';
import { FARAWAY, SPECIMENS, actingAs, send, specimen } from './support/people.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const AT = new Date('2026-11-22T08:00:00Z');
const paper = (rows: number) => ({
  locale: 'zh-TW' as const,
  title: '採檢登錄 12',
  unit: '(9876543210)示範醫院',
  printed: '由 陳護理師（示範醫院）列印',
  at: AT,
  lines: ['測試孕婦 A20****012'],
  parts: [
    {
      label: '採檢資料',
      facts: Array.from({ length: rows }, (_, at) => ({ label: `欄位${at}`, text: '內容'.repeat(90) })),
    },
  ],
  pageOf: (page: number, count: number) => `第 ${page} 頁，共 ${count} 頁`,
});
const pagesOf = (pdf: Buffer): number =>
  Number(/\/Type \/Pages\s*\/Count (\d+)/.exec(pdf.toString('latin1'))?.[1] ?? 0);

describe('a record on paper', () => {
  it('is a tagged PDF with a title and a language, its font embedded in part, the same each time', async () => {
    const [one, two] = await Promise.all([drawRecord(paper(3)), drawRecord(paper(3))]);
    const text = one.toString('latin1');
    expect(one.equals(two)).toBe(true);
    for (const mark of [
      '/Lang (zh-Hant-TW)',
      '/MarkInfo',
      '/StructTreeRoot',
      '/DisplayDocTitle true',
      '/FontFile2',
    ]) {
      expect([mark, text.includes(mark)]).toEqual([mark, true]);
    }
    expect(one.length).toBeLessThan(100_000); // a subset: the whole font has several megabytes
  });

  it('goes on over pages', async () => {
    expect(pagesOf(await drawRecord(paper(3)))).toBe(1);
    expect(pagesOf(await drawRecord(paper(40)))).toBeGreaterThan(2);
  });

  it('G5, G7: comes to whoever may see the record, and is written down as printed', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const sent = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(401), deed: 'submit' });
    const at = `${SPECIMENS}/${/\/(\d+)\?/.exec(sent.url)?.[1] ?? ''}`;
    expect((await nurse.go(at)).text).toContain(`href="${at}/pdf"`);
    const file = await nurse.ask(`${at}/pdf`);
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(file.text.startsWith('%PDF-1.7')).toBe(true);
    const looks = await mch.database.db.selectFrom('patient_access').select('deed').execute();
    expect(looks.filter(({ deed }) => deed === 'print')).toHaveLength(1);
    const away = await actingAs(mch, FARAWAY);
    expect((await away.go(`${at}/pdf`)).status).toBe(404);
    const none = { ...HOSPITAL, id: 'P@00000093P@mbh_01', menu_roles: [] };
    expect((await (await actingAs(mch, none)).go(`${at}/pdf`)).status).toBe(403);
  });
});
