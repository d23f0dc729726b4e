import { Visitor } from './sign-in-browser.ts';
import { bound } from './sign-in-facts.ts';
import { CAPTCHA, PASSWORD, type World, openWorld } from './sign-in-world.ts';

const subsystem = { code: 'mch', name: { 'zh-TW': '婦幼健康', en: 'Child health' }, colour: 1 };
const FORMS: [string, Record<string, string>][] = [
  ['/password', { account: 'ordered', password: PASSWORD, captcha: CAPTCHA }],
  ['/captcha', { account: 'ordered' }],
  ['/second-factor', { code: '123456' }],
  ['/password-change', { new_password: 'Another*2026Word', repeat_password: 'Another*2026Word' }],
  ['/account', { account: 'first' }],
  ['/consent', { decision: 'allow' }],
];

describe('a form out of order', () => {
  let world: World;
  let accountId: string;
  beforeAll(async () => {
    world = await openWorld();
    accountId = await world.addPerson({ loginName: 'ordered' });
    world.accounts.set(accountId, [bound('first'), bound('second')]);
  });
  afterAll(() => world.close());

  const proven = () => ({ accountId, amr: ['pwd'], authenticatedAt: world.now.getTime() / 1000 });
  const states: [string, Parameters<World['begin']>[1], string[]][] = [
    ['the password is due', {}, ['/password', '/captcha']],
    ['an account is to be chosen', { subsystem }, ['/account']],
    ['consent is asked for', { prompt: 'consent', reasons: ['op_scopes_missing'] }, ['/consent']],
  ];

  it.each(
    states.flatMap(([state, facts, due]) =>
      FORMS.filter(([path]) => !due.includes(path)).map(
        ([path, fields]) => [path, state, fields, facts] as const,
      ),
    ),
  )('%s while %s changes nothing and leads back', async (path, state, fields, facts) => {
    const uid = `order-${path.slice(1)}-${states.findIndex(([name]) => name === state)}`;
    const progress = state === 'the password is due' ? { amr: [] } : proven();
    world.begin(uid, { ...facts, progress });
    const visitor = new Visitor(world, uid);
    await visitor.get();
    const before = structuredClone(world.interactions.get(uid));
    const answer = await visitor.post(path, fields);
    expect([answer.status, answer.location]).toEqual([303, `/interaction/${uid}`]);
    expect(world.interactions.get(uid)).toEqual(before);
  });

  it('cannot be sent into another interaction of the same browser', async () => {
    world.begin('mine');
    world.begin('planted');
    const visitor = new Visitor(world, 'planted');
    const answer = await visitor.post(
      '/password',
      { account: 'ordered', password: PASSWORD, captcha: CAPTCHA },
      { 'x-browser-interaction': 'mine' },
    );
    expect([answer.status, answer.text]).toEqual([410, 'fault.interaction_expired']);
  });

  it('after the end is told that the journey is over', async () => {
    world.begin('ended');
    const visitor = new Visitor(world, 'ended');
    await visitor.signIn('ordered');
    expect((await visitor.signIn('ordered')).status).toBe(410);
    expect((await visitor.get('/captcha.png')).status).toBe(410);
  });
});

describe('consent', () => {
  let world: World;
  let accountId: string;
  beforeAll(async () => {
    world = await openWorld();
    accountId = await world.addPerson({ loginName: 'consenting' });
  });
  afterAll(() => world.close());

  const begin = (uid: string) => {
    const authTime = world.now.getTime() / 1000;
    world.begin(uid, {
      prompt: 'consent',
      reasons: ['op_scopes_missing'],
      clientName: { 'zh-TW': '外部系統', en: 'A third party' },
      scopes: ['openid', 'email', 'unheard-of'],
      redirectOrigins: ['https://rp.example.test'],
      session: { accountId, acr: '', amr: ['pwd'], authTime },
    });
    return new Visitor(world, uid);
  };

  it('names who asks for what, and lets the form lead there', async () => {
    const page = await begin('consent-page').get();
    for (const text of ['A third party', 'unheard-of']) expect(page.text).toContain(text);
    expect(page.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://rp.example.test",
    );
  });

  it.each([
    ['allow', { result: expect.objectContaining({ consent: 'granted' }) }, 'consent.granted'],
    ['deny', { aborted: true }, 'consent.refused'],
    ['', { aborted: true }, 'consent.refused'],
  ])('answered %j', async (decision, outcome, event) => {
    const visitor = begin(`consent-${decision}`);
    expect((await visitor.post('/consent', { decision })).status).toBe(303);
    expect(world.interactions.get(`consent-${decision}`)).toMatchObject(outcome);
    const audit = await world.database.db
      .selectFrom('audit_event')
      .selectAll()
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(audit).toMatchObject({ type: event, account_id: accountId });
  });
});

describe('the captcha on the page', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('gives nothing away by name, text or header, and is not kept', async () => {
    world.begin('media');
    const visitor = new Visitor(world, 'media');
    const page = await visitor.get();
    expect(page.text).not.toContain(CAPTCHA);
    expect(page.headers.get('cache-control')).toBe('no-store');
    for (const [path, type] of [
      ['/captcha.png', 'image/png'],
      ['/captcha.wav', 'audio/wav'],
    ] as const) {
      const media = await visitor.get(path);
      expect(media.status).toBe(200);
      expect(media.headers.get('content-type')).toBe(type);
      expect(media.headers.get('cache-control')).toBe('no-store');
      expect(JSON.stringify([...media.headers])).not.toContain(CAPTCHA);
      expect(media.text).not.toContain(CAPTCHA);
    }
  });

  it('may be heard in parts', async () => {
    world.begin('parts');
    const visitor = new Visitor(world, 'parts');
    await visitor.get();
    const part = await visitor.get('/captcha.wav', { range: 'bytes=0-1' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toMatch(/^bytes 0-1\/\d{5,}$/);
    expect(part.text).toBe('RI');
    expect((await visitor.get('/captcha.wav', { range: 'bytes=9-2' })).status).toBe(200);
  });

  it('is not there before the page or after an answer', async () => {
    world.begin('gone');
    const visitor = new Visitor(world, 'gone');
    expect((await visitor.get('/captcha.png')).status).toBe(404);
    await visitor.signIn('nobody', 'x', '00000');
    expect((await visitor.get('/captcha.wav')).status).toBe(404);
  });
});
