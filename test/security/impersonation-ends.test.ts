import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { signIn } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { type ImpersonationWorld, LAB_1, LIST, startImpersonationWorld } from './impersonation-world.ts';

/* Operators who act as somebody else: the product's own rules, and RFC 8693 §1.1 and §4.1. */

describe('what an operator began as somebody else', () => {
  let w: ImpersonationWorld;

  beforeAll(async () => {
    w = await startImpersonationWorld();
  });
  afterAll(() => w.world.stop());
  afterEach(() => w.endAll());

  it.each([
    ['operator', (id: string) => forgeForm(w.world, w.ops, `${LIST}/${id}/ending`, {}), async () => {}],
    ['approver', (id: string) => forgeForm(w.world, w.hpa, `${LIST}/${id}/ending`, {}), async () => {}],
    [
      'person',
      async () => {
        const nurse = await portalOf(w.world, 'demo.nurse');
        expect(nurse.page()?.text).toContain('李示範 正以您的帳號登入測試lab協助處理');
        const ended = await nurse.submit(({ action }) => action.endsWith('/impersonation/removal'));
        expect(ended.text).toContain('已終止代為登入');
        expect((await nurse.open(`${w.world.issuer}/account/sessions/history`)).text).toContain(
          '代為登入結束',
        );
      },
      async () => {},
    ],
    [
      'time',
      (id: string) =>
        w.query(
          `update impersonation set begun_at = now() - interval '30 minutes', ends_at = now() where id = $1`,
          [id],
        ),
      async () => {},
    ],
    [
      'right_lost',
      () => w.query(`update account set role = 'user' where login_name = 'demo.ops'`),
      () => w.query(`update account set role = 'platform_ops' where login_name = 'demo.ops'`),
    ],
    [
      'account_lost',
      () => w.query(`update subsystem_account set status = 'disabled' where id = $1`, [LAB_1]),
      () => w.query(`update subsystem_account set status = 'active' where id = $1`, [LAB_1]),
    ],
    [
      'signed_out',
      async (_id: string, idToken: string | undefined, browser: ReturnType<typeof browserOf>) => {
        const url = oidc.buildEndSessionUrl(w.lab.config, { id_token_hint: idToken ?? '' });
        await browser.open(url.href);
        await browser.submit(
          ({ method }) => method === 'post',
          {},
          ({ name }) => name === 'logout',
        );
      },
      async () => {},
    ],
  ] as [
    string,
    (id: string, idToken: string | undefined, browser: ReturnType<typeof browserOf>) => Promise<unknown>,
    () => Promise<unknown>,
  ][])(
    'C13, C19: ends at once by: %s; the client is logged out, the person told, one record kept',
    async (cause, end, restore) => {
      const own = browserOf(w.world);
      const mine = await w.lab.redeem(
        await w.lab.authorize(own, {}, { loginName: 'demo.nurse', account: LAB_1 }),
      );
      const { id, browser } = await w.begin();
      const tokens = await w.tokensIn(browser);
      w.world.logouts.length = 0;
      try {
        await end(id, tokens.id_token, browser);
        if (cause !== 'account_lost') {
          await eventually(async () => expect((await w.userinfo(tokens.access_token)).status).toBe(401));
          expect((await w.refresh(tokens.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
        }
        await eventually(async () => {
          const { status, end_cause: why } = await w.newest();
          expect({ status, why }).toEqual({ status: 'ended', why: cause });
        });
        await eventually(() => {
          expect(w.world.logouts.map((logout) => logout.claims['sid'])).toContain(tokens.claims()?.['sid']);
        });
      } finally {
        await restore();
      }
      expect((await w.userinfo(tokens.access_token)).status).toBe(401);
      const records = (await w.audits('impersonation.ended')).filter(
        ({ details }) => (details as { target?: string }).target === `impersonation:${id}`,
      );
      expect(records).toHaveLength(1);
      expect(records[0]).toMatchObject({ account_id: w.nurseId, details: { cause } });
      const messages = await w.query<{ key: string }>(
        `select dedupe_key as key from message where dedupe_key like $1 order by id`,
        [`impersonation:${id}:%`],
      );
      expect(messages.map(({ key }) => key.split(':').at(-1))).toEqual(['begun', 'ended']);
      const mails = await w.query<{ kind: string }>(
        `select kind from mail_message where dedupe_key like $1`,
        [`impersonation ${id} %`],
      );
      expect(mails).toHaveLength(2);
      // the person's own session beside it, and the operator's own, know nothing of it
      if (cause !== 'account_lost') expect((await w.userinfo(mine.access_token)).status).toBe(200);
      expect((await forgeForm(w.world, w.ops, '/account/profile', {}, { method: 'GET' })).status).toBe(200);
    },
  );

  it('C13: is no session of the person’s: not listed, and it leaves alone what the portal remembers of them', async () => {
    const before = await w.query('select last_used_at from binding where subsystem_account_id = $1', [LAB_1]);
    const { browser } = await w.begin();
    await w.tokensIn(browser);
    const nurse = browserOf(w.world);
    await nurse.open(`${w.world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
    const page = await nurse.open(`${w.world.issuer}/account/sessions`);
    expect(page.forms.filter(({ action }) => /sessions\/[^/]{20,}\/removal/.test(action))).toHaveLength(
      (await w.query('select uid from oidc_session where account_id = $1', [w.nurseId])).length - 1,
    );
    expect(
      await w.query('select last_used_at from binding where subsystem_account_id = $1', [LAB_1]),
    ).toEqual(before);
    // and signing out everywhere takes it along
    await nurse.submit(({ action }) => action.endsWith('/others/removal'));
    await eventually(async () =>
      expect(await w.newest()).toMatchObject({ status: 'ended', end_cause: 'signed_out' }),
    );
  });

  it('C13: stops where the subsystem takes its permission back, and lapses when nobody uses it', async () => {
    const { browser } = await w.begin();
    await w.applyLab((manifest) => {
      manifest['impersonation'] = { allowed: false };
    });
    await eventually(async () =>
      expect(await w.newest()).toMatchObject({ status: 'ended', end_cause: 'right_lost' }),
    );
    const { callback } = await w.lab.authorize(browser, { prompt: 'none' });
    expect(callback.searchParams.get('error')).toBe('login_required');
    await w.applyLab();
    const id = await w.approved();
    const code = await w.codeOf(id);
    await w.query(`update impersonation set decided_at = now() - interval '16 minutes' where id = $1`, [id]);
    expect((await w.enter(code)).page.status).toBe(422);
    await eventually(async () => expect(await w.newest()).toMatchObject({ status: 'lapsed' }));
  });
});
