import { backgroundJobs } from '#mch/jobs.ts';
import { sweepKeptForms } from '#mch/kept-forms/index.ts';
import { sweepSessions } from '#mch/sessions/index.ts';
import type { OpAccount } from './support/fake-op.ts';
import { BACK, KEPT, endByTheEntry, pathOf } from './support/late.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import { MANAGER, SPECIMENS, actingAs, mother, send, specimen } from './support/people.ts';
import type { Page, Visitor } from './support/visitor.ts';

/* Forms that are sent after their session has ended. Names of rows: G10 resilience, G5 other accounts. */

const IDLE_SECONDS = 20 * 60;
const ASK = '/common/change-requests/entry';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());
beforeEach(async () => {
  const { op, database } = mch;
  op.down = false;
  op.api = op.authorizationError = undefined;
  op.sid = `sid-${Math.random()}`;
  await database.db.deleteFrom('kept_form').execute();
});

const rows = () => mch.database.db.selectFrom('kept_form').selectAll().execute();
const records = async () => (await mch.database.db.selectFrom('record').select('id').execute()).length;
const valueIn = (page: Page, name: string): string | undefined =>
  new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(page.text)?.[1];

/** Signs this browser in again as `account` of `sub`, and asks for the form that was kept. */
async function back(visitor: Visitor, account: OpAccount, sub = `sub-${account.id}`): Promise<Page> {
  const { op } = mch;
  Object.assign(op, { accounts: [account], acting: account.id, sub });
  return visitor.go(`/sign-in?return_to=${KEPT}`);
}

/** A form of a hospital that was sent after its session had ended. */
async function sentTooLate(serial: number, more: Record<string, string> = {}): Promise<Visitor> {
  const nurse = await actingAs(mch, HOSPITAL);
  await endByTheEntry(mch);
  mch.op.authorizationError = () => 'login_required';
  await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(serial), deed: 'submit', ...more });
  mch.op.authorizationError = undefined;
  return nurse;
}

describe('a form that is sent too late', () => {
  it('G10: idle: is kept, told of, shown filled in once signed in again, and sent by nobody but the person', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    mch.clock.advance(IDLE_SECONDS + 1);
    const before = await records();
    const typed = { ...specimen(901), gest_days: '36.9', deed: 'submit' };
    const ended = await send(nurse, SPECIMENS, HOSPITAL, typed);
    expect([pathOf(ended), ended.text]).toEqual(['/signed-out', expect.stringContaining('保留 15 分鐘')]);
    const [, signIn = ''] = /href="(\/sign-in\?[^"]*)"/.exec(ended.text) ?? [];
    const page = await nurse.go(signIn.replaceAll('&#x3D;', '='));
    expect([page.status, pathOf(page)]).toEqual([200, KEPT]);
    for (const text of [BACK, mother(901).name, mother(901).id_no, '36.9']) expect(page.text).toContain(text);
    expect(page.text).toContain(`action="${SPECIMENS}"`);
    expect([await records(), await rows()]).toEqual([before, []]);

    const acting = { acting: HOSPITAL.id, generation: valueIn(page, 'generation') ?? '' };
    const sent = await nurse.go(SPECIMENS, { form: { ...typed, ...acting, gest_days: '36.1' } });
    expect([sent.status, await records()]).toEqual([200, before + 1]);
    const again = await nurse.go(KEPT);
    expect([pathOf(again), again.text]).toEqual(['/', expect.stringContaining('沒有為目前的帳號保留的表單')]);
  });

  it('G10: ended by the single entry, as when a role changes: comes back silently to the form', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const draft = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(902), deed: 'draft' });
    const path = new URL(draft.url).pathname;
    await endByTheEntry(mch);
    const late = { ...specimen(902), name: '改過的名字', version: '1', deed: 'submit' };
    const page = await send(nurse, path, HOSPITAL, late);
    expect([page.status, pathOf(page), valueIn(page, 'name')]).toEqual([200, KEPT, '改過的名字']);
    expect([page.text.includes(`action="${path}"`), valueIn(page, 'version')]).toEqual([true, '1']);
    expect((await nurse.go(path)).text).not.toContain('改過的名字');

    // somebody was faster: told as ever, and not overwritten unseen
    await endByTheEntry(mch);
    await send(await actingAs(mch, HOSPITAL), path, HOSPITAL, {
      ...specimen(902),
      name: '別人改的',
      version: '1',
      deed: 'draft',
    });
    const faster = await send(nurse, path, HOSPITAL, late);
    expect(faster.text).toContain('其他人');
    expect([valueIn(faster, 'name'), valueIn(faster, 'version')]).toEqual(['改過的名字', '2']);
  });

  it('G10: with a right less than before is not shown: the rights of now count', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    await endByTheEntry(mch);
    mch.op.accounts = [{ ...HOSPITAL, menu_roles: [] }];
    const page = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(903), deed: 'submit' });
    expect([page.status, page.text.includes(mother(903).id_no), await rows()]).toEqual([403, false, []]);
  });

  it('G10: is kept while the single entry is away, and there once it is back', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    await endByTheEntry(mch);
    mch.op.down = true;
    const ended = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(904), deed: 'submit' });
    expect([pathOf(ended), (await nurse.go(`/sign-in?return_to=${KEPT}`)).status]).toEqual([
      '/signed-out',
      503,
    ]);
    mch.op.down = false;
    expect(valueIn(await back(nurse, HOSPITAL), 'name')).toBe(mother(904).name);
  });

  it('G10: a change request and its decision come back as typed', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    await endByTheEntry(mch);
    const typed = { phone: '02-55500100', email: 'nurse@example.test', category: 'other', record: '' };
    const page = await send(nurse, ASK, HOSPITAL, { ...typed, content: '日期誤植<b>', deed: 'send' });
    expect([pathOf(page), page.text.includes(BACK)]).toEqual([KEPT, true]);
    expect(page.text).toContain('日期誤植&lt;b&gt;</textarea>');
    const asked = () => mch.database.db.selectFrom('change_request').select(['no', 'result']).execute();
    expect(await asked()).toEqual([]);

    const sent = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(905), deed: 'submit' });
    const record = /\/(\d+)\?/.exec(sent.url)?.[1] ?? '';
    await send(nurse, ASK, HOSPITAL, { ...typed, record, content: '日期誤植', deed: 'send' });
    const [request] = await asked();
    const manager = await actingAs(mch, MANAGER);
    await endByTheEntry(mch);
    const path = `/admin/service/change-review/${request?.no}/decision`;
    const decision = await send(manager, path, MANAGER, { decision: 'allowed', reason: '已電話確認' });
    expect([pathOf(decision), decision.text.includes('已電話確認')]).toEqual([KEPT, true]);
    expect(await asked()).toMatchObject([{ result: null }]);
  });
});

