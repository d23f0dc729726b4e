import * as oidc from 'openid-client';
import { findChange, findUnfinished } from '#idp/restoring/policy.ts';
import type { RestoreFacts } from '#idp/restoring/types.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const facts: RestoreFacts = {
  epoch: 3,
  issuedAfter: undefined,
  finishedTarget: '',
  begunAt: undefined,
  target: '',
  logPosition: 5000,
  timeline: 1,
  systemIdentifier: '7',
};
const remembered = { epoch: 3, logPosition: 5000, timeline: 1, systemIdentifier: '7' };

describe('what tells a restore from a failover', () => {
  it('R37: a recovery target that was not finished, or an operator’s word, stops everybody', () => {
    expect(findUnfinished(facts)).toBeUndefined();
    expect(findUnfinished({ ...facts, target: '2026-11-22 12:00' })).toBe('target');
    expect(findUnfinished({ ...facts, begunAt: new Date() })).toBe('begun');
    const finished = { target: '2026-11-22 12:00', finishedTarget: '2026-11-22 12:00' };
    expect(findUnfinished({ ...facts, ...finished })).toBeUndefined();
    expect(findUnfinished({ ...facts, ...finished, target: '2026-11-23 12:00' })).toBe('target');
  });

  it('R7: a new timeline alone is a failover, and stops nobody', () => {
    const promoted = { ...facts, timeline: 2, logPosition: 5000 };
    expect(findUnfinished(promoted)).toBeUndefined();
    expect(findChange(promoted, remembered)).toBeUndefined();
    expect(findChange({ ...promoted, logPosition: undefined }, remembered)).toBeUndefined();
  });

  it('R37: a log that has gone back, or another server, is an alarm; another epoch an end', () => {
    expect(findChange({ ...facts, logPosition: 4999 }, remembered)).toBe('gone_back');
    expect(findChange({ ...facts, systemIdentifier: '8' }, remembered)).toBe('another_system');
    expect(findChange({ ...facts, epoch: 4 }, remembered)).toBe('another_epoch');
    expect(findChange(facts, undefined)).toBeUndefined();
  });
});

describe('a restored database', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  it('R37: is served by nobody until the restore is finished; then nothing issued before is accepted', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const tokens = await rp.redeem(
      await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    const unused = await rp.authorize(browser, { prompt: 'none' });
    const { db } = world.database;
    await db
      .insertInto('mail_message')
      .values({
        ...{ kind: 'password_changed', dedupe_key: 'waiting', account_id: null, locale: 'en' as const },
        ...{ recipient_digest: Buffer.from('x'), content_sealed: Buffer.from('x') },
        ...{ leased_until: null, sent_at: null, dead_at: null, last_error: null },
        next_attempt_at: new Date(Date.now() + 3_600_000),
      })
      .execute();

    const refused = await world.command('restore', 'finish', '--reason', 'drill');
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('stop every replica') as string,
    });

    // one that runs notices by itself, ends, and cannot come back
    const [running] = world.replicas;
    expect((await world.command('restore', 'begin', '--reason', 'drill')).code).toBe(0);
    expect(await running?.exited).toBe(70);
    expect(running?.output()).toContain('the database was restored');
    await expect(world.restart(0)).rejects.toThrow(
      /The database was restored and the restore is not finished: run `idp restore finish --reason TEXT`, then start again\./,
    );
    expect((await world.command('restore', 'status')).output).toContain('NOT finished');

    const done = await world.command(
      'restore',
      'finish',
      '--reason',
      'drill',
      '--point',
      '2026-11-22T12:00:00Z',
    );
    expect(done).toMatchObject({ code: 0, output: expect.stringContaining('epoch 1 begins') as string });
    expect(done.output).toMatch(/1 {2}sessions[\s\S]*1 {2}mails not sent again/);
    await world.restart(0);

    await expect(rp.redeem(unused)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oidc.refreshTokenGrant(rp.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(rp.exchange(tokens.access_token, LAB_1)).rejects.toMatchObject({ status: 400 });
    expect(await oidc.tokenIntrospection(rp.config, tokens.access_token)).toEqual({ active: false });
    const hint = { prompt: 'none', id_token_hint: tokens.id_token ?? '' };
    await expect(rp.authorize(browser, hint)).rejects.toMatchObject({ error: 'invalid_request' });
    const silent = await rp.authorize(browser, { prompt: 'none' });
    expect(silent.callback.searchParams.get('error')).toBe('login_required');
    await eventually(() => {
      expect(world.logouts.map(({ claims }) => claims['sub'])).toContain(tokens.claims()?.sub);
      return Promise.resolve();
    });

    const fresh = await createRelyingParty(world, 'lab-app', { pushed: true });
    const again = await fresh.redeem(
      await fresh.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    expect(again.claims()?.sub).toBe(tokens.claims()?.sub);
    const steps = await db.selectFrom('totp_credential').select('last_used_step').execute();
    expect(Math.min(...steps.map((row) => row.last_used_step))).toBeGreaterThan(Date.now() / 30_000 - 10);
    const audit = await db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'database.restored')
      .execute();
    expect(audit).toMatchObject([{ details: { point: '2026-11-22T12:00:00Z', epoch: 1, reason: 'drill' } }]);
    const status = await world.command('restore', 'status');
    expect(status.output).toContain('no restore waits');
  });
});
