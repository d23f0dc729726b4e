import { createClientRegistry } from '#idp/subsystems/index.ts';
import { type NewMessage, type Sending, sendMessage } from '#idp/messages/index.ts';
import { allowedLink } from '#idp/messages/policy.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, createJourney } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { personOf } from './bindings-support.ts';

const PAGE = '/account/messages';
const both = (zh: string, en: string) => ({ 'zh-TW': zh, en });

describe('P-24: messages in the portal', () => {
  let world: IdpWorld;
  let nurse: Journey;
  let nurseId: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    await world.database.db.deleteFrom('announcement').execute(); // new ones are counted too
    nurse = await portalOf(world, 'demo.nurse');
    nurseId = (await personOf(world, 'demo.nurse')).id;
  });
  afterAll(() => world.stop());
  beforeEach(() => world.database.db.deleteFrom('message').execute());

  const open = (path = '', browser = nurse) => browser.open(world.issuer + PAGE + path);

  async function send(message: Partial<NewMessage> = {}): Promise<Sending> {
    const { db } = world.database;
    const registry = await createClientRegistry(db);
    return db.transaction().execute((trx) =>
      sendMessage(trx, registry, {
        accountId: nurseId,
        subsystemCode: 'mch',
        sender: both('婦幼健康整合', 'MCH'),
        subject: both('審核信件通知!', 'A review is waiting'),
        body: both('第一段\n第二段 <b>', 'First\nSecond <b>'),
        dedupeKey: 'one',
        ...message,
      }),
    );
  }

  const lastId = async (): Promise<number> => {
    const rows = world.database.db.selectFrom('message').select('id').orderBy('id', 'desc');
    return (await rows.executeTakeFirstOrThrow()).id;
  };

  it('P-24: says why the list is empty', async () => {
    const page = await open();
    expect(page.text).toContain('目前沒有訊息');
    expect(page.html).not.toContain('place-badge');
  });

  it('P-24: shows a subsystem’s message under its prefix, counts it until it is opened, in both languages', async () => {
    expect(await send({ link: '/account/bindings' })).toBe('sent');
    const home = await nurse.open(world.issuer);
    expect(home.text).toContain('1 則未讀');
    const list = await open();
    expect(list.text).toContain('【婦幼健康整合】 審核信件通知!');
    const page = await open(`/${await lastId()}`);
    expect(page.text).toContain('第一段');
    expect(page.html).toContain('第二段 &lt;b&gt;');
    expect(page.html).toContain('href="/account/bindings"');
    expect(page.html).not.toContain('place-badge');
    const english = await open(`/${await lastId()}?lang=en`);
    expect(english.text).toContain('[MCH] A review is waiting');
    await open('?lang=zh-TW');
  });

  it('P-24: writes a message of one key once, however many send it at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => send()));
    expect(results.filter((result) => result === 'sent')).toHaveLength(1);
    expect(results.filter((result) => result === 'sent_before')).toHaveLength(4);
    const { subsystemCode: _mch, ...own } = { subsystemCode: 'mch' };
    expect(await send({ ...own, subsystemCode: 'cancer' })).toBe('sent');
    expect((await open()).text).toContain('未讀 2');
  });

  it('P-24: pages by twenty; what arrives meanwhile neither repeats nor is lost', async () => {
    for (let at = 1; at <= 25; at += 1) {
      await send({ dedupeKey: `m${at}`, subject: both(`第 ${at} 則。`, `No ${at}.`) });
    }
    const first = await open();
    expect(first.text).toContain('第 25 則。');
    expect(first.text).not.toContain('第 5 則。');
    const older = /href="([^"]*before[^"]*)"/.exec(first.html)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    await send({ dedupeKey: 'later', subject: both('剛到的', 'Just now') });
    const second = await nurse.open(world.issuer + older);
    expect([5, 4, 3, 2, 1].every((at) => second.text.includes(`第 ${at} 則。`))).toBe(true);
    expect(second.text).not.toContain('第 6 則。');
    expect(second.html).toContain(`href="${PAGE}"`);
    for (const odd of ['?before=x', '?before=-1', '?before=99999999999999999999']) {
      expect((await open(odd)).status).toBe(200);
    }
  });

  it('P-24: marks all as read, but not what came after the page was drawn', async () => {
    await send({ dedupeKey: 'a' });
    await open();
    await send({ dedupeKey: 'b' });
    const page = await nurse.submit((form) => form.action.endsWith('/read'));
    expect(page.text).toContain('已全部標為已讀');
    expect(page.text).toContain('未讀 1');
    const rows = await world.database.db
      .selectFrom('message')
      .select(['dedupe_key as key', 'read_at'])
      .orderBy('id')
      .execute();
    expect(rows.map(({ key, read_at }) => [key, read_at !== null])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('C25: another person’s messages are not found, not marked, and no form of another site is taken', async () => {
    await send();
    const id = await lastId();
    const other = await portalOf(world, 'demo.new');
    expect((await open(`/${id}`, other)).status).toBe(404);
    expect((await open('', other)).text).toContain('目前沒有訊息');
    const marked = await forgeForm(world, other, `${PAGE}/read`, { newest: String(id) });
    expect(marked.status).toBe(303);
    const foreign = await forgeForm(
      world,
      nurse,
      `${PAGE}/read`,
      { newest: String(id) },
      { origin: 'https://elsewhere.example' },
    );
    expect(foreign.status).toBe(403);
    expect((await forgeForm(world, nurse, `${PAGE}/read`, { newest: 'all' })).status).toBe(400);
    const row = await world.database.db.selectFrom('message').select('read_at').executeTakeFirstOrThrow();
    expect(row.read_at).toBeNull();
    expect((await open('/0')).status).toBe(404);
    expect((await open('/x')).status).toBe(404);
    const stranger = browserOf(world);
    expect((await open('', stranger)).url.pathname).toMatch(/^\/interaction\//);
  });

  it('P-24: leads into the portal or to its own subsystem, nowhere else', async () => {
    for (const link of [
      'https://elsewhere.example/',
      '//elsewhere.example/',
      '/\\elsewhere.example',
      'x:y',
    ]) {
      expect(await send({ link, dedupeKey: link })).toBe('foreign_link');
    }
    const there = `${world.rpOrigin}/records/7`;
    expect(await send({ link: there, dedupeKey: 'there' })).toBe('sent');
    expect((await open(`/${await lastId()}`)).html).toContain('前往婦幼健康整合');
  });

  it('another replica shows the same', async () => {
    await send();
    const second = createJourney({
      jar: nurse.jar,
      via: { [world.issuer]: world.replicaUrls[1] ?? '' },
    });
    expect((await open('', second)).text).toContain('審核信件通知!');
  });
});

describe('where a message may lead', () => {
  it.each([
    ['/account/bindings?x=1#y', '/account/bindings?x=1#y'],
    ['/a/../b', '/b'],
    ['//evil.example', undefined],
    ['/\t/evil.example', undefined],
    ['https://mch.example/records/1', 'https://mch.example/records/1'],
    ['https://user@mch.example/', undefined],
    ['https://mch.example.evil.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['', undefined],
  ])('P-24: %s', (link, plain) => {
    expect(allowedLink(link, ['https://mch.example'])).toBe(plain);
  });
});
