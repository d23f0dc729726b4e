import { openNationalId } from '#idp/accounts/index.ts';
import { people } from '#db/idp/seed/world.ts';
import { runDataRequestCommand } from '#idp/data-rights/index.ts';
import { decideCarrying } from '#idp/data-rights/policy.ts';
import type { DataRequest } from '#idp/data-rights/types.ts';
import type { LifeDeps } from '#idp/life-cycle/index.ts';
import { confirmNationalId } from '#idp/profile/index.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { credentialsOf, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { browserOf } from '../support/relying-party.ts';
import { MCH_OF_NEW, lastAudit, personOf } from './bindings-support.ts';

const request = (changes: Partial<DataRequest>): DataRequest => ({
  id: 'r',
  accountId: 'a',
  kind: 'stop',
  wish: '',
  status: 'granted',
  requestedAt: new Date(0),
  dueAt: new Date(0),
  extendedBecause: null,
  endedAt: new Date(0),
  refusalGround: null,
  carriedOutAt: null,
  note: '',
  ...changes,
});

describe('X-12: which request is to be carried out', () => {
  it.each<[Partial<DataRequest> | undefined, string]>([
    [{}, 'yes'],
    [{ kind: 'delete' }, 'yes'],
    [undefined, 'unknown_request'],
    [{ status: 'open' }, 'not_granted'],
    [{ status: 'refused' }, 'not_granted'],
    [{ status: 'withdrawn' }, 'not_granted'],
    [{ kind: 'access' }, 'nothing_to_do'],
    [{ kind: 'correct' }, 'nothing_to_do'],
    [{ carriedOutAt: new Date(0) }, 'done_before'],
  ])('%j: %s', (changes, answer) => {
    const decision = decideCarrying(changes && request(changes));
    expect(decision.allowed ? 'yes' : decision.reason).toBe(answer);
  });
});

