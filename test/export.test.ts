import { buffer } from 'node:stream/consumers';
import { readOds } from 'hucre/ods';
import { readXlsx } from 'hucre/xlsx';
import { type ExportFormat, exportTable } from '#kit/export/table.ts';
import { formulaSafe } from '#kit/export/formula.ts';

async function* rowsOf(count: number): AsyncGenerator<string[]> {
  await Promise.resolve();
  for (let at = 0; at < count; at += 1) yield [`P${at}`, '王小明 <&"> \u0007', '=HYPERLINK("http://x")'];
}

const table = (count: number) => ({
  sheetName: '名單',
  headers: ['代碼', '姓名', '備註'],
  rows: rowsOf(count),
});
const make = (format: ExportFormat, count: number): Promise<Buffer> =>
  buffer(exportTable(format, table(count)));

describe('exports', () => {
  it.each(['=1+1', '+1+1', '-1+1', '@SUM(A1)', '＝1+1', '＋1', '－cmd', '＠x', '\t=1', '\u200b=1', ' =1'])(
    'F14: %j is text and no formula',
    (text) => {
      expect(formulaSafe(text)).toMatch(/^'/);
    },
  );

  it('leaves telephone numbers, dates and negative numbers as they are', () => {
    for (const text of ['-12', '+886 2 1234-5678', '2026-11-22', '02-12345678#12', '']) {
      expect(formulaSafe(text)).toBe(text);
    }
  });

  it('are CSV as RFC 4180 has it, with a byte order mark', async () => {
    const text = (await make('csv', 1)).toString('utf8');
    expect(text.startsWith('\ufeff代碼,姓名,備註\r\n')).toBe(true);
    expect(text).toContain('P0,"王小明 <&"">  ","\'=HYPERLINK(""http://x"")"');
  });

  it('hold the same rows as Excel and as OpenDocument', async () => {
    const xlsx = await readXlsx(await make('xlsx', 2500));
    const ods = await readOds(await make('ods', 2500));
    for (const book of [xlsx, ods]) {
      const { name, rows } = book.sheets[0] ?? { name: '', rows: [] };
      expect(name).toBe('名單');
      expect(rows).toHaveLength(2501);
      expect(rows[0]).toEqual(['代碼', '姓名', '備註']);
      expect(rows[2500]?.[0]).toBe('P2499');
      expect(String(rows[1]?.[1]).trim()).toBe('王小明 <&">');
      expect(rows[1]?.[2]).toBe('\'=HYPERLINK("http://x")');
    }
  });

  it('name their sheet in whatever way a title is written', async () => {
    const title = "'轉案/結案：[一?] * 很長的標題，長得超過三十一個字，沒有一種試算表收得下'";
    const made = (format: ExportFormat) => buffer(exportTable(format, { ...table(1), sheetName: title }));
    for (const book of [await readXlsx(await made('xlsx')), await readOds(await made('ods'))]) {
      expect(book.sheets[0]?.name).toMatch(/^轉案-結案：-一-- - 很長的標題/);
      expect(book.sheets[0]?.name).toHaveLength(31);
    }
  });

  it.each(['csv', 'xlsx', 'ods'] as const)(
    'are %s while they are read: memory does not grow',
    async (format) => {
      let asked = 0;
      async function* counted() {
        for await (const row of rowsOf(50_000)) {
          asked += 1;
          yield row;
        }
      }
      const stream = exportTable(format, { ...table(0), rows: counted() });
      await new Promise((resolve) => stream.once('readable', resolve));
      expect(asked).toBeLessThan(20_000); // nobody has read yet
      let size = 0;
      for await (const chunk of stream) size += (chunk as Buffer).length;
      expect([asked, size > 10_000]).toEqual([50_000, true]);
    },
  );
});
