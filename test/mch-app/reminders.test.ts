import { sql } from 'kysely';
import { createLog } from '#kit/log.ts';
import type { ApiAnswer } from '#mch/idp-api/index.ts';
import type { KnownHolder } from '#mch/known-accounts/index.ts';
import { sendNotices } from '#mch/notices/index.ts';
import { countAgainIn, digestDay, isToBeTold } from '#mch/reminders/policy.ts';
import { type ReminderDeps, sendDigests, tellTotals } from '#mch/reminders/index.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';

/* What waits, told to those who are not there: a mail a day, and totals for the portal. */

let mch: Mch;
let counts: Record<string, number>;
let nowAt: Date;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());
beforeEach(async () => {
  const { db } = mch.database;
  for (const table of ['inbox_notice', 'mail_opt_in', 'known_account'] as const)
    await db.deleteFrom(table).execute();
  mch.op.accounts = [HOSPITAL, STATION];
  mch.op.acting = HOSPITAL.id;
  counts = { mi_antenatal: 3, mi_nbs_collect: 0 };
  nowAt = new Date('2026-11-23T00:00:00Z'); // eight in the morning in Taipei
});

const answer = (status: number): ApiAnswer => ({ status, body: {}, retryAfterSeconds: undefined });

/** To-dos of the menu roles a holder has, as `counts` says. */
function deps(put: ReminderDeps['api']['put'] = () => Promise.resolve(answer(200))): ReminderDeps {
  return {
    ...{ db: mch.database.db, log: createLog('test', 'silent'), origin: 'https://mch.example' },
    clock: () => nowAt,
    api: { put },
    todosOf: ({ account }: KnownHolder) =>
      account.menuRoles.map((role) => ({
        id: `T-${role}`,
        system: 'maternal',
        label: { 'zh-TW': `待辦${role}`, en: `To-do ${role}` },
        url: '/maternal/gbs/specimens?only=x',
        count: sql<number>`${counts[role] ?? 0}::int`,
      })),
  };
}

const wish = async (...roles: string[]) => {
  await mch.nurse();
  const values = roles.map((role) => ({ account_id: HOSPITAL.id, menu_role: role, opted_at: nowAt }));
  await mch.database.db.insertInto('mail_opt_in').values(values).execute();
};
const queued = () =>
  mch.database.db.selectFrom('inbox_notice').select(['dedupe_key', 'reminder', 'outcome']).execute();

describe('N15: the daily mail', () => {
  it('N15: goes out from eight in Taipei, of ticked roles with work alone', async () => {
    await wish('mi_antenatal', 'mi_nbs_collect');
    nowAt = new Date('2026-11-22T23:59:59Z');
    expect(await sendDigests(deps())).toBe(0);
    nowAt = new Date('2026-11-23T00:00:00Z');
    expect(await sendDigests(deps())).toBe(1);
    expect((await queued()).map(({ reminder }) => reminder)).toEqual([
      {
        lines: [{ label: { 'zh-TW': '待辦mi_antenatal', en: 'To-do mi_antenatal' }, count: 3 }],
        settings: 'https://mch.example/common/profile?tab=work',
        unit: HOSPITAL.unit.code,
        menu_roles: ['mi_antenatal', 'mi_nbs_collect'],
      },
    ]);
  });

  it('N15: goes to nobody who ticked nothing, and tells nobody of nothing', async () => {
    await mch.nurse();
    expect(await sendDigests(deps())).toBe(0);
    await wish('mi_nbs_collect');
    expect(await sendDigests(deps())).toBe(0);
    await mch.database.db.deleteFrom('mail_opt_in').execute();
    await wish('hs_card'); // ticked once, no longer held
    expect(await sendDigests(deps())).toBe(0);
  });

  it('N15: goes out once a day, with twenty replicas, after a restart, and when the clock jumps', async () => {
    await wish('mi_antenatal');
    const all = await Promise.all(Array.from({ length: 20 }, () => sendDigests(deps())));
    expect(all.reduce((sum, each) => sum + each, 0)).toBe(1);
    expect(await sendDigests(deps())).toBe(0);
    nowAt = new Date('2026-11-24T01:00:00Z'); // jumps a day ahead, and back
    expect(await sendDigests(deps())).toBe(1);
    nowAt = new Date('2026-11-23T02:00:00Z');
    expect(await sendDigests(deps())).toBe(0);
    nowAt = new Date('2026-11-24T02:00:00Z');
    expect(await sendDigests(deps())).toBe(0);
    nowAt = new Date('2026-11-25T00:00:00Z');
    expect(await sendDigests(deps())).toBe(1);
    expect(await queued()).toHaveLength(3);
  });

  it('N15: its log is the tab Email提醒 of the account: sent, and refused for whom it is no longer meant', async () => {
    await wish('mi_antenatal');
    const nurse = await mch.nurse();
    expect((await nurse.ask('/common/todo?tab=mail')).text).toContain('還沒有寄過提醒信件');
    await sendDigests(deps());
    const posted: { path: string; body: unknown }[] = [];
    const send = (status: number) =>
      sendNotices({
        ...{ db: mch.database.db, clock: mch.clock.now, log: createLog('test', 'silent') },
        api: {
          post: (path, _scope, body) => {
            posted.push({ path, body });
            return Promise.resolve(answer(status));
          },
        },
      });
    await mch.database.db.updateTable('inbox_notice').set({ due_at: mch.clock.now() }).execute();
    await send(201);
    expect(posted).toMatchObject([
      {
        path: '/reminders',
        body: {
          ...{ subsystem_account: HOSPITAL.id, unit: HOSPITAL.unit.code, menu_roles: ['mi_antenatal'] },
          ...{ link: 'https://mch.example/common/todo', dedupe_key: 'digest-P.00000001P.mbh_01-2026-11-23' },
        },
      },
    ]);
    const page = await nurse.ask('/common/todo?tab=mail');
    expect(page.text).toContain('待辦mi_antenatal：3 案');
    expect(page.text).toContain('已寄送');
    nowAt = new Date('2026-11-24T00:00:00Z');
    await sendDigests(deps());
    await mch.database.db
      .updateTable('inbox_notice')
      .set({ due_at: mch.clock.now() })
      .where('outcome', 'is', null)
      .execute();
    await send(404);
    expect((await nurse.ask('/common/todo?tab=mail')).text).toContain('未寄送（帳號或權限已異動）');
    await nurse.go('/account-switch', { form: { account: STATION.id, acting: HOSPITAL.id, return_to: '/' } });
    expect((await nurse.ask('/common/todo?tab=mail')).text).not.toContain('待辦mi_antenatal');
  });
});