describe('whose form it is', () => {
  it.each<[string, OpAccount, string]>([
    ['another account of the same person', STATION, `sub-${HOSPITAL.id}`],
    ['another person with the same account', HOSPITAL, 'somebody-else'],
    ['another person in the same browser', STATION, `sub-${STATION.id}`],
  ])('G5: %s sees nothing of it, and it still waits for its own', async (_who, account, sub) => {
    const nurse = await sentTooLate(910);
    const page = await back(nurse, account, sub);
    expect([page.status, pathOf(page), page.text.includes(mother(910).name)]).toEqual([200, '/', false]);
    expect(valueIn(await back(mch.visitor(), HOSPITAL), 'name')).toBe(mother(910).name);
  });

  it('G5: lies sealed, for this person and account alone', async () => {
    const nurse = await sentTooLate(911);
    const [row] = await rows();
    const stored = row?.content_sealed.toString('latin1') ?? '';
    for (const text of [mother(911).id_no, 'id_no', SPECIMENS]) expect(stored).not.toContain(text);
    await mch.database.db.updateTable('kept_form').set({ sub: 'thief' }).execute();
    const page = await back(nurse, HOSPITAL, 'thief');
    expect([page.status, page.text.includes(mother(911).name)]).toEqual([500, false]);
  });

  it.each<[string, (nurse: Visitor) => Promise<unknown>]>([
    ['of an account the session was not of', (nurse) => send(nurse, SPECIMENS, STATION, specimen(920))],
    ['without an account', (nurse) => nurse.go(SPECIMENS, { form: specimen(920) })],
    [
      'that is over-large',
      (nurse) => send(nurse, SPECIMENS, HOSPITAL, { ...specimen(920), name: 'x'.repeat(70_000) }),
    ],
    ['with NUL in it', (nurse) => send(nurse, SPECIMENS, HOSPITAL, { ...specimen(920), name: 'a\0b' })],
    ['of endless fields', (nurse) => send(nurse, SPECIMENS, HOSPITAL, endless())],
    ['that only looks for something', (nurse) => send(nurse, `${SPECIMENS}/search`, HOSPITAL, {})],
    ['to no address of ours', (nurse) => send(nurse, '/nowhere/at/all', HOSPITAL, specimen(920))],
    [
      'that a script asks about',
      (nurse) =>
        nurse.ask(SPECIMENS, {
          form: { ...specimen(920), acting: HOSPITAL.id, deed: 'check' },
          headers: { accept: 'application/json' },
        }),
    ],
    [
      'from another site',
      async (nurse) => {
        const form = { ...specimen(920), acting: HOSPITAL.id };
        const page = await nurse.ask(SPECIMENS, { form, headers: { origin: 'https://evil.example' } });
        expect(page.status).toBe(403);
      },
    ],
    [
      'with a file',
      async (nurse) => {
        const body = new FormData();
        body.set('acting', HOSPITAL.id);
        body.set('file', new Blob(['x']), 'x.csv');
        const cookie = `mch_session=${nurse.cookies.get('mch_session')}`;
        const headers = { cookie, origin: mch.origin };
        await fetch(mch.origin + SPECIMENS, { method: 'POST', redirect: 'manual', headers, body });
      },
    ],
    [
      'with a cookie nobody had',
      (nurse) => {
        nurse.cookies.set('mch_session', 'x'.repeat(32));
        return send(nurse, SPECIMENS, HOSPITAL, specimen(920));
      },
    ],
  ])('G5: nothing is kept of a form %s', async (_what, post) => {
    const nurse = await actingAs(mch, HOSPITAL);
    await endByTheEntry(mch);
    mch.op.authorizationError = () => 'login_required'; // who came back would take it away
    await post(nurse);
    expect(await rows()).toEqual([]);
  });

  it.each<[string, (nurse: Visitor) => Promise<unknown>]>([
    ['signed out', (nurse) => nurse.go('/sign-out', { form: { scope: 'here' } })],
    ['signed in anew', (nurse) => nurse.go('/sign-in')],
  ])('G5: nothing is kept of a session whose person has %s', async (_how, end) => {
    const nurse = await actingAs(mch, HOSPITAL);
    const leftover = mch.visitor();
    for (const [name, value] of nurse.cookies) leftover.cookies.set(name, value);
    await end(nurse);
    const page = await send(leftover, SPECIMENS, HOSPITAL, { ...specimen(921), deed: 'submit' });
    expect([pathOf(page), await rows()]).toEqual(['/signed-out', []]);
  });
});

