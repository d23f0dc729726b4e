import { crc32, deflateRawSync } from 'node:zlib';
import { writeXlsx } from 'hucre/xlsx';
import { UnreadableTable, readTable } from '#kit/import/table.ts';

const LIMITS = { rows: 100, columns: 10, cell: 50 };
const cellsOf = async (bytes: Buffer) => (await readTable(bytes, LIMITS)).map(({ cells }) => cells);
const refusal = async (bytes: Buffer): Promise<string> =>
  readTable(bytes, LIMITS).then(
    () => 'taken',
    (error: unknown) => (error instanceof UnreadableTable ? error.reason : `unexpected ${String(error)}`),
  );
const workbook = async (rows: (string | number | Date)[][]): Promise<Buffer> =>
  Buffer.from(await writeXlsx({ sheets: [{ name: 'x', rows }] }));

/** A ZIP whose headers may claim another length than there is. */
function zipOf(name: string, content: Buffer, claimed = content.length): Buffer {
  const packed = deflateRawSync(content);
  const head = (signature: number, size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    bytes.writeUInt32LE(signature);
    return bytes;
  };
  const local = head(0x04034b50, 30);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(crc32(content), 14);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(claimed, 22);
  local.writeUInt16LE(name.length, 26);
  const entry = head(0x02014b50, 46);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(claimed, 24);
  entry.writeUInt16LE(name.length, 28);
  const before = Buffer.concat([local, Buffer.from(name), packed]);
  const end = head(0x06054b50, 22);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(before.length, 16);
  return Buffer.concat([before, entry, Buffer.from(name), end]);
}

const sheet = (rows: string): Buffer =>
  zipOf('xl/worksheets/sheet1.xml', Buffer.from(`<worksheet><sheetData>${rows}</sheetData></worksheet>`));

describe('a table that people bring', () => {
  const text = '編號,結果\r\n1,陰性\r\n\r\n2,"陽,性"\r\n';
  const rows = [
    ['編號', '結果'],
    ['1', '陰性'],
    ['2', '陽,性'],
  ];

  it('is read as UTF-8 with and without byte order mark and as Big5, blank rows left out, lines kept', async () => {
    expect(await cellsOf(Buffer.from(text))).toEqual(rows);
    expect(await cellsOf(Buffer.from(`\ufeff${text}`))).toEqual(rows);
    const big5 = Buffer.from('bd73b8b92cb5b2aa470d0a312cb3b1a9ca0d0a', 'hex');
    expect(await cellsOf(big5)).toEqual(rows.slice(0, 2));
    expect((await readTable(Buffer.from(text), LIMITS)).map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it('is read from Excel, days and numbers as people write them', async () => {
    const book = await workbook([
      ['a', 'b'],
      [1, new Date('2026-11-20T00:00:00Z')],
      ['=1+1', '２'],
    ]);
    expect(await cellsOf(book)).toEqual([
      ['a', 'b'],
      ['1', '2026-11-20'],
      ['=1+1', '２'],
    ]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a heading alone', Buffer.from('a,b\n'), 'empty'],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'type'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'type'],
    ['neither UTF-8 nor Big5', Buffer.from([0x61, 0x0a, 0xa4]), 'encoding'],
    ['an open quote', Buffer.from('a,b\n"c,d\n'), 'not_csv'],
    ['too many rows', Buffer.from(`a\n${'1\n'.repeat(101)}`), 'rows'],
    ['endless blank rows', Buffer.from(`a\n1\n${'\n'.repeat(1000)}`), 'rows'],
    ['endless rows of blanks', Buffer.from(`a\n1\n${',,,\n'.repeat(1000)}`), 'rows'],
    ['too many columns', Buffer.from(`a\n${'1,'.repeat(10)}\n`), 'columns'],
    ['an endless cell', Buffer.from(`a\n${'x'.repeat(51)}\n`), 'cell'],
    ['a broken archive', Buffer.from('PK\u0003\u0004 and then nothing'), 'broken'],
    ['another archive', zipOf('notes.txt', Buffer.from('hello')), 'type'],
    ['macros', zipOf('xl/vbaProject.bin', Buffer.from('Sub')), 'macros'],
    ['formulas', zipOf('xl/worksheets/sheet1.xml', Buffer.from('<c><f>1+1</f></c>')), 'formulas'],
    ['a far cell', sheet('<row r="1"><c r="A1"/></row><row r="2"><c s="1" r="XFD2"/></row>'), 'columns'],
    ['a far cell in disguise', sheet('<row r="1"><c r="&#88;&#70;D1"/></row>'), 'columns'],
    ['a bomb', zipOf('xl/sharedStrings.xml', Buffer.alloc(81 * 1024 * 1024)), 'bomb'],
    ['a bomb that claims to be small', zipOf('xl/workbook.xml', Buffer.alloc(90 * 1024 * 1024), 10), 'bomb'],
    ['a lie about its length', zipOf('xl/workbook.xml', Buffer.from('hello'), 10), 'broken'],
  ])('G8: is refused early: %s', async (_what, bytes, reason) => {
    expect(await refusal(bytes)).toBe(reason);
  });

  it('G8: gives other work its turn, however much of it is blank', async () => {
    let turns = 0;
    let isRead = false;
    const tick = (): void => {
      turns += 1;
      if (!isRead) setImmediate(tick);
    };
    setImmediate(tick);
    const wide = { rows: 20_000, columns: 200, cell: 50 };
    const table = await readTable(Buffer.from(`a\n1\n${`${','.repeat(99)}\n`.repeat(4000)}`), wide);
    isRead = true;
    expect(table).toHaveLength(2);
    expect(turns).toBeGreaterThan(50);
  });

  it('is read to its last row from Excel, however many of its rows are blank', async () => {
    const blank = Array.from({ length: 150 }, () => ['']);
    expect(await cellsOf(await workbook([['a'], ...blank, ['1']]))).toEqual([['a'], ['1']]);
  });
});