describe('the totals of the portal', () => {
  it('M-07: are told after a sign-in, when they change, and each hour that they hold', async () => {
    await mch.nurse();
    const told: unknown[] = [];
    const put: ReminderDeps['api']['put'] = (path, _scope, body) => {
      told.push({ path, counts: (body as { counts: { count: number }[] }).counts.map(({ count }) => count) });
      return Promise.resolve(answer(200));
    };
    const at = (minutes: number) => (nowAt = new Date(mch.clock.now().getTime() + minutes * 60_000 + 5000));
    at(0);
    await tellTotals(deps(put));
    await tellTotals(deps(put));
    const path = `/subsystem-accounts/${encodeURIComponent(HOSPITAL.id)}/todo-counts`;
    expect(told).toEqual([{ path, counts: [3, 0, 0] }]);
    at(11);
    await tellTotals(deps(put));
    expect(told).toHaveLength(1);
    counts['mi_antenatal'] = 4;
    at(22);
    await tellTotals(deps(put));
    expect(told.at(-1)).toEqual({ path, counts: [4, 0, 0] });
    at(83);
    await tellTotals(deps(put));
    expect(told).toHaveLength(3);
  });

  it('are told again after the single entry was away, by one replica, and never of an account it forgot', async () => {
    await mch.nurse();
    nowAt = new Date(mch.clock.now().getTime() + 5000);
    await tellTotals(deps(() => Promise.reject(new Error('away'))));
    nowAt = new Date(nowAt.getTime() + 3 * 60_000);
    let calls = 0;
    const gone = deps(() => Promise.resolve(answer((calls += 1) > 0 ? 404 : 200)));
    await Promise.all(Array.from({ length: 5 }, () => tellTotals(gone)));
    expect(calls).toBe(1);
    nowAt = new Date(nowAt.getTime() + 86_400_000);
    await tellTotals(gone);
    expect(calls).toBe(1);
  });
});

test('N15: the day of the reminders is that of Taipei, from eight o’clock', () => {
  expect(digestDay(new Date('2026-12-31T23:59:59.999Z'))).toBeUndefined();
  expect(digestDay(new Date('2027-01-01T00:00:00Z'))).toBe('2027-01-01');
  expect(digestDay(new Date('2027-01-01T15:59:59Z'))).toBe('2027-01-01');
  expect(digestDay(new Date('2027-01-01T16:00:00Z'))).toBeUndefined();
});

test('accounts are counted often while they are used, and no more after thirty days', () => {
  const seen = new Date('2026-11-01T00:00:00Z');
  const after = (days: number) => countAgainIn(seen, new Date(seen.getTime() + days * 86_400_000));
  expect([after(0), after(1), after(1.01), after(30), after(30.01)]).toEqual([
    600_000,
    600_000,
    21_600_000,
    21_600_000,
    undefined,
  ]);
  const before = { told: 'a=1', toldAt: seen };
  expect(isToBeTold(before, 'a=1', new Date(seen.getTime() + 3_599_999))).toBe(false);
  expect(isToBeTold(before, 'a=1', new Date(seen.getTime() + 3_600_000))).toBe(true);
  expect(isToBeTold(before, 'a=2', seen)).toBe(true);
});
