import { keepMessage } from '#mch/inbox/store.ts';
import type { FakeOp } from './support/fake-op.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';

/* Somebody acts for the person: `act` in the ID token (RFC 8693 §4.1). */

const OPERATOR = { sub: 'an-operator', name: '李示範' };

describe('an assisted sign-in', () => {
  let mch: Mch;
  let op: FakeOp;

  beforeAll(async () => {
    mch = await startMch();
    op = mch.op;
  });
  afterAll(() => mch.stop());
  beforeEach(() => {
    op.accounts = [HOSPITAL, STATION];
    op.acting = HOSPITAL.id;
    op.act = { act: OPERATOR, act_until: Math.floor(Date.now() / 1000) + 1200 };
  });
  afterEach(() => {
    op.act = undefined;
  });

  const sessions = () => mch.database.db.selectFrom('rp_session').selectAll().execute();

  it.each(['/', '/common/todo', '/common/profile', '/maternal/gbs', '/sign-out'])(
    'C14: says so on every page, in both languages: %s',
    async (path) => {
      const visitor = await mch.nurse();
      const page = await visitor.ask(path);
      expect(page.text).toContain('李示範 正以 陳護理師 的帳號「示範醫院」代為登入。');
      const english = await visitor.ask(`${path}?lang=en`);
      expect(english.text).toContain('李示範 acts as 陳護理師, account “示範醫院”.');
      op.act = undefined;
      const own = await mch.nurse();
      expect((await own.ask(path)).text).not.toContain('acted-for');
    },
  );

  it('C13, C14: looks and does nothing: every form is refused in one place, whatever it is for', async () => {
    const visitor = await mch.nurse();
    const outside = ['/sign-in', '/sign-out', '/backchannel-logout', '/keep-alive'];
    const posts = mch.posts.filter((path) => !outside.includes(path));
    expect(posts.length).toBeGreaterThan(20);
    for (const path of posts) {
      const answer = await visitor.ask(path, { form: { acting: HOSPITAL.id } });
      expect({ path, status: answer.status }).toEqual({ path, status: 403 });
      expect(answer.text).toContain('代為登入僅供檢視');
    }
    expect((await visitor.ask('/keep-alive', { form: {} })).status).toBeLessThan(300);
    await visitor.ask('/sign-out', { form: { scope: 'here' } });
    expect((await visitor.ask('/acting')).status).toBe(401);
  });

  it('C14: leaves for the person what waits for them: a form that was sent too late, an unread message', async () => {
    const { db } = mch.database;
    const visitor = await mch.nurse();
    const name = { 'zh-TW': '給本人的訊息', en: 'For the person' };
    const message = { dedupeKey: 'acting-for', accountId: HOSPITAL.id, path: '/', at: mch.clock.now() };
    await db.transaction().execute((trx) => keepMessage(trx, { ...message, subject: name, body: name }));
    const { id } = await db.selectFrom('inbox_message').select('id').executeTakeFirstOrThrow();
    expect((await visitor.ask(`/common/inbox/${id}`)).text).toContain(name['zh-TW']);
    const whose = { iss: op.issuer, sub: op.sub, account_id: HOSPITAL.id };
    const form = { content_sealed: Buffer.alloc(40), expires_at: new Date(Date.now() + 600_000) };
    await db
      .insertInto('kept_form')
      .values({ ...whose, ...form })
      .execute();
    expect((await visitor.ask('/kept-form')).status).toBe(403);
    const unread = await db.selectFrom('inbox_message').select('read_at').execute();
    const kept = await db.selectFrom('kept_form').select('account_id').execute();
    expect([unread, kept]).toEqual([[{ read_at: null }], [{ account_id: HOSPITAL.id }]]);
  });

  it('C14: is recorded as the operator’s, ends when the single entry says, and is no session of the person’s', async () => {
    const own = await (async () => {
      op.act = undefined;
      return mch.nurse();
    })();
    op.act = { act: OPERATOR, act_until: Math.floor(Date.now() / 1000) + 600 };
    const visitor = await mch.nurse();
    const rows = (await sessions()).filter(({ act }) => act !== null);
    const row = rows.at(-1);
    expect(row?.act).toMatchObject(OPERATOR);
    expect(row?.expires_at.getTime()).toBeLessThanOrEqual(Date.now() + 601_000);
    const { db } = mch.database;
    const records = await db.selectFrom('audit_event').selectAll().orderBy('id', 'desc').limit(1).execute();
    expect(records[0]).toMatchObject({ type: 'session.started', act_sub: OPERATOR.sub });
    const log = await db.selectFrom('sign_in_log').selectAll().orderBy('id', 'desc').limit(1).execute();
    expect(log[0]?.person_name).toBe('李示範 → 陳護理師');
    // the same browser going on as oneself is another session, not the same one renewed
    op.act = undefined;
    await visitor.go('/sign-in');
    expect((await visitor.ask('/')).text).not.toContain('acted-for');
    expect((await own.ask('/acting')).status).toBe(200);
  });

  it.each([
    ['without its end', { act: OPERATOR }],
    ['with an end alone', { act_until: 1 }],
    ['without a name', { act: { sub: 'x' }, act_until: 4_102_444_800 }],
  ])('C14: an `act` %s opens nothing', async (_what, act) => {
    op.act = act as never;
    const visitor = mch.visitor();
    expect((await visitor.go('/')).status).toBe(502);
    expect(visitor.cookies.get('mch_session')).toBeUndefined();
  });
});
