import { Readable } from 'node:stream';
import { SLICE_BYTES, slicesOf } from '#kit/http/attachment.ts';
import { recogniseFile, safeFileName } from '#kit/file-type.ts';
import { readPlainText } from '#kit/plain-text.ts';

const runs = (text: string) => readPlainText(text).flatMap(({ lines }) => lines.flat());
const links = (text: string): string[] => runs(text).flatMap(({ href }) => (href === '' ? [] : [href]));

describe('P-04: text as editors write it', () => {
  test('becomes paragraphs, lines and lists', () => {
    const blocks = readPlainText('one\r\ntwo\r\n\r\n- a\n- b\nafter\n\n   \n\nend');
    expect(
      blocks.map(({ isList, lines }) => [isList, lines.map((line) => line.map(({ text }) => text).join(''))]),
    ).toEqual([
      [false, ['one', 'two']],
      [true, ['a', 'b']],
      [false, ['after']],
      [false, ['end']],
    ]);
    expect(readPlainText('')).toEqual([]);
  });

  test.each([
    ['見 https://agency.example/a?b=1&c=2#d。', ['https://agency.example/a?b=1&c=2#d']],
    [
      '(https://agency.example/x), https://other.example.',
      ['https://agency.example/x', 'https://other.example'],
    ],
    ['https://agency.example/中文', ['https://agency.example/']],
    ['http://plain.example javascript:alert(1) //x.example data:text/html,x', []],
    ['https://person:secret@agency.example/', []],
    ['https://', []],
    ['https://[', []],
  ])('links only public https addresses: %s', (text, expected) => {
    expect(links(text)).toEqual(expected);
    expect(
      runs(text)
        .map((run) => run.text)
        .join(''),
    ).toBe(text);
  });
});

test.each(['.', 'a.', '/https://', '\n ', ' \n', '\n- '])(
  'F7: hostile text takes a time that grows with its length alone: %j over and over',
  (piece) => {
    const text = `https://${piece.repeat(200_000 / piece.length)}a`;
    const before = performance.now();
    readPlainText(text);
    expect(performance.now() - before).toBeLessThan(2000);
  },
);

describe('P-04: files people may download', () => {
  test('F7: are read as they are taken, a slice ahead at most, and fail when they change on the way', async () => {
    const bytes = Buffer.alloc(20 * SLICE_BYTES + 7, 'abc');
    let reads = 0;
    const read = async (from: number, length: number) => {
      reads += 1;
      return Promise.resolve(bytes.subarray(from, from + length));
    };
    const slices = Readable.from(slicesOf(bytes.length, read)).iterator() as AsyncIterator<Buffer>;
    const taken: Buffer[] = [];
    for (let next = await slices.next(); next.done !== true; next = await slices.next()) {
      taken.push(next.value);
      await new Promise((resolve) => setImmediate(resolve));
      expect(reads).toBeLessThanOrEqual(taken.length + 2);
    }
    expect(Buffer.concat(taken).equals(bytes)).toBe(true);
    const gone = slicesOf(10, () => Promise.resolve(undefined));
    await expect(gone.next()).rejects.toThrow('changed');
  });

  const zip = (inside: string): Buffer => Buffer.from(`PK\u0003\u0004....${inside}`);

  test.each([
    ['a.pdf', Buffer.from('%PDF-1.7'), 'application/pdf'],
    ['a.PDF', Buffer.from('%PDF-1.7'), 'application/pdf'],
    ['a.pdf', Buffer.from('<html>%PDF-1.7'), undefined],
    ['a.pdf', Buffer.alloc(0), undefined],
    ['a.html', Buffer.from('<p>'), undefined],
    ['a.svg', Buffer.from('<svg/>'), undefined],
    ['pdf', Buffer.from('%PDF-1.7'), undefined],
    [
      'a.docx',
      zip('word/document.xml'),
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    ['a.docx', zip('xl/workbook.xml'), undefined],
    [
      'a.ods',
      zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'),
      'application/vnd.oasis.opendocument.spreadsheet',
    ],
    ['a.csv', Buffer.from('姓名,單位\n'), 'text/csv; charset=utf-8'],
    ['a.txt', Buffer.from([0x41, 0x00, 0x42]), undefined],
  ])('%s is what its bytes say', (name, bytes, expected) => {
    expect(recogniseFile(name, bytes)).toBe(expected);
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\表單.pdf', '表單.pdf'],
    ['a\r\nSet-Cookie: x.pdf', 'aSet-Cookie x.pdf'],
    ['\u202egnp.exe.pdf', 'gnp.exe.pdf'],
    ['....pdf', 'file.pdf'],
    ['', 'file'],
  ])('the name %j is made safe', (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
  });

  test('a long name keeps its ending', () => {
    const name = safeFileName(`${'長'.repeat(500)}.pdf`);
    expect(name).toBe(`${'長'.repeat(120)}.pdf`);
  });
});
