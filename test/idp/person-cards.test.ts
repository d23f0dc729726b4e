import { people } from '#db/idp/seed/world.ts';
import type { CardChallenge } from '#idp/authenticators/index.ts';
import { nextStep } from '#idp/sign-in/policy.ts';
import { credentialsOf, forgeForm, portalOf } from '../support/forged-form.ts';
import { type Card, type HcaWorld, startHca } from '../support/hca.ts';
import { cardSettingsOf } from '../support/hca-settings.ts';
import { answerOf } from '../support/hca-verifier.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { NOW, interaction, person, pwd } from './sign-in-facts.ts';

/* A professional's card (醫事人員卡) as a person's second factor; an institution's card never is one. */

const PAGE = '/account/security';
const CARD = `${PAGE}/card`;
const NURSE = people.find(({ loginName }) => loginName === 'demo.nurse') ?? { name: '', nationalId: '' };

let world: IdpWorld;
let hca: HcaWorld;
let settings: ReturnType<typeof cardSettingsOf>;
let nurse: Journey;
let own: Card;

beforeAll(async () => {
  hca = await startHca(() => new Date());
  settings = cardSettingsOf(hca);
  world = await startIdpWorld({ replicas: 2, env: settings.env });
  nurse = await portalOf(world, 'demo.nurse');
  own = await hca.person(NURSE);
});
afterAll(async () => {
  await world.stop();
  await hca.close();
  settings.remove();
});
beforeEach(() => world.database.db.deleteFrom('person_card').execute());
afterEach(() => hca.reset());

const challenge = async (browser: Journey, path: string): Promise<CardChallenge> =>
  JSON.parse((await forgeForm(world, browser, `${path}-challenge`, {})).body) as CardChallenge;
const signed = (card: Card, { nonce, message }: CardChallenge) => ({
  ...answerOf(card, Buffer.from(message, 'base64'), nonce),
});
const show = async (browser: Journey, path: string, card: Card, more: Record<string, string> = {}) =>
  forgeForm(world, browser, path, { ...signed(card, await challenge(browser, path)), ...more });
const add = async (card = own): Promise<void> => {
  const answer = await show(nurse, CARD, card, { name: '執業登記卡' });
  expect(answer.headers.location).toBe(`${PAGE}?done=added`);
};
const toSecondStep = async (): Promise<{ browser: Journey; address: string }> => {
  const browser = browserOf(world);
  await browser.open(`${world.issuer}/sign-in`);
  const page = await browser.submit((form) => 'captcha' in form.fields, credentialsOf('demo.nurse'));
  return { browser, address: page.url.pathname };
};
const idOf = async (loginName: string): Promise<string> => {
  const accounts = world.database.db.selectFrom('account').select('id');
  return (await accounts.where('login_name', '=', loginName).executeTakeFirstOrThrow()).id;
};
const newest = async () => {
  const events = world.database.db.selectFrom('audit_event').select(['type', 'reason']).orderBy('id', 'desc');
  return events.limit(1).executeTakeFirst();
};

