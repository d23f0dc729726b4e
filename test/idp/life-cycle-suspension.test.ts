import { createKeyring } from '#kit/keyring.ts';
import { suspendAccounts, suspendLockedAccounts } from '#idp/life-cycle/index.ts';
import { reinstate } from '#idp/life-cycle/service/reinstate.ts';
import type { LifeDeps } from '#idp/life-cycle/types.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { credentialsOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const LAB = 'P@00000001P@lab_01';

describe('suspension by rule or review', () => {
  let world: IdpWorld;
  let deps: LifeDeps;
  beforeAll(async () => {
    world = await startIdpWorld();
    const { db } = world.database;
    const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '');
    deps = { db, keyring, registry: await createClientRegistry(db), config: { issuer: world.issuer } };
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    const { db } = world.database;
    await db
      .updateTable('subsystem_account')
      .set({ status: 'active', suspended_because: null, status_changed_at: new Date() })
      .execute();
    await db.deleteFrom('mail_message').execute();
    await db.deleteFrom('message').execute();
  });

  /** Three wrong passwords in a row, the lock of before being over. */
  const lock = async (loginName: string): Promise<void> => {
    await world.database.db.deleteFrom('attempt_throttle').execute();
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    for (let tries = 0; tries < 3; tries += 1) {
      await browser.submit((form) => 'captcha' in form.fields, {
        ...credentialsOf(loginName),
        password: 'Wrong*2026Word',
      });
    }
    await world.database.db.deleteFrom('attempt_throttle').execute();
  };
  const suspended = async (): Promise<string[]> => {
    const rows = world.database.db
      .selectFrom('subsystem_account')
      .select('id')
      .where('status', '=', 'suspended');
    return (await rows.orderBy('id').execute()).map(({ id }) => id);
  };
  const ownIds = async (loginName: string): Promise<string[]> => {
    const { id } = await personOf(world, loginName);
    const rows = world.database.db.selectFrom('subsystem_account').select('id').where('account_id', '=', id);
    return (await rows.orderBy('id').execute()).map((row) => row.id);
  };
  const told = async (): Promise<string[]> => {
    const messages = world.database.db
      .selectFrom('message as m')
      .innerJoin('account as a', 'a.id', 'm.account_id');
    const rows = await messages
      .select(['a.login_name', 'm.subject_zh', 'm.body_zh'])
      .where('m.body_zh', 'like', `%${LAB}%`)
      .orderBy('m.id')
      .execute();
    return rows.map(
      (row) => `${row.login_name}: ${row.subject_zh} / ${/原因：(.*)。/.exec(row.body_zh)?.[1]}`,
    );
  };

  it('SM-05: three locks of one’s password within a day suspend what it opens, once; two do not', async () => {
    const lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const { access_token: token } = await lab.redeem(
      await lab.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB }),
    );
    const userinfo = async () =>
      (await fetch(`${world.issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await userinfo()).toBe(200);
    for (let locks = 0; locks < 2; locks += 1) await lock('demo.nurse');
    for (let locks = 0; locks < 3; locks += 1) await lock('nobody.here');
    expect(await suspendLockedAccounts(deps)).toEqual([]);
    await lock('demo.nurse');
    const runs = await Promise.all([1, 2, 3, 4].map(() => suspendLockedAccounts(deps)));
    expect(new Set(runs.flat()).size).toBe(runs.flat().length); // the job of the replica may have been faster
    expect(await suspended()).toEqual(await ownIds('demo.nurse'));
    expect(await userinfo()).toBe(401);
    expect(await told()).toEqual([
      'demo.nurse: 測試lab的帳號已停權 / 多次鎖定',
      'demo.manager: 單位帳號已停權，待復權 / 多次鎖定',
    ]);
    expect(await lastAudit(world, 'subsystem_account.status_changed')).toMatchObject({
      actor_account_id: null,
      details: { from: 'active', status: 'suspended', because: 'repeated_lock' },
    });
    const mails = world.database.db.selectFrom('mail_message').select('id').where('kind', '=', 'N10');
    expect((await mails.execute()).length).toBeGreaterThanOrEqual(2);
  });

  it('SM-05: locks from before a reinstatement, and those of other days, count no more', async () => {
    const changedBefore = (span: string) =>
      world.database.query(`update subsystem_account set status_changed_at = now() - $1::interval`, [span]);
    await changedBefore('3 days');
    await suspendLockedAccounts(deps);
    expect(await suspended()).toContain(LAB); // for the three above
    expect(await reinstate(deps, LAB, '已改密碼', undefined)).toEqual({ reinstated: true });
    await suspendLockedAccounts(deps);
    expect(await suspended()).not.toContain(LAB);
    await changedBefore('3 days');
    await world.database.query(
      `insert into audit_event (at, type, outcome, account_id, details)
       select now() - interval '25 hours', 'sign_in.refused', 'refused', id, '{"locks": true}' from account, generate_series(1, 3)
       where login_name = $1`,
      ['demo.new'],
    );
    await suspendLockedAccounts(deps);
    expect(await suspended()).toEqual(await ownIds('demo.nurse'));
  });

  it('SM-05: a yearly review that was not answered suspends the accounts named, in whoever’s name', async () => {
    const { id: accountId } = await personOf(world, 'demo.hpa');
    const ids = [LAB, 'P@00000001P@lab_02', 'P@99999999P@lab_09'];
    expect(await suspendAccounts(deps, ids, 'yearly_review', { accountId })).toEqual(ids.slice(0, 2));
    expect(await suspendAccounts(deps, ids, 'yearly_review', { accountId })).toEqual([]);
    expect(await suspended()).toEqual(ids.slice(0, 2));
    expect(await told()).toEqual([
      'demo.nurse: 測試lab的帳號已停權 / 年度清查未回覆',
      'demo.manager: 單位帳號已停權，待復權 / 年度清查未回覆',
    ]);
    expect(await lastAudit(world, 'subsystem_account.status_changed')).toMatchObject({
      actor_account_id: accountId,
      details: { because: 'yearly_review' },
    });
    const { output } = await world.command('subsystem-accounts', 'suspended');
    expect(output).toContain(`9876543210\t${LAB}\tyearly_review\t`);
  });
});
