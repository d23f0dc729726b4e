import { apply, createApplicant } from './enrollments-applicant.ts';
import { PDF, PNG, makePng } from './enrollments-files.ts';
import { HOSPITAL, type World, openWorld } from './enrollments-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('P-15, G8: uploads', () => {
  const atUpload = async () => {
    const applicant = createApplicant(world);
    await apply(world, applicant, 'unit_manager', HOSPITAL);
    await applicant.lookUp();
    return applicant;
  };
  const jpeg = (width: number, height: number): Buffer => {
    const frame = Buffer.from([
      0xff,
      0xc0,
      0,
      11,
      8,
      height >> 8,
      height & 255,
      width >> 8,
      width & 255,
      1,
      1,
      0x11,
      0,
    ]);
    return Buffer.concat([Buffer.from([0xff, 0xd8]), frame, Buffer.alloc(8, 1), Buffer.from([0xff, 0xd9])]);
  };

  test('a PNG, a JPEG and a PDF are known by their content, whatever they are called', async () => {
    const applicant = await atUpload();
    for (const [bytes, ending] of [
      [PNG, 'png'],
      [jpeg(1200, 1600), 'jpg'],
      [PDF, 'pdf'],
    ] as const) {
      const page = await applicant.upload('scan.exe', bytes);
      expect(page.text).toContain('The attachment has been uploaded');
      expect(page.text).toContain(`scan.${ending}`);
    }
  });

  test.each([
    ['empty', Buffer.alloc(0), 'Choose a file'],
    ['a page', Buffer.from('<html><script>alert(1)</script></html>'), 'not a whole'],
    [
      'an SVG with a script',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
      'not a whole',
    ],
    ['an archive', Buffer.from('PK\u0003\u0004aaaaaaaaaaaaaaaaaaaaaaaa'), 'not a whole'],
    ['a picture with a page behind it', Buffer.concat([PNG, Buffer.from('<script>')]), 'not a whole'],
    [
      'a picture with an archive behind it',
      Buffer.concat([jpeg(10, 10), Buffer.from('PK\u0003\u0004xx')]),
      'not a whole',
    ],
    ['a PDF with a page before it', Buffer.concat([Buffer.from('<html>'), PDF]), 'not a whole'],
    ['a PDF with a page behind it', Buffer.concat([PDF, Buffer.from('<html>')]), 'not a whole'],
    [
      'a PDF that acts',
      Buffer.from('%PDF-1.7\n<< /OpenAction << /S /JavaScript /JS (x) >> >>\n%%EOF'),
      'not a whole',
    ],
    ['a picture of 50,000 by 50,000', makePng(50_000, 50_000), 'not a whole'],
    ['half a picture', PNG.subarray(0, 40), 'not a whole'],
    [
      'over 10 MB',
      Buffer.concat([PDF.subarray(0, 9), Buffer.alloc(10 * 1024 * 1024), PDF]),
      'larger than 10 MB',
    ],
  ])('%s is refused, and nothing is kept', async (_what, bytes, said) => {
    const applicant = await atUpload();
    const page = await applicant.upload('form.pdf', bytes);
    expect(page.path).toBe('/enrollment-progress');
    expect(page.text).toContain(said);
    expect(page.text).toContain('Attachment None');
  });

  test('far over the limit, no form at all, or a broken one is refused plainly', async () => {
    const applicant = await atUpload();
    const post = (body: string | Buffer, type: string) =>
      applicant.ask('/enrollment-progress/scan', {
        method: 'POST',
        body: body as string,
        headers: { 'content-type': type },
      });
    expect((await post('scan=x', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('nothing', 'multipart/form-data; boundary=x')).status).toBe(400);
    expect((await post('nothing', 'multipart/form-data')).status).toBe(400);
    expect((await applicant.upload('form.pdf', PDF, 'other')).text).toContain('Choose a file');
  });

  test('I7: a hostile name is made harmless; the file is sealed and served only as attachment, only to its person', async () => {
    const applicant = await atUpload();
    await applicant.upload('../../etc/\u202Egnp.<img src=x>\r\nX: y.html', PDF);
    const page = await applicant.open('/enrollment-progress');
    expect(page.html).not.toContain('<img src=x>');
    expect(page.text).not.toContain('\u202E');
    const file = await applicant.open('/enrollment-progress/scan');
    expect(file.status).toBe(200);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename=/);
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
    expect(file.html).toBe(PDF.toString());
    const row = await world.database.db.selectFrom('enrollment_scan').selectAll().execute();
    expect(row.some(({ content_sealed: sealed }) => sealed.includes('%PDF'))).toBe(false);
    expect(await createApplicant(world).open('/enrollment-progress/scan')).toMatchObject({ status: 404 });
  });
});
