import { createKeyring } from '#kit/keyring.ts';
import { renderLetter } from '#idp/notifications/letter.ts';
import { suspendIdleAccounts } from '#idp/life-cycle/index.ts';
import { reinstate } from '#idp/life-cycle/service/reinstate.ts';
import { type Resignation, resign } from '#idp/life-cycle/service/resign.ts';
import type { LifeDeps } from '#idp/life-cycle/types.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { signIn } from '../support/journey.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const MBH = 'P@00000001P@mbh_01';
const FIVE = Array.from({ length: 5 });

describe('the life cycle of accounts', () => {
  let world: IdpWorld;
  let deps: LifeDeps;

  async function start(): Promise<void> {
    world = await startIdpWorld();
    const { db } = world.database;
    const registry = await createClientRegistry(db);
    const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '');
    deps = { db, registry, keyring, config: { issuer: world.issuer } };
  }

  /** As if the account had last been used so many days ago. */
  async function age(id: string, days: number): Promise<void> {
    const then = new Date(Date.now() - days * 86_400_000);
    const { db } = world.database;
    await db
      .updateTable('subsystem_account')
      .set({ created_at: then, status_changed_at: null })
      .where('id', '=', id)
      .execute();
    await db
      .updateTable('binding')
      .set({ bound_at: then, last_used_at: null })
      .where('subsystem_account_id', '=', id)
      .execute();
  }

  /** As if every warning had been given a day and more ago. */
  const ageNotices = () =>
    world.database.db
      .updateTable('idle_notice')
      .set({ sent_at: new Date(Date.now() - 86_400_000 - 1000) })
      .execute();

  const statusOf = async (id: string): Promise<string> => {
    const rows = world.database.db.selectFrom('subsystem_account').select('status').where('id', '=', id);
    return (await rows.executeTakeFirstOrThrow()).status;
  };

  /** `outcome of the mail → login name`, in order. */
  async function mails(kind: string): Promise<{ subject: string; text: string; to: string }[]> {
    const rows = await world.database.db
      .selectFrom('mail_message')
      .select(['kind', 'dedupe_key as dedupeKey', 'content_sealed as sealed', 'locale'])
      .where('kind', '=', kind)
      .orderBy('id')
      .execute();
    return rows.map(({ sealed, ...row }) => {
      const letter = renderLetter(deps.keyring, { ...row, contentSealed: sealed ?? undefined });
      return { subject: letter.subject, text: letter.text, to: letter.to.address };
    });
  }

  const messagesOf = async (loginName: string): Promise<string[]> => {
    const { id } = await personOf(world, loginName);
    const rows = world.database.db.selectFrom('message').select('subject_zh').where('account_id', '=', id);
    return (await rows.orderBy('id').execute()).map((row) => row.subject_zh);
  };

  describe('idle', () => {
    beforeAll(start);
    afterAll(() => world.stop());
    beforeEach(async () => {
      const { db } = world.database;
      for (const table of ['idle_notice', 'mail_message', 'message'] as const) {
        await db.deleteFrom(table).execute();
      }
      await db.updateTable('subsystem_account').set({ status: 'active' }).where('id', '=', MBH).execute();
      await db.updateTable('password_credential').set({ must_change: false }).execute();
      await age(MBH, 0);
    });

    it('SM-05, N10: warns once at each step, suspends after the last; grants end at once; five at a time do it once', async () => {
      const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
      const tokens = await mch.redeem(
        await mch.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: MBH }),
      );
      const userinfo = () =>
        fetch(`${world.issuer}/oidc/userinfo`, {
          headers: { authorization: `Bearer ${tokens.access_token}` },
        });
      expect((await userinfo()).status).toBe(200);

      const runs = async (): Promise<number[]> => {
        const all = await Promise.all(FIVE.map(() => suspendIdleAccounts(deps)));
        const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);
        return [sum(all.map(({ warned }) => warned)), sum(all.map(({ suspended }) => suspended))];
      };
      expect(await runs()).toEqual([0, 0]);
      for (const days of [77, 84, 89.5]) {
        // the account's own spell goes on: only its beginning moves back
        await world.database.db.deleteFrom('idle_notice').execute();
        await age(MBH, days);
        expect(await runs()).toEqual([1, 0]);
        expect(await runs()).toEqual([0, 0]);
      }
      expect((await mails('N10')).map(({ subject }) => subject)).toEqual(Array(3).fill('帳號即將停權通知'));
      await world.database.db.deleteFrom('idle_notice').execute();
      await age(MBH, 91);
      expect(await runs()).toEqual([1, 0]);
      expect(await statusOf(MBH)).toBe('active');
      await ageNotices();
      expect(await runs()).toEqual([0, 1]);
      expect(await runs()).toEqual([0, 0]);

      expect(await statusOf(MBH)).toBe('suspended');
      expect((await userinfo()).status).toBe(401);
      const last = (await mails('N10')).slice(-2);
      expect(last.map(({ subject, to }) => [subject, to])).toEqual([
        ['帳號停權通知', 'demo.nurse@example.test'],
        ['帳號停權通知（所屬單位）', 'demo.manager@example.test'],
      ]);
      expect(await messagesOf('demo.manager')).toEqual(['單位帳號已停權，待復權']);
      expect(await lastAudit(world, 'subsystem_account.status_changed')).toMatchObject({
        to_subsystem_account_id: MBH,
        details: { from: 'active', status: 'suspended', because: 'idle', grantsEnded: 1 },
      });
      const nurse = await portalOf(world, 'demo.nurse');
      expect((await nurse.open(`${world.issuer}/account/messages`)).text).toContain(
        '婦幼健康管理整合系統的帳號已停權',
      );
      expect((await nurse.open(world.issuer)).html).not.toContain(encodeURIComponent(MBH));
    });

    it('SM-05: leaves alone what was used, and begins anew after a use', async () => {
      await age(MBH, 89.5);
      expect(await suspendIdleAccounts(deps)).toEqual({ warned: 1, suspended: 0 });
      await world.database.db
        .updateTable('binding')
        .set({ last_used_at: new Date() })
        .where('subsystem_account_id', '=', MBH)
        .execute();
      await ageNotices();
      expect(await suspendIdleAccounts(deps)).toEqual({ warned: 0, suspended: 0 });
      expect(await statusOf(MBH)).toBe('active');
    });

    it('SM-11, N10: is reinstated once, with a reason; a new password is asked for; the spell begins anew', async () => {
      await age(MBH, 91);
      await suspendIdleAccounts(deps);
      await ageNotices();
      await suspendIdleAccounts(deps);
      const { output } = await world.command('subsystem-accounts', 'suspended');
      expect(output).toContain(`9876543210\t${MBH}\tidle\t`);
      const enabled = await world.command('subsystem-accounts', 'enable', MBH, '--reason', 'x');
      expect(enabled).toMatchObject({ code: 1 });
      expect(enabled.output).toContain('is suspended');
      const wrong = await world.command(
        'subsystem-accounts',
        'reinstate',
        MBH,
        '--reason',
        'x',
        '--by',
        'demo.bureau',
      );
      expect(wrong.output).toContain('other_unit');
      expect((await world.command('subsystem-accounts', 'reinstate', MBH)).code).toBe(1);

      const manager = await world.database.db
        .selectFrom('account')
        .select(['id as accountId', 'role', 'unit_code as unitCode'])
        .where('login_name', '=', 'demo.manager')
        .executeTakeFirstOrThrow();
      const outcomes = await Promise.all(FIVE.map(() => reinstate(deps, MBH, '產假後復職', manager)));
      expect(outcomes.filter(({ reinstated }) => reinstated)).toHaveLength(1);
      expect(
        outcomes.filter((outcome) => !outcome.reinstated && outcome.reason === 'is_active'),
      ).toHaveLength(4);
      expect(await lastAudit(world, 'subsystem_account.status_changed')).toMatchObject({
        actor_account_id: manager.accountId,
        details: { from: 'suspended', status: 'active', reason: '產假後復職' },
      });
      const told = (await mails('N10')).slice(-2);
      expect(told.map(({ subject }) => subject)).toEqual(['帳號復權通知', '帳號復權通知（所屬單位）']);
      expect(told[0]?.text).toContain('產假後復職');
      expect(await suspendIdleAccounts(deps)).toEqual({ warned: 0, suspended: 0 });

      const browser = browserOf(world);
      await browser.open(`${world.issuer}/sign-in`);
      expect((await signIn(browser, 'demo.nurse')).forms.some((form) => 'new_password' in form.fields)).toBe(
        true,
      );
    });

    it('SM-11: one nobody knows, and one that is not suspended, are not reinstated', async () => {
      expect(await reinstate(deps, 'P@99999999P@mbh_01', 'x', undefined)).toMatchObject({
        reason: 'unknown_account',
      });
      expect(await reinstate(deps, MBH, 'x', undefined)).toMatchObject({ reason: 'is_active' });
    });

    it('SM-12: lists the accounts nobody signed in with for 90 days', async () => {
      await world.database.db
        .updateTable('account')
        .set({ last_sign_in_at: new Date(Date.now() - 100 * 86_400_000) })
        .where('login_name', '=', 'demo.bureau')
        .execute();
      const { output } = await world.command('accounts', 'idle');
      expect(output).toContain('376570300I\tdemo.bureau\t');
      expect(output).not.toContain('demo.nurse');
    });
  });

  describe('leaving', () => {
    beforeEach(start);
    afterEach(() => world.stop());

    it('SM-12, N11: who leaves is signed out, unbound, disabled and told; five calls do it once', async () => {
      const nurse = await portalOf(world, 'demo.nurse');
      const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
      const tokens = await mch.redeem(await mch.authorize(browserOf(world, nurse), { account: MBH }));
      const leave: Resignation = { loginName: 'demo.nurse', reason: '轉任他院' };
      const outcomes = await Promise.all(FIVE.map(() => resign(deps, leave)));
      expect(outcomes.filter(({ resigned }) => resigned)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !outcome.resigned && outcome.reason === 'not_active')).toHaveLength(
        4,
      );

      expect((await nurse.open(world.issuer)).text).toContain('服務登入');
      const userinfo = await fetch(`${world.issuer}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect(userinfo.status).toBe(401);
      const { db } = world.database;
      const { id } = await personOf(world, 'demo.nurse');
      const living = await db
        .selectFrom('subsystem_account')
        .select('id')
        .where('account_id', '=', id)
        .where('status', '<>', 'disabled')
        .execute();
      const bindings = await db.selectFrom('binding').selectAll().where('account_id', '=', id).execute();
      const grants = await db.selectFrom('oidc_grant').selectAll().where('account_id', '=', id).execute();
      expect({ living, bindings, grants }).toEqual({ living: [], bindings: [], grants: [] });
      const told = await mails('N11');
      expect(told.map(({ subject, to }) => [subject, to])).toEqual([
        ['帳號停用通知', 'demo.nurse@example.test'],
      ]);
      const kept = db.selectFrom('audit_event').select('id').where('type', '=', 'account.resigned');
      expect(await kept.execute()).toHaveLength(1);
      const again = browserOf(world);
      await again.open(`${world.issuer}/sign-in`);
      expect((await signIn(again, 'demo.nurse')).url.pathname).toMatch(/^\/interaction\//);
    });

    it('SM-12: the last manager of a unit names a successor, who takes over', async () => {
      const alone = await world.command('accounts', 'resign', 'demo.manager', '--reason', 'retired');
      expect(alone).toMatchObject({ code: 1 });
      expect(alone.output).toContain('successor_missing');
      const args = ['accounts', 'resign', 'demo.manager', '--reason', 'retired', '--successor'];
      expect((await world.command(...args, 'demo.bureau')).output).toContain('successor_of_other_unit');
      expect(await world.command(...args, 'demo.nurse')).toMatchObject({ code: 0 });
      const rows = await world.database.db
        .selectFrom('account')
        .select(['login_name', 'role', 'status'])
        .where('login_name', 'in', ['demo.manager', 'demo.nurse'])
        .orderBy('login_name')
        .execute();
      expect(rows).toEqual([
        { login_name: 'demo.manager', role: 'unit_manager', status: 'disabled' },
        { login_name: 'demo.nurse', role: 'unit_manager', status: 'active' },
      ]);
      expect(await messagesOf('demo.nurse')).toEqual(['您已成為單位管理者']);
      expect(await lastAudit(world, 'account.role_changed')).toMatchObject({
        details: { from: 'user', role: 'unit_manager' },
      });
    });

    it('SM-12: of two managers who leave at the same moment one stays', async () => {
      await world.database.db
        .updateTable('account')
        .set({ role: 'unit_manager' })
        .where('login_name', '=', 'demo.new')
        .execute();
      const outcomes = await Promise.all(
        ['demo.manager', 'demo.new'].map((loginName) => resign(deps, { loginName, reason: 'left' })),
      );
      expect(outcomes).toContainEqual({ resigned: true });
      expect(outcomes).toContainEqual({ resigned: false, reason: 'successor_missing' });
    });
  });
});
