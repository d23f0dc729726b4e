import { credentialsOf, forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { type Misdeeds, SoftAuthenticator } from '../support/soft-authenticator.ts';

const PAGE = '/account/security';
const ADD = `${PAGE}/passkey`;
type Options = { challenge: string };

describe('passkeys', () => {
  let world: IdpWorld;
  let nurse: Journey;
  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    nurse = await portalOf(world, 'demo.nurse');
  });
  afterAll(() => world.stop());
  beforeEach(() => world.database.db.deleteFrom('passkey').execute());

  const askToAdd = async (browser = nurse): Promise<Options> => {
    const { html } = await browser.open(world.issuer + ADD);
    const json = /data-options="([^"]*)"/.exec(html)?.[1] ?? '';
    return JSON.parse(json.replaceAll('&quot;', '"').replaceAll('&#x3D;', '=')) as Options;
  };
  const add = async (browser = nurse): Promise<SoftAuthenticator> => {
    const authenticator = new SoftAuthenticator(world.issuer);
    const response = authenticator.create(await askToAdd(browser));
    const answer = await forgeForm(world, browser, ADD, { response, name: '公務筆電' });
    expect(answer.headers.location).toBe(`${PAGE}?done=added`);
    return authenticator;
  };
  const toSignIn = async (): Promise<Journey> => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    return browser;
  };
  const addressOf = (browser: Journey): string => browser.page()?.url.pathname ?? '';
  const ask = async (browser: Journey): Promise<Options> =>
    JSON.parse(
      (await forgeForm(world, browser, `${addressOf(browser)}/passkey-challenge`, {})).body,
    ) as Options;
  const answerBy = (browser: Journey, response: string) =>
    browser.submit((form) => form.action.endsWith('/passkey'), { response });
  const lastRefusal = async () => {
    const events = world.database.db
      .selectFrom('audit_event')
      .select('reason')
      .where('outcome', '=', 'refused');
    return (await events.orderBy('id', 'desc').executeTakeFirst())?.reason;
  };
  const sessionOf = async (loginName: string) =>
    world.database.db
      .selectFrom('oidc_session as s')
      .innerJoin('account as a', 'a.id', 's.account_id')
      .select('s.payload')
      .where('a.login_name', '=', loginName)
      .orderBy('s.active_at', 'desc')
      .executeTakeFirst();

  it('D19: is added, told by mail, and signs in without name, password and captcha, phishing-resistant', async () => {
    const authenticator = await add();
    expect((await nurse.open(world.issuer + PAGE)).text).toContain('公務筆電 通行密鑰');
    const mails = await world.database.db.selectFrom('mail_message').select('kind').execute();
    expect(mails.at(-1)?.kind).toBe('authenticator_changed');
    const browser = await toSignIn();
    authenticator.counter = 1;
    const page = await answerBy(browser, authenticator.get(await ask(browser)));
    expect(page.url.pathname).toBe('/');
    expect(page.text).toContain('王示範');
    expect((await sessionOf('demo.nurse'))?.payload).toMatchObject({
      amr: ['hwk'],
      acr: 'urn:single-entry:acr:phishing-resistant',
    });
    expect((await nurse.open(world.issuer + PAGE)).text).toContain('上次使用');
  });

  it.each<[string, Misdeeds]>([
    ['another origin', { origin: 'https://elsewhere.example' }],
    ['another relying party', { rpId: 'elsewhere.example' }],
    ['no user verification', { withoutVerification: true }],
    ['a challenge of its own', { challenge: 'c29tZXRoaW5nIGVsc2U' }],
    ['an answer to another question', { type: 'webauthn.get' }],
  ])('D19: adds none with %s', async (_what, wrong) => {
    const response = new SoftAuthenticator(world.issuer).create(await askToAdd(), wrong);
    const answer = await forgeForm(world, nurse, ADD, { response });
    expect(answer.status).toBe(422);
    expect(await world.database.db.selectFrom('passkey').select('id').execute()).toEqual([]);
  });

  it.each<[string, Misdeeds]>([
    ['another origin', { origin: 'https://elsewhere.example' }],
    ['another relying party', { rpId: 'elsewhere.example' }],
    ['no user verification', { withoutVerification: true }],
    ['a challenge of its own', { challenge: 'c29tZXRoaW5nIGVsc2U' }],
    ['an answer to another question', { type: 'webauthn.create' }],
    ['a counter that went back', { counter: 4 }],
    ['a counter that stood still', { counter: 5 }],
  ])('D19: signs nobody in with %s', async (_what, wrong) => {
    const authenticator = await add();
    await world.database.db.updateTable('passkey').set({ counter: 5 }).execute();
    const browser = await toSignIn();
    const page = await answerBy(browser, authenticator.get(await ask(browser), { counter: 6, ...wrong }));
    expect(page.text).toContain('通行密鑰驗證失敗');
    expect(await lastRefusal()).toBe('wrong_passkey');
    expect(page.forms.some((form) => 'captcha' in form.fields)).toBe(true);
  });

  it('D19: uses a challenge up, whoever answers first, and keeps it to its own journey and five minutes', async () => {
    const authenticator = await add();
    const browser = await toSignIn();
    const options = await ask(browser);
    const path = `${addressOf(browser)}/passkey`;
    const forge = (counter: number) =>
      forgeForm(world, browser, path, { response: authenticator.get(options, { counter }) });
    const answers = await Promise.all([1, 2, 3, 4].map(forge));
    const finished = answers.filter(({ headers }) => headers.location?.includes('/oidc/auth'));
    expect(finished.length).toBeLessThanOrEqual(1);

    const [mine, other] = [await toSignIn(), await toSignIn()];
    const foreign = authenticator.get(await ask(mine), { counter: 100 });
    await ask(other);
    expect((await answerBy(other, foreign)).text).toContain('通行密鑰驗證失敗');
    const late = authenticator.get(await ask(mine), { counter: 101 });
    await world.database.db.updateTable('webauthn_challenge').set({ expires_at: new Date() }).execute();
    expect((await answerBy(mine, late)).text).toContain('通行密鑰驗證失敗');
  });

  it('D19: takes no credential that is unknown, disabled, registered twice, or not one at all', async () => {
    const stranger = new SoftAuthenticator(world.issuer);
    const browser = await toSignIn();
    for (const response of [
      stranger.get(await ask(browser)),
      '',
      '{',
      '[]',
      '{"id":"x"}',
      'x'.repeat(40_000),
    ]) {
      expect((await answerBy(browser, response)).text).toContain('通行密鑰驗證失敗');
      expect(await lastRefusal()).toBe('unknown_passkey');
    }
    const authenticator = await add();
    const someone = await portalOf(world, 'demo.new');
    const response = new SoftAuthenticator(world.issuer).create(await askToAdd(someone), {
      id: authenticator.id,
    });
    expect((await forgeForm(world, someone, ADD, { response })).status).toBe(422);

    const setStatus = (status: 'active' | 'disabled') =>
      world.database.db
        .updateTable('account')
        .set({ status })
        .where('login_name', '=', 'demo.nurse')
        .execute();
    const refused = await toSignIn();
    const options = await ask(refused);
    await setStatus('disabled');
    const page = await answerBy(refused, authenticator.get(options, { counter: 3 }));
    await setStatus('active');
    expect(page.text).toContain('通行密鑰驗證失敗');
    expect(await lastRefusal()).toBe('account_disabled');
  });

  it('D19: as second factor counts only for whoever typed the password', async () => {
    const { db } = world.database;
    const manager = await portalOf(world, 'demo.manager');
    const [mine, theirs] = [await add(manager), await add(nurse)];
    const browser = await toSignIn();
    await browser.submit((form) => 'captcha' in form.fields, credentialsOf('demo.manager'));
    const foreign = await answerBy(browser, theirs.get(await ask(browser), { counter: 9 }));
    expect(foreign.text).toContain('通行密鑰驗證失敗');
    expect(await lastRefusal()).toBe('passkey_of_another');
    const page = await answerBy(browser, mine.get(await ask(browser), { counter: 9 }));
    expect(page.url.pathname).toBe('/');
    expect((await sessionOf('demo.manager'))?.payload).toMatchObject({
      amr: ['pwd', 'hwk', 'mfa'],
      acr: 'urn:single-entry:acr:phishing-resistant',
    });
    // with a passkey left, the app may go; then the password alone sets up no new one
    const totp = await db
      .selectFrom('totp_credential as t')
      .innerJoin('account as a', 'a.id', 't.account_id')
      .selectAll('t')
      .where('a.login_name', '=', 'demo.manager')
      .executeTakeFirstOrThrow();
    expect((await forgeForm(world, manager, `${PAGE}/factors/totp/removal`, {})).status).toBe(303);
    const next = await toSignIn();
    const asked = await next.submit((form) => 'captcha' in form.fields, credentialsOf('demo.manager'));
    expect(asked.forms.some((form) => 'offer' in form.fields)).toBe(false);
    expect(asked.forms.some((form) => form.action.endsWith('/passkey'))).toBe(true);
    const last = await forgeForm(world, manager, `${PAGE}/factors/${mine.id}/removal`, {});
    expect(last.status).toBe(409);
    await db.insertInto('totp_credential').values(totp).execute();
  });

  it('D19: is renamed and removed by its owner alone', async () => {
    const authenticator = await add();
    const someone = await portalOf(world, 'demo.new');
    const path = `${PAGE}/factors/${authenticator.id}`;
    for (const deed of ['/name', '/removal']) {
      expect((await forgeForm(world, someone, path + deed, { name: '偷' })).status).toBe(404);
      const foreign = await forgeForm(world, nurse, path + deed, {}, { origin: 'https://elsewhere.example' });
      expect(foreign.status).toBe(403);
    }
    await forgeForm(world, nurse, `${path}/name`, { name: '家裡電腦' });
    expect((await nurse.open(world.issuer + PAGE)).text).toContain('家裡電腦');
    expect((await forgeForm(world, nurse, `${path}/removal`, {})).status).toBe(303);
    const browser = await toSignIn();
    const page = await answerBy(browser, authenticator.get(await ask(browser), { counter: 2 }));
    expect(page.text).toContain('通行密鑰驗證失敗');
  });
});
