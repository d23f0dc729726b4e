import { picturesOf } from '#idp/enrollments/scan-pictures.ts';

const JPEG = Buffer.concat([
  Buffer.from('ffd8ffe0', 'hex'),
  Buffer.from('a page endobj stream'),
  Buffer.from('ffd9', 'hex'),
]);

/** A PDF as a scanner writes it: one object a page, each a JPEG as it is. */
function pdfWith(...objects: { dictionary: string; bytes: Buffer }[]): Buffer {
  const parts = objects.flatMap(({ dictionary, bytes }, at) => [
    Buffer.from(`${at + 1} 0 obj\n<< ${dictionary} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream\nendobj\n'),
  ]);
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), ...parts, Buffer.from('trailer << >>\n%%EOF\n')]);
}

const image = '/Type /XObject /Subtype /Image /Filter /DCTDecode';

describe('SM-03: the pages of a scan as pictures', () => {
  test('SM-03: a picture is its own page; of a PDF, its JPEG pages in order', () => {
    expect(picturesOf({ mediaType: 'image/png', bytes: JPEG })).toEqual([
      { mediaType: 'image/png', bytes: JPEG },
    ]);
    const scan = pdfWith(
      { dictionary: '/Type /Page', bytes: Buffer.from('q 1 0 0 1 0 0 cm') },
      { dictionary: image, bytes: JPEG },
      { dictionary: '/Filter [/FlateDecode /DCTDecode]', bytes: JPEG },
      { dictionary: '/Filter /FlateDecode', bytes: JPEG },
      { dictionary: image, bytes: JPEG },
    );
    const pictures = picturesOf({ mediaType: 'application/pdf', bytes: scan });
    expect(pictures.map(({ mediaType }) => mediaType)).toEqual(['image/jpeg', 'image/jpeg']);
    for (const { bytes } of pictures) expect(bytes.subarray(0, JPEG.length).equals(JPEG)).toBe(true);
  });

  test('I8: ten megabytes made to be slow, or cut off, are read in a moment', () => {
    const files = ['stream\n', 'stream\r\nendstream', '/DCTDecode stream\n\xFF\xD8\xFF'].map((text) =>
      Buffer.alloc(10 * 1024 * 1024, Buffer.from(text, 'latin1')),
    );
    const started = performance.now();
    for (const bytes of files) {
      expect(picturesOf({ mediaType: 'application/pdf', bytes }).length).toBeLessThan(7);
    }
    expect(picturesOf({ mediaType: 'text/html', bytes: JPEG })).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