describe('added by its owner', () => {
  test('SM-02: is listed, told by mail, kept by issuer and serial, renamed and removed like other factors', async () => {
    expect((await nurse.open(world.issuer + PAGE)).html).toContain(`href="${CARD}"`);
    const page = await nurse.open(world.issuer + CARD);
    expect(page.text).toContain('醫事機構卡代表機構');
    expect(page.headers.get('content-security-policy')).toContain('https://localhost:56445');
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
    await add();
    expect((await nurse.open(world.issuer + PAGE)).text).toContain('執業登記卡 醫事人員卡');
    const { db } = world.database;
    expect(await db.selectFrom('person_card').selectAll().execute()).toMatchObject([
      {
        serial: own.serial,
        issuer: 'C=TW, O=行政院, OU=醫事憑證管理中心',
        account_id: await idOf('demo.nurse'),
      },
    ]);
    const mails = await db.selectFrom('mail_message').select('kind').orderBy('id').execute();
    expect(mails.at(-1)?.kind).toBe('authenticator_changed');
    const { id } = await db.selectFrom('person_card').select('id').executeTakeFirstOrThrow();
    await forgeForm(world, nurse, `${PAGE}/factors/${id}/name`, { name: '備用卡' });
    expect((await nurse.open(world.issuer + PAGE)).text).toContain('備用卡');
    await forgeForm(world, nurse, `${PAGE}/factors/${id}/removal`, {});
    expect(await db.selectFrom('person_card').selectAll().execute()).toEqual([]);
  });

  test.each([
    ['NOT_PERSON_CARD', '代表機構而不是個人'],
    ['PERSON_MISMATCH', '卡片持有人與您的帳號資料不符'],
    ['REVOKED', '已廢止'],
    ['REVOCATION_UNAVAILABLE', '目前無法向醫事憑證管理中心查詢'],
    ['SIG', '無法驗證'],
  ])('SM-02: %s is refused', async (code, words) => {
    const cards: Record<string, () => Promise<Card>> = {
      NOT_PERSON_CARD: () => hca.institution('9876543210'),
      PERSON_MISMATCH: () => hca.person({ ...NURSE, name: '李示範' }),
    };
    const card = await (cards[code]?.() ?? Promise.resolve(own));
    if (code === 'REVOKED') hca.servers.status.set(own.serial, 'revoked');
    if (code === 'REVOCATION_UNAVAILABLE') Object.assign(hca.servers, { ocsp: 'down', crl: 'down' });
    const more = code === 'SIG' ? { signature: 'AAAA' } : {};
    const answer = await show(nurse, CARD, card, { name: '我的<卡>', ...more });
    expect(answer.status).toBe(422);
    expect(answer.body).toContain('value="我的&lt;卡&gt;"');
    expect(answer.body).toContain(words);
    expect(await newest()).toEqual({ type: 'authenticator.refused', reason: code.toLowerCase() });
    expect(await world.database.db.selectFrom('person_card').selectAll().execute()).toEqual([]);
  });

  test('D19: a card of another account’s is taken by nobody else; twenty at once register it once', async () => {
    const { db } = world.database;
    const card = { issuer: 'C=TW, O=行政院, OU=醫事憑證管理中心', serial: own.serial, added_at: new Date() };
    await db
      .insertInto('person_card')
      .values({
        ...card,
        card_no: null,
        name: '',
        last_used_at: null,
        account_id: await idOf('demo.manager'),
      })
      .execute();
    expect((await show(nurse, CARD, own)).body).toContain('已經登記在其他帳號');
    await db.deleteFrom('person_card').execute();
    const answer = signed(own, await challenge(nurse, CARD));
    await Promise.all(Array.from({ length: 20 }, () => forgeForm(world, nurse, CARD, answer)));
    expect(await db.selectFrom('person_card').selectAll().execute()).toHaveLength(1);
  });

  test('SM-02: NUMBER_DECLARED: a number its owner changed proves nothing yet', async () => {
    const declare = (at: Date | null) =>
      world.database.db
        .updateTable('account')
        .set({ national_id_declared_at: at })
        .where('login_name', '=', 'demo.nurse')
        .execute();
    await declare(new Date());
    expect((await show(nurse, CARD, own)).body).toContain('尚待管理者確認');
    await declare(null);
    expect(await world.database.db.selectFrom('person_card').selectAll().execute()).toEqual([]);
  });

  test('D19: only after a recent sign-in, and for the session that asked', async () => {
    const other = await portalOf(world, 'demo.nurse');
    const crossed = await forgeForm(world, other, CARD, signed(own, await challenge(nurse, CARD)));
    expect(crossed.body).toContain('已經使用過');
    await world.database.query(`update oidc_session set login_at = now() - interval '6 minutes'`, []);
    expect((await forgeForm(world, nurse, CARD, {})).headers.location).toContain('/sign-in?fresh=yes');
    await world.database.query(`update oidc_session set login_at = now()`, []);
  });
});

