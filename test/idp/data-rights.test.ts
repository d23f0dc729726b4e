import { people } from '#db/idp/seed/world.ts';
import { DAY, after } from '#kit/clock.ts';
import { decideAnswer, decideExtension, mayShowNationalId, wishProblems } from '#idp/data-rights/policy.ts';
import { answerRequest } from '#idp/data-rights/service/requests.ts';
import type { Answer, DataRequest } from '#idp/data-rights/types.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const PAGE = '/account/data';
const FIVE = Array.from({ length: 5 });
const NURSE_ID = people.find(({ loginName }) => loginName === 'demo.nurse')?.nationalId ?? '';

describe('a person’s own data', () => {
  let world: IdpWorld;
  let nurse: Journey;
  let nurseId: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    nurse = await portalOf(world, 'demo.nurse');
    nurseId = (await personOf(world, 'demo.nurse')).id;
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.database.db.deleteFrom('data_request').execute();
    await world.database.db.deleteFrom('message').execute();
  });

  const open = (path = '', browser = nurse) => browser.open(world.issuer + PAGE + path);
  const ask = (kind: string, wish: string, browser = nurse) =>
    browser.submit((form) => 'wish' in form.fields, { kind, wish });
  const requests = () => world.database.db.selectFrom('data_request').selectAll().execute();
  const only = async () => {
    const [request] = await requests();
    if (!request) throw new Error('no request');
    return request;
  };

  /** As if the person had signed in so many minutes ago. */
  const signedIn = (minutes: number) =>
    world.database.db
      .updateTable('oidc_session')
      .set({ login_at: new Date(Date.now() - minutes * 60_000) })
      .where('account_id', '=', nurseId)
      .execute();

  it('X-12: gives a copy of all that is held, as a file, to its owner alone', async () => {
    await signedIn(1);
    expect((await open()).text).toContain('您剛剛登入');
    const file = await open('/copy');
    expect(file.headers.get('content-disposition')).toMatch(
      /^attachment; filename="single-entry-demo\.nurse-/,
    );
    expect(file.headers.get('content-type')).toMatch(/^application\/json/);
    expect(file.headers.get('cache-control')).toBe('no-store');
    const copy = JSON.parse(file.html) as Record<string, unknown> & { profile: object; events: object[] };
    expect(Object.keys(copy).sort()).toEqual(
      [
        ...['format', 'issuer', 'writtenAt', 'profile', 'signIn', 'subsystemAccounts', 'sessions', 'events'],
        ...['mails', 'messages', 'applications', 'subsystemRequests', 'dataRequests'],
        ...['savedFilters', 'announcementsSeenAt'],
        ...['accountReviews', 'emergencyStops', 'delegations', 'impersonations'],
      ].sort(),
    );
    expect(copy.profile).toMatchObject({
      loginName: 'demo.nurse',
      nationalId: NURSE_ID,
      nationalIdIsMasked: false,
    });
    const accounts = copy['subsystemAccounts'] as { id: string; binding: string }[];
    expect(accounts.find(({ id }) => id === 'P@00000001P@mbh_01')).toMatchObject({ binding: '示範醫院' });
    expect(copy.events).toContainEqual(expect.objectContaining({ type: 'sign_in.succeeded' }));
    expect(copy['sessions']).toHaveLength(1);
    for (const { loginName, nationalId } of people.filter((person) => person.loginName !== 'demo.nurse')) {
      expect(file.html).not.toContain(loginName);
      expect(file.html).not.toContain(nationalId);
    }
    expect(file.html).not.toMatch(/\$argon2|hash|digest|sealed/i);
    expect(await lastAudit(world, 'data.copied')).toMatchObject({
      account_id: nurseId,
      details: { nationalId: 'whole' },
    });
  });

  it('X-12: holds an account not claimed yet under a confirmed ID number only', async () => {
    const { db } = world.database;
    const someone = await portalOf(world, 'demo.new');
    const declare = (at: Date | null) =>
      db
        .updateTable('account')
        .set({ national_id_declared_at: at })
        .where('login_name', '=', 'demo.new')
        .execute();
    expect((await open('/copy', someone)).html).toContain('P@00000006P@mbh_01');
    await declare(new Date());
    expect((await open('/copy', someone)).html).not.toContain('P@00000006P@mbh_01');
    await declare(null);
  });

  it('X-12: forgets no table that holds something about a person', async () => {
    const rows = await world.database.query<{ name: string }>(
      `select distinct table_name as name from information_schema.columns
       where column_name = 'account_id' and table_schema = $1 and table_name !~ '^(artefact|audit_event|readiness)_' order by 1`,
      ['public'],
    );
    const copied = [
      ...['account_review_item', 'emergency_stop', 'upstream_link', 'impersonation'],
      ...[
        'announcement_seen',
        'audit_event',
        'binding',
        'data_request',
        'enrollment',
        'mail_message',
        'message',
        'oidc_session',
      ],
      ...['passkey', 'password_credential', 'password_reset', 'pending_email', 'person_card'],
      ...['recovery_code', 'saved_filter', 'subsystem_account', 'subsystem_request', 'totp_credential'],
    ];
    // secrets of former passwords, what the protocol holds of a session that is listed, what is kept for minutes,
    // what is watched for misuse, and the names a person goes by at others, which say nothing by themselves
    const leftOut = [
      ...['alert', 'kept_page', 'logout_delivery', 'oidc_grant'],
      ...['oidc_waiting', 'pairwise_subject', 'password_history', 'upstream_generation'],
    ];
    expect(rows.map(({ name }) => name)).toEqual([...copied, ...leftOut].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('X-12: masks the ID number when the sign-in is older than five minutes', async () => {
    await signedIn(6);
    const page = await open();
    expect(page.html).toContain('/sign-in?fresh&#x3D;yes&amp;return_to&#x3D;%2Faccount%2Fdata');
    const file = await open('/copy');
    expect(file.html).not.toContain(NURSE_ID);
    expect(JSON.parse(file.html)).toMatchObject({
      profile: { nationalId: `${NURSE_ID.slice(0, 3)}****${NURSE_ID.slice(-3)}`, nationalIdIsMasked: true },
    });
    expect(await lastAudit(world, 'data.copied')).toMatchObject({ details: { nationalId: 'masked' } });
  });

  it.each([
    ['access', 15],
    ['correct', 30],
    ['stop', 30],
    ['delete', 30],
  ])('X-12: takes a request (%s), due in %d days, and lets it be withdrawn once', async (kind, days) => {
    expect((await open()).text).toContain('您還沒有提出請求');
    const page = await ask(kind, '第一行\r\n第二行 <i>');
    expect(page.url.search).toBe('?done=asked');
    expect(page.text).toContain('處理中');
    expect(page.html).toContain('第二行 &lt;i&gt;');
    const request = await only();
    expect(request.due_at.getTime() - request.requested_at.getTime()).toBe(days * DAY);
    const done = await nurse.submit((form) => form.action.endsWith('/withdrawal'));
    expect(done.text).toContain('已撤回');
    const again = await forgeForm(world, nurse, `${PAGE}/${request.id}/withdrawal`, {});
    expect(again.status).toBe(404);
    await open();
    expect((await ask(kind, '再一次')).url.search).toBe('?done=asked');
  });

  it('X-12: says what is missing and keeps what was typed', async () => {
    await open();
    const empty = await ask('', '  ');
    expect(empty.status).toBe(422);
    expect(empty.text).toContain('請選擇請求事項');
    expect(empty.text).toContain('請說明請求內容');
    const odd = await forgeForm(world, nurse, PAGE, { kind: 'everything', wish: '保留這些字' });
    expect(odd.status).toBe(422);
    expect(odd.body).toContain('保留這些字');
    const long = await forgeForm(world, nurse, PAGE, { kind: 'stop', wish: '長'.repeat(1001) });
    expect(long.body).toContain('請求內容最多 1000 個字');
    expect(await requests()).toEqual([]);
  });

  it('X-12: one request of a kind is open at a time, however many are sent at once', async () => {
    const answers = await Promise.all(
      FIVE.map(() => forgeForm(world, nurse, PAGE, { kind: 'stop', wish: '停止' })),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([303, 422, 422, 422, 422]);
    expect(answers.find(({ status }) => status === 422)?.body).toContain('同一事項已有處理中的請求');
    expect(await requests()).toHaveLength(1);
    expect((await forgeForm(world, nurse, PAGE, { kind: 'delete', wish: '刪除' })).status).toBe(303);
  });

  it('C25: another person’s request cannot be seen or withdrawn, and no form of another site is taken', async () => {
    await open();
    await ask('correct', '只有我看得到');
    const { id } = await only();
    const other = await portalOf(world, 'demo.new');
    expect((await open('', other)).text).not.toContain('只有我看得到');
    expect((await forgeForm(world, other, `${PAGE}/${id}/withdrawal`, {})).status).toBe(404);
    expect((await forgeForm(world, nurse, `${PAGE}/not-an-id/withdrawal`, {})).status).toBe(404);
    const origin = 'https://elsewhere.example';
    expect((await forgeForm(world, nurse, `${PAGE}/${id}/withdrawal`, {}, { origin })).status).toBe(403);
    expect((await forgeForm(world, nurse, PAGE, { kind: 'stop', wish: 'x' }, { origin })).status).toBe(403);
    for (const path of ['', '/copy']) {
      expect((await open(path, browserOf(world))).url.pathname).toMatch(/^\/interaction\//);
    }
    expect((await only()).status).toBe('open');
  });

  it('X-13: is refused on a ground of the law with a written reason, once; the person reads why', async () => {
    await open();
    await ask('delete', '請刪除我的資料');
    const { id } = await only();
    const list = await world.command('data-requests', 'list');
    expect(list.output).toContain(`${id}\tdelete\topen\t${nurseId}\t`);
    const decide = (...args: string[]) => world.command('data-requests', 'decide', id, ...args);
    expect((await decide('--refuse', 'because')).output).toContain('national_interest');
    expect((await decide('--refuse', 'other_law')).output).toContain('note_missing');
    expect((await world.command('data-requests', 'decide', nurseId, '--grant')).output).toContain(
      'unknown_request',
    );

    const { db } = world.database;
    const deps = { db, registry: await createClientRegistry(db) };
    const answer: Answer = { granted: false, ground: 'other_law', note: '病歷依醫療法保存七年' };
    const outcomes = await Promise.all(FIVE.map(() => answerRequest(deps, id, answer)));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'ended_before')).toHaveLength(4);
    const page = await open();
    expect(page.text).toContain('已拒絕');
    expect(page.text).toContain('依其他法律須保存的資料');
    expect(page.text).toContain('病歷依醫療法保存七年');
    expect((await nurse.open(`${world.issuer}/account/messages`)).text).toContain(
      '個人資料請求未能同意：刪除',
    );
    expect((await open('?lang=en')).text).toContain('another law that requires the data to be kept');
    await open('?lang=zh-TW');
  });

  it('X-12: the time is extended once with a reason, and the request granted', async () => {
    await open();
    await ask('access', '想查閱紙本');
    const { id, due_at } = await only();
    const extend = () => world.command('data-requests', 'extend', id, '--reason', '須調閱紙本');
    expect(await extend()).toMatchObject({ code: 0 });
    expect((await only()).due_at.getTime() - due_at.getTime()).toBe(15 * DAY);
    expect((await extend()).output).toContain('extended_before');
    expect((await open()).text).toContain('須調閱紙本');
    expect(await world.command('data-requests', 'decide', id, '--grant', '--note', '請親洽')).toMatchObject({
      code: 0,
    });
    expect((await open()).text).toContain('已同意');
    expect(await lastAudit(world, 'data_request.decided')).toMatchObject({ details: { status: 'granted' } });
    expect((await world.command('data-requests', 'list')).output).toContain('no request is open');
  });
});

describe('the rules about requests', () => {
  const now = new Date('2026-03-01T00:00:00Z');
  const request: DataRequest = {
    ...{ id: 'r', accountId: 'a', kind: 'stop', wish: 'w', status: 'open', requestedAt: now },
    ...{
      dueAt: after(now, DAY),
      extendedBecause: null,
      endedAt: null,
      refusalGround: null,
      carriedOutAt: null,
      note: '',
    },
  };
  const refuse = (ground: 'other_law' | 'official_duty', note = 'why'): Answer => ({
    granted: false,
    ground,
    note,
  });

  it('X-13: the duty to keep data stands against deletion only', () => {
    expect(decideAnswer(request, refuse('other_law'))).toMatchObject({ reason: 'ground_only_for_deletion' });
    expect(decideAnswer({ ...request, kind: 'delete' }, refuse('other_law'))).toEqual({ allowed: true });
    expect(decideAnswer(request, refuse('official_duty'))).toEqual({ allowed: true });
    expect(decideAnswer(request, refuse('official_duty', ' '))).toMatchObject({ reason: 'note_missing' });
    expect(decideAnswer(undefined, { granted: true, note: '' })).toMatchObject({ reason: 'unknown_request' });
  });

  it('X-12: nothing is extended twice, after its end, or when it is overdue', () => {
    expect(decideExtension(request, now)).toEqual({ allowed: true });
    expect(decideExtension(request, after(now, DAY))).toMatchObject({ reason: 'overdue' });
    expect(decideExtension({ ...request, extendedBecause: 'x' }, now)).toMatchObject({
      reason: 'extended_before',
    });
    expect(decideExtension({ ...request, status: 'withdrawn' }, now)).toMatchObject({
      reason: 'ended_before',
    });
  });

  it('X-12: counts characters, and five minutes', () => {
    expect(wishProblems('stop', '\u{20000}'.repeat(1000))).toEqual([]);
    expect(wishProblems('stop', '\u{20000}'.repeat(1001))).toEqual(['wish_too_long']);
    expect(mayShowNationalId(now, after(now, 5 * 60_000))).toBe(true);
    expect(mayShowNationalId(now, after(now, 5 * 60_000 + 1))).toBe(false);
  });
});
