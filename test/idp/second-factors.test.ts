import { generateSync } from 'otplib';
import { credentialsOf, forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';

const PAGE = '/account/security';
const APP = `${PAGE}/authenticator`;
const REMOVAL = `${PAGE}/factors/totp/removal`;

describe('one’s own second factors', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    const { db } = world.database;
    await db.deleteFrom('attempt_throttle').execute();
    await db.deleteFrom('recovery_code').execute();
    await db
      .deleteFrom('totp_credential')
      .where('account_id', '=', await idOf('demo.nurse'))
      .execute();
  });

  const idOf = async (loginName: string): Promise<string> => {
    const people = world.database.db.selectFrom('account').select('id');
    return (await people.where('login_name', '=', loginName).executeTakeFirstOrThrow()).id;
  };
  const open = (browser: Journey, path = PAGE) => browser.open(world.issuer + path);
  const offerOn = (page: Page | undefined) => ({
    offer: page?.forms.find((form) => 'offer' in form.fields)?.fields['offer'] ?? '',
    secret: (/qr-secret">([^<]+)</.exec(page?.html ?? '')?.[1] ?? '').replaceAll(' ', ''),
  });
  const codeOf = (secret: string, stepsAhead = 0): string =>
    generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + stepsAhead * 30 });
  const enrol = async (browser: Journey): Promise<string> => {
    const { secret } = offerOn(await open(browser, APP));
    await browser.submit((form) => 'offer' in form.fields, { code: codeOf(secret), name: '公務手機' });
    return secret;
  };
  const audits = async (loginName: string, type: string): Promise<number> => {
    const events = world.database.db.selectFrom('audit_event').select('id').where('type', '=', type);
    return (await events.where('account_id', '=', await idOf(loginName)).execute()).length;
  };
  /** As if the person had signed in `minutes` ago. */
  const growOld = async (loginName: string, minutes: number): Promise<void> => {
    const at = new Date(Date.now() - minutes * 60_000);
    await world.database.query(
      `update oidc_session set login_at = $1, payload = jsonb_set(payload, '{loginTs}', to_jsonb($2::int))
       where account_id = $3`,
      [at, Math.floor(at.getTime() / 1000), await idOf(loginName)],
    );
  };
  const toSecondStep = async (loginName: string): Promise<Journey> => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    await browser.submit((form) => 'captcha' in form.fields, credentialsOf(loginName));
    return browser;
  };

  it('D16, D20: an app counts once it has shown a right code, is told by mail, and is asked for from then on', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const { offer, secret } = offerOn(await open(nurse, APP));
    const wrong = await nurse.submit((form) => 'offer' in form.fields, { code: '000000', name: '公務手機' });
    expect([wrong.status, offerOn(wrong)]).toEqual([422, { offer, secret }]);
    expect(wrong.text).toContain('驗證碼不正確');
    expect((await open(nurse)).text).toContain('還沒有第二步驗證方式');
    const used = codeOf(secret);
    const answer = await forgeForm(world, nurse, APP, { offer, code: used, name: '公務手機' });
    expect(answer.headers.location).toBe(`${PAGE}?done=added`);
    const page = await open(nurse);
    expect(page.text).toContain('公務手機');
    expect(await audits('demo.nurse', 'authenticator.added')).toBe(1);
    const mails = await world.database.db
      .selectFrom('mail_message')
      .select('kind')
      .where('account_id', '=', await idOf('demo.nurse'))
      .execute();
    expect(mails).toEqual([{ kind: 'authenticator_changed' }]);

    const browser = await toSecondStep('demo.nurse');
    const again = await browser.submit((form) => 'code' in form.fields, { code: used });
    expect(again.text).toContain('驗證碼不正確、已使用過或已過期');
    const next = await browser.submit((form) => 'code' in form.fields, { code: codeOf(secret, 1) });
    expect(next.url.pathname).toBe('/');
  });

  it('D19: takes an offer of nobody else, no other session, and no stale one', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const other = await portalOf(world, 'demo.nurse');
    const someone = await portalOf(world, 'demo.new');
    const { offer, secret } = offerOn(await open(nurse, APP));
    for (const browser of [someone, other]) {
      const answer = await forgeForm(world, browser, APP, { offer, code: codeOf(secret) });
      expect(answer.status).toBe(422);
    }
    for (const forged of ['', 'x', offer.slice(4), `${offer}A`.repeat(3)]) {
      const answer = await forgeForm(world, nurse, APP, { offer: forged, code: codeOf(secret) });
      expect(answer.status).toBe(422);
    }
  });

  it('asks for a sign-in of the last five minutes before anything changes, and comes back', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    await enrol(nurse);
    await growOld('demo.nurse', 6);
    expect((await open(nurse)).status).toBe(200);
    for (const [path, fields] of [
      [REMOVAL, {}],
      [`${PAGE}/recovery-codes`, {}],
      [`${PAGE}/factors/totp/name`, { name: '別人' }],
      [APP, { code: '000000' }],
    ] as const) {
      const answer = await forgeForm(world, nurse, path, fields);
      expect(answer.headers.location).toContain('/sign-in?fresh=yes&return_to=');
    }
    expect((await open(nurse)).text).toContain('公務手機');
    const asked = await open(nurse, REMOVAL);
    expect(asked.forms.some((form) => 'captcha' in form.fields)).toBe(true);
    await nurse.submit((form) => 'captcha' in form.fields, credentialsOf('demo.nurse'));
    const secret = await world.database.db.selectFrom('totp_credential').select('name').execute();
    expect(secret.some(({ name }) => name === '公務手機')).toBe(true);
    expect(nurse.page()?.forms.some((form) => 'code' in form.fields)).toBe(true); // the second step is asked too
  });

  it('comes back to the page that asked, once signed in again', async () => {
    const someone = await portalOf(world, 'demo.new');
    await growOld('demo.new', 6);
    await open(someone, APP);
    const page = await someone.submit((form) => 'captcha' in form.fields, credentialsOf('demo.new'));
    expect(page.url.pathname).toBe(APP);
    expect(offerOn(page).secret).toHaveLength(32);
  });

  it('shows ten recovery codes once, keeps digests, takes each once, and counts wrong ones with the app’s', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    expect((await forgeForm(world, nurse, `${PAGE}/recovery-codes`, {})).status).toBe(409); // nothing to stand in for
    await enrol(nurse);
    await open(nurse);
    const shown = await nurse.submit((form) => form.action.endsWith('/recovery-codes'));
    const codes = [...shown.html.matchAll(/<li><code>([0-9A-Z]{5}-[0-9A-Z]{5})</g)].map(
      (match) => match[1] ?? '',
    );
    expect(new Set(codes).size).toBe(10);
    expect((await open(nurse)).text).toContain('還剩 10 組可用');
    const stored = await world.database.db.selectFrom('recovery_code').select('code_digest').execute();
    expect(stored.map(({ code_digest: digest }) => digest.length)).toEqual(Array.from(codes, () => 32));

    const [first = '', second = ''] = codes;
    const browsers: Journey[] = [];
    while (browsers.length < 4) browsers.push(await toSecondStep('demo.nurse'));
    const answers = await Promise.all(
      browsers.map((browser) =>
        browser.submit((form) => 'recovery_code' in form.fields, {
          recovery_code: ` ${first.toLowerCase()} `,
        }),
      ),
    );
    expect(answers.filter(({ url }) => url.pathname === '/')).toHaveLength(1);
    expect((await open(nurse)).text).toContain('還剩 9 組可用');

    await world.database.db.deleteFrom('attempt_throttle').execute();
    const guesser = await toSecondStep('demo.nurse');
    for (let tries = 0; tries < 5; tries += 1) {
      await guesser.submit((form) => 'recovery_code' in form.fields, { recovery_code: '00000-00000' });
    }
    const locked = await guesser.submit((form) => 'recovery_code' in form.fields, { recovery_code: second });
    expect(locked.text).toContain('驗證碼不正確、已使用過或已過期');
    await world.database.db.deleteFrom('attempt_throttle').execute();

    await forgeForm(world, nurse, `${PAGE}/recovery-codes`, {});
    const old = await guesser.submit((form) => 'recovery_code' in form.fields, { recovery_code: second });
    expect(old.url.pathname).not.toBe('/'); // void since new ones were made
  });

  it('leaves ten codes when new ones are asked for many times at once', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    await enrol(nurse);
    await Promise.all([1, 2, 3, 4].map(() => forgeForm(world, nurse, `${PAGE}/recovery-codes`, {})));
    expect(await world.database.db.selectFrom('recovery_code').select('used_at').execute()).toHaveLength(10);
  });

  it('renames and removes one’s own; the recovery codes go with the app', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    await enrol(nurse);
    await forgeForm(world, nurse, `${PAGE}/recovery-codes`, {});
    await open(nurse, `${PAGE}/factors/totp`);
    expect((await nurse.submit((form) => 'name' in form.fields, { name: ' 新\u200b手機 ' })).text).toContain(
      '新手機',
    );
    await open(nurse, REMOVAL);
    const done = await nurse.submit((form) => form.action.endsWith('/removal'));
    expect(done.text).toContain('已移除');
    expect(await world.database.db.selectFrom('recovery_code').select('used_at').execute()).toEqual([]);
    expect((await forgeForm(world, nurse, REMOVAL, {})).status).toBe(404);
    const browser = await toSecondStep('demo.nurse');
    expect(browser.page()?.url.pathname).toBe('/'); // no second step any more
  });

  it('keeps the last factor of somebody whose role demands one, and lets it be replaced', async () => {
    const manager = await portalOf(world, 'demo.manager');
    expect((await open(manager)).html).not.toContain(REMOVAL);
    const answer = await forgeForm(world, manager, REMOVAL, {});
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('您的角色必須保留至少一種第二步驗證方式');
    expect(await audits('demo.manager', 'authenticator.removal_refused')).toBe(1);
    expect((await open(manager, APP)).status).toBe(200);
  });

  it('takes no form of another site, and leads a stranger to sign in', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    await enrol(nurse);
    for (const path of [APP, REMOVAL, `${PAGE}/recovery-codes`, `${PAGE}/factors/totp/name`]) {
      const foreign = await forgeForm(world, nurse, path, {}, { origin: 'https://elsewhere.example' });
      expect(foreign.status).toBe(403);
      const stranger = await forgeForm(world, browserOf(world), path, {});
      expect(stranger.headers.location).toContain('/sign-in');
    }
    expect((await open(nurse, `${PAGE}/factors/else`)).status).toBe(404);
  });

  it('C16: a manager without a factor sets one up between password and portal', async () => {
    const { db } = world.database;
    const id = await idOf('demo.bureau');
    const before = await db
      .selectFrom('totp_credential')
      .selectAll()
      .where('account_id', '=', id)
      .executeTakeFirstOrThrow();
    await db.deleteFrom('totp_credential').where('account_id', '=', id).execute();
    const browser = await toSecondStep('demo.bureau');
    expect(browser.page()?.text).toContain('請先完成設定');
    const { secret } = offerOn(browser.page());
    const wrong = await browser.submit((form) => 'offer' in form.fields, { code: '12' });
    expect(offerOn(wrong).secret).toBe(secret);
    const page = await browser.submit((form) => 'offer' in form.fields, { code: codeOf(secret) });
    expect(page.url.pathname).toBe('/');
    const sessions = await db
      .selectFrom('oidc_session')
      .select('payload')
      .where('account_id', '=', id)
      .execute();
    expect(sessions.at(-1)?.payload['acr']).toBe('urn:single-entry:acr:mfa');
    await db.updateTable('totp_credential').set(before).where('account_id', '=', id).execute();
  });
});