describe('at sign-in', () => {
  beforeEach(() => add());

  test('D19: after the password; then amr sc and mfa, and the class is mfa', async () => {
    const { browser, address } = await toSecondStep();
    expect(browser.page()?.html).toContain(`href="${address}/card"`);
    expect((await browser.open(`${world.issuer}${address}/card`)).html).toContain('data-hca="person"');
    const answer = await show(browser, `${address}/card`, own);
    expect(answer.headers.location).toContain('/oidc/auth');
    const page = await browser.open(answer.headers.location ?? '');
    expect(page.text).toContain('王示範');
    const { payload } = await world.database.db
      .selectFrom('oidc_session')
      .select('payload')
      .where('account_id', '=', await idOf('demo.nurse'))
      .orderBy('active_at', 'desc')
      .executeTakeFirstOrThrow();
    expect(payload).toMatchObject({ amr: ['pwd', 'sc', 'mfa'], acr: 'urn:single-entry:acr:mfa' });
    expect((await nurse.open(world.issuer + PAGE)).text).toContain('上次使用');
  });

  test('D19: no other card: an institution’s, another person’s, one’s own unregistered, a revoked one', async () => {
    const { browser, address } = await toSecondStep();
    const path = `${address}/card`;
    const tried: [Card, string][] = [
      [await hca.institution('9876543210'), 'card_not_person_card'],
      [await hca.person({ name: '李示範', nationalId: 'A123456789' }), 'card_person_mismatch'],
      [await hca.person(NURSE), 'card_not_registered'],
    ];
    for (const [card, reason] of tried) {
      expect((await show(browser, path, card)).headers.location).toBe(address);
      expect(await newest()).toEqual({ type: 'second_factor.refused', reason });
    }
    hca.servers.status.set(own.serial, 'revoked');
    await show(browser, path, own);
    expect((await newest())?.reason).toBe('card_revoked');
    const page = await browser.open(world.issuer + address);
    expect(page.text).toContain('已廢止');
    expect(page.url.pathname).toBe(address);
  });

  test('D19: a challenge counts once, in its own journey, for its own purpose', async () => {
    const [one, other] = [await toSecondStep(), await toSecondStep()];
    const answer = signed(own, await challenge(one.browser, `${one.address}/card`));
    await forgeForm(world, other.browser, `${other.address}/card`, answer);
    expect((await newest())?.reason).toBe('card_replay');
    const enrolment = signed(own, await challenge(nurse, CARD));
    await forgeForm(world, one.browser, `${one.address}/card`, enrolment);
    expect((await newest())?.reason).toBe('card_replay');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => forgeForm(world, one.browser, `${one.address}/card`, answer)),
    );
    expect(
      answers.filter(({ headers }) => headers.location?.includes('/oidc/auth')).length,
    ).toBeLessThanOrEqual(1);
    const verified = world.database.db
      .selectFrom('audit_event')
      .select('id')
      .where('type', '=', 'second_factor.verified');
    const before = (await verified.execute()).length;
    await forgeForm(world, one.browser, `${one.address}/card`, answer);
    expect(await verified.execute()).toHaveLength(before);
  });

  test('D19: neither page nor challenge before the password, nor for whoever has no card', async () => {
    const browser = browserOf(world);
    const page = await browser.open(`${world.issuer}/sign-in`);
    const path = `${page.url.pathname}/card`;
    expect((await forgeForm(world, browser, `${path}-challenge`, {})).status).toBe(409);
    expect((await browser.open(world.issuer + path)).url.pathname).toBe(page.url.pathname);
    expect((await forgeForm(world, browser, path, { nonce: 'x' })).headers.location).toBe(page.url.pathname);
  });
});

describe('the rules', () => {
  const at = (requestedAcr: string[], hasCard: boolean) =>
    nextStep(
      {
        interaction: interaction({ requestedAcr, progress: pwd }),
        rules: 'deck',
        person: person({ hasCard }),
      },
      NOW,
    ).step;

  test('D16: whoever registered a card is asked for it; it is a second factor and not resistant to phishing', () => {
    expect(at([], true)).toBe('second-factor');
    expect(at(['urn:single-entry:acr:mfa'], true)).toBe('second-factor');
    expect(at(['urn:single-entry:acr:phishing-resistant'], true)).toBe('refused');
  });
});
