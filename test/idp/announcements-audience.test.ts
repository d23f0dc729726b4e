import { type ContentWorld, draft, startContentWorld } from './content-world.ts';

let world: ContentWorld;

beforeAll(async () => {
  world = await startContentWorld();
});
afterAll(() => world.stop());

describe('P-25: who sees what', () => {
  const audiences = {
    public: {},
    'signed-in': { signedIn: true },
    subsystem: { subsystems: ['mch'] },
    duty: { duties: ['health_station'] },
    'menu-role': { menuRoles: ['mi_hearing_screen'] },
    unit: { units: ['376570300I'] },
    'one-account': { subsystems: ['mch'], duties: ['medical'], units: ['9876543210'] },
    // she has the duty at one account and the unit at another: no single account has both
    'two-accounts': { subsystems: ['mch'], duties: ['medical'], units: ['2311170010'] },
    nobody: { subsystems: ['mch', 'cancer'], menuRoles: ['hpa_system'] },
  };
  beforeAll(() =>
    world.publish(Object.entries(audiences).map(([slug, audience]) => draft(`p25-${slug}`, { audience }))),
  );

  const expected: Record<string, string[]> = {
    '': ['public'],
    'demo.nurse': ['public', 'signed-in', 'subsystem', 'duty', 'menu-role', 'one-account'],
    'demo.bureau': ['public', 'signed-in', 'subsystem', 'unit'],
    'demo.ops': ['public', 'signed-in'],
    // her accounts exist but she has not bound them
    'demo.new': ['public', 'signed-in'],
  };

  test.each(Object.keys(expected))(
    'P-25: "%s" sees what is for them, in the list and by its address',
    async (who) => {
      const journey = await world.reader(who);
      const seen = (await world.titles(journey, '標題 p25-')).map((title) => title.replace('標題 p25-', ''));
      expect(seen.sort()).toEqual([...(expected[who] ?? [])].sort());
      for (const slug of Object.keys(audiences)) {
        const page = await journey.open(`${world.issuer}/announcements/${await world.idOf(`p25-${slug}`)}`);
        expect([slug, page.status]).toEqual([slug, expected[who]?.includes(slug) ? 200 : 404]);
      }
    },
  );

  test('P-25: an attachment is refused to whom its announcement is not for', async () => {
    const file = { 'p25.txt': 'synthetic' };
    await world.publish(
      [draft('p25-file', { audience: { subsystems: ['mch'] }, attachments: ['p25.txt'] })],
      file,
    );
    const nurse = await world.reader('demo.nurse');
    const { html } = await nurse.open(`${world.issuer}/announcements/${await world.idOf('p25-file')}`);
    const address = /href="([^"]*\/attachments\/[^"]*)"/.exec(html)?.[1] ?? '';
    expect((await nurse.open(world.issuer + address)).status).toBe(200);
    expect((await fetch(world.issuer + address)).status).toBe(404);
    // nor by the address of another announcement
    const elsewhere = address.replace(
      /announcements\/[^/]+/,
      `announcements/${await world.idOf('p25-public')}`,
    );
    expect((await nurse.open(world.issuer + elsewhere)).status).toBe(404);
  });

  test('P-25: a disabled account counts no more', async () => {
    const ops = await world.reader('demo.bureau');
    expect(await world.titles(ops, 'p25-subsystem')).toHaveLength(1);
    await world.command('subsystem-accounts', 'disable', 'P@00000003P@mbh_01', '--reason', 'test');
    expect(await world.titles(ops, 'p25-subsystem')).toHaveLength(0);
    await world.command('subsystem-accounts', 'enable', 'P@00000003P@mbh_01', '--reason', 'test');
  });
});

describe('importing content', () => {
  test('names every fault and writes nothing', async () => {
    const { code, output } = await world.importContent({
      announcements: [
        draft('fine-one'),
        draft('Bad Slug'),
        draft('bad-times', { publishUntil: '2025-01-01T00:00:00+08:00' }),
        draft('bad-kind', { kind: 'event' }),
      ],
    });
    expect(code).toBe(1);
    for (const fault of ['announcements.1.slug', 'announcements.2.publishUntil', 'announcements.3.event']) {
      expect(output).toContain(fault);
    }
    expect(await world.titles(await world.reader(), 'fine-one')).toEqual([]);
  });

  test.each([
    ['a page that calls itself a picture', 'page.png', '<html>'],
    ['an empty file', 'empty.pdf', ''],
    ['a program', 'run.html', '<script>'],
    ['text that is not UTF-8', 'bytes.txt', Buffer.from([0xff, 0xfe, 0x00])],
  ])('P-04: refuses %s as an attachment', async (_what, name, bytes) => {
    const { code, output } = await world.importContent(
      { announcements: [draft('no-file', { attachments: [name] })] },
      {
        [name]: bytes,
      },
    );
    expect(code).toBe(1);
    expect(output).toContain(name);
  });

  test('refuses a file outside its folder and a subsystem nobody knows', async () => {
    const { code, output } = await world.importContent({
      announcements: [draft('outside', { attachments: ['../../etc/hostname'], system: 'nowhere' })],
    });
    expect(code).toBe(1);
    expect(output).toContain('../../etc/hostname cannot be read');
    expect(output).toContain('there is no subsystem nowhere');
  });

  test('puts what has the same slug in its place, with its files, and is audited', async () => {
    await world.publish([draft('again', { attachments: ['a.txt'] })], { 'a.txt': 'one' });
    await world.publish([draft('again', { title: { 'zh-TW': '標題 again 二' } })]);
    expect(await world.titles(await world.reader(), '標題 again')).toEqual(['標題 again 二']);
    const { db } = world.database;
    const files = await db
      .selectFrom('announcement_attachment')
      .select('name')
      .where('announcement_id', '=', await world.idOf('again'))
      .execute();
    expect(files).toEqual([]);
    const audits = await db
      .selectFrom('audit_event')
      .select('id')
      .where('type', '=', 'content.imported')
      .execute();
    expect(audits.length).toBeGreaterThan(1);
  });
});