describe('how many, and how long', () => {
  it('G10: 20 at once are one form, and 20 who ask for it at once are shown it once', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    await endByTheEntry(mch);
    mch.op.authorizationError = () => 'login_required';
    const names = Array.from({ length: 20 }, (_, index) => `第${index}位`);
    await Promise.all(
      names.map((name) => send(nurse, SPECIMENS, HOSPITAL, { ...specimen(930), name, deed: 'submit' })),
    );
    expect(await rows()).toHaveLength(1);
    mch.op.authorizationError = undefined;
    const again = await actingAs(mch, HOSPITAL);
    const pages = await Promise.all(Array.from({ length: 20 }, () => again.ask(KEPT)));
    const shown = pages.filter(({ status }) => status === 200);
    expect([shown.length, names.includes(valueIn(shown[0] as Page, 'name') ?? '')]).toEqual([1, true]);
    expect(pages.filter(({ status }) => status === 303)).toHaveLength(19);
  });

  it('G10: is gone after a quarter of an hour, seen or swept', async () => {
    const nurse = await sentTooLate(931);
    mch.clock.advance(15 * 60 + 1);
    expect(pathOf(await back(nurse, HOSPITAL))).toBe('/');
    const { db } = mch.database;
    expect(await rows()).toHaveLength(1);
    expect(await db.transaction().execute((trx) => sweepKeptForms(trx, mch.clock.now(), 10))).toBe(1);
    expect(await rows()).toEqual([]);
    const jobs = backgroundJobs({ db, clock: mch.clock.now } as Parameters<typeof backgroundJobs>[0]);
    expect(jobs.map(({ name }) => name)).toContain('mch.kept-forms');
  });

  it('G10: whose a session was is forgotten after a day; of one that was swept it is known until then', async () => {
    const limits = { idleSeconds: IDLE_SECONDS, absoluteSeconds: 8 * 3600 };
    const { db } = mch.database;
    const sweep = () => db.transaction().execute((trx) => sweepSessions(trx, mch.clock.now(), limits, 100));
    const nurse = await actingAs(mch, HOSPITAL);
    mch.clock.advance(IDLE_SECONDS + 1);
    await sweep();
    await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(932), deed: 'submit' });
    expect(await rows()).toHaveLength(1);

    mch.clock.advance(24 * 3600 + 1);
    await db.deleteFrom('kept_form').execute();
    await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(932), deed: 'submit' });
    expect(await rows()).toEqual([]);
    await sweep();
    expect(await db.selectFrom('session_past').select('sub').execute()).toEqual([]);
  });
});

const endless = (): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, '']));