describe('X-12: what was granted is done', () => {
  let world: IdpWorld;
  let deps: LifeDeps;
  beforeAll(async () => {
    world = await startIdpWorld();
    const { db } = world.database;
    const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '');
    deps = { db, keyring, registry: await createClientRegistry(db), config: { issuer: world.issuer } };
  });
  afterAll(() => world.stop());

  const run = (...args: string[]): Promise<string> => runDataRequestCommand(deps, args);
  /** A request of the person's, as it was made and granted. */
  const granted = async (loginName: string, kind: 'stop' | 'delete'): Promise<string> => {
    const { id: accountId } = await personOf(world, loginName);
    const { id } = await world.database.db
      .insertInto('data_request')
      .values({ account_id: accountId, kind, wish: '請辦理', due_at: new Date(Date.now() + 1e9) })
      .returning('id')
      .executeTakeFirstOrThrow();
    await run('decide', id, '--grant');
    return id;
  };
  const canEnter = async (loginName: string): Promise<boolean> => {
    await world.database.db.deleteFrom('attempt_throttle').execute();
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    const page = await browser.submit((form) => 'captcha' in form.fields, credentialsOf(loginName));
    return !page.forms.some((form) => 'captcha' in form.fields);
  };

  it('X-12: a stop disables the account and all that is its, once, with its reason; the data stays', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const { id: accountId } = await personOf(world, 'demo.nurse');
    const id = await granted('demo.nurse', 'stop');
    expect(await run('list')).toContain(`${id}\tstop\tgranted`);
    const runs = await Promise.allSettled(Array.from({ length: 5 }, () => run('carry-out', id)));
    expect(runs.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(
      String((runs.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason),
    ).toContain('done_before');
    expect(await run('list')).not.toContain(id);
    expect((await nurse.open(`${world.issuer}/account/profile`)).url.pathname).toMatch(/^\/interaction\//);
    expect(await canEnter('demo.nurse')).toBe(false);
    const { db } = world.database;
    const living = db.selectFrom('subsystem_account').select('id').where('account_id', '=', accountId);
    expect(await living.where('status', '<>', 'disabled').execute()).toEqual([]);
    expect(await lastAudit(world, 'account.disabled')).toMatchObject({
      account_id: accountId,
      details: { reason: `data_request ${id}` },
    });
    expect(await lastAudit(world, 'data_request.carried_out')).toMatchObject({ details: { kind: 'stop' } });
    const mails = db.selectFrom('mail_message').select('kind').where('account_id', '=', accountId);
    expect(await mails.where('kind', '=', 'N11').execute()).toHaveLength(1);
    const kept = await db.selectFrom('account').selectAll().where('id', '=', accountId).executeTakeFirst();
    expect(kept).toMatchObject({ name: '王示範', login_name: 'demo.nurse', status: 'disabled' });
  });

  it('X-12: a deletion erases the person and keeps what was done', async () => {
    const { db } = world.database;
    const { id: accountId } = await personOf(world, 'demo.new');
    await portalOf(world, 'demo.new');
    const at = new Date();
    await db
      .insertInto('enrollment')
      .values({
        id: crypto.randomUUID(),
        status: 'active',
        account_id: accountId,
        unit_code: '9876543210',
        login_name: 'demo.new',
        locale: 'zh-TW',
        personal_sealed: Buffer.from('sealed'),
        created_at: at,
        updated_at: at,
        submitted_at: at,
      })
      .execute();
    const before = await db
      .selectFrom('audit_event')
      .select('id')
      .where('account_id', '=', accountId)
      .execute();
    const id = await granted('demo.new', 'delete');
    expect((await world.command('data-requests', 'carry-out', id)).output).toBe(`${id} carried out\n`);

    const row = await db
      .selectFrom('account')
      .selectAll()
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      login_name: 'erased-00000006',
      name: '-',
      title: '',
      email: 'erased-00000006@erased.invalid',
      phone: '',
      mobile: '',
      status: 'disabled',
      person_no: '00000006',
    });
    expect(openNationalId(deps.keyring, row.national_id_sealed, accountId)).toBe('');
    for (const table of [
      'password_credential',
      'password_history',
      'totp_credential',
      'passkey',
      'message',
    ] as const) {
      expect(
        await db.selectFrom(table).select('account_id').where('account_id', '=', accountId).execute(),
      ).toEqual([]);
    }
    const application = await db.selectFrom('enrollment').selectAll().executeTakeFirstOrThrow();
    expect(application).toMatchObject({ personal_sealed: null, login_name: null, status: 'active' });
    const account = db.selectFrom('subsystem_account').selectAll().where('id', '=', MCH_OF_NEW);
    expect(await account.executeTakeFirstOrThrow()).toMatchObject({ holder_name: '周示範' }); // never theirs: not claimed

    const secrets = [
      '周示範',
      'demo.new',
      people.find(({ loginName }) => loginName === 'demo.new')?.nationalId ?? '-',
    ];
    const dump = await world.database.query<{ line: string }>(
      `select row_to_json(a)::text as line from account a where $1
       union all select row_to_json(e)::text from enrollment e where account_id is not null
       union all select row_to_json(s)::text from oidc_session s`,
      [true],
    );
    for (const secret of secrets) expect(dump.some(({ line }) => line.includes(secret))).toBe(false);
    const after = await db
      .selectFrom('audit_event')
      .select('id')
      .where('account_id', '=', accountId)
      .execute();
    expect(after.length).toBeGreaterThan(before.length);
    expect(await lastAudit(world, 'account.erased')).toMatchObject({ account_id: accountId });
    expect(await canEnter('demo.new')).toBe(false);
    expect(await canEnter('erased-00000006')).toBe(false);
  });

  it('X-12: nothing is done for what was not granted, nor before the last manager has a successor', async () => {
    const { id: accountId } = await personOf(world, 'demo.bureau');
    const { id } = await world.database.db
      .insertInto('data_request')
      .values({ account_id: accountId, kind: 'stop', wish: '請辦理', due_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    await expect(run('carry-out', id)).rejects.toThrow('not_granted');
    await run('decide', id, '--grant');
    await expect(run('carry-out', id)).rejects.toThrow('successor_missing');
    const rows = world.database.db.selectFrom('account').select('status').where('id', '=', accountId);
    expect(await rows.executeTakeFirstOrThrow()).toEqual({ status: 'active' });
    await expect(run('carry-out', crypto.randomUUID())).rejects.toThrow('unknown_request');
  });

  it('P-23, SM-07: an ID number its owner declared is confirmed by somebody else, as it was seen', async () => {
    const { db } = world.database;
    const { id: accountId } = await personOf(world, 'demo.manager');
    const { id: by } = await personOf(world, 'demo.hpa');
    const confirm = (seen?: Date, accountOf = by) =>
      confirmNationalId(
        db,
        accountId,
        { reason: '核對身分證', ...(seen && { seen }) },
        { accountId: accountOf },
      );
    expect(await confirm()).toBe('nothing_declared');
    const at = new Date('2026-11-01T00:00:00Z');
    await db
      .updateTable('account')
      .set({ national_id_declared_at: at })
      .where('id', '=', accountId)
      .execute();
    expect(await confirm(at, accountId)).toBe('own_number');
    expect(await confirm(new Date('2026-10-01T00:00:00Z'))).toBe('declared_again');
    const answers = await Promise.all(Array.from({ length: 5 }, () => confirm(at)));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(await lastAudit(world, 'national_id.confirmed')).toMatchObject({
      account_id: accountId,
      actor_account_id: by,
      details: { reason: '核對身分證' },
    });
    const command = await world.command('accounts', 'confirm-national-id', 'demo.manager', '--reason', 'x');
    expect(command.output).toContain('nothing_declared');
  });
});
