import { sealNationalId } from '#idp/accounts/index.ts';
import type { CardChallenge } from '#idp/authenticators/index.ts';
import { type Card, type HcaWorld, startHca } from '../support/hca.ts';
import { cardSettingsOf } from '../support/hca-settings.ts';
import { answerOf } from '../support/hca-verifier.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { asks, choose, linkFor } from './recovery-steps.ts';
import { type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';

/* SM-13: a mailed link alone is not enough for whoever has a card: the second factor is asked for first. */

let hca: HcaWorld;
let settings: ReturnType<typeof cardSettingsOf>;
let world: RecoveryWorld;

beforeAll(async () => {
  hca = await startHca(() => new Date());
  settings = cardSettingsOf(hca);
  world = await openRecoveryWorld(settings.env);
});
afterAll(async () => {
  await world.close();
  await hca.close();
  settings.remove();
});

test('SM-13: a card stands before the new password; an institution’s card does not do', async () => {
  const accountId = await world.addPerson({ loginName: 'carded' });
  const { name } = await world.db
    .selectFrom('account')
    .select('name')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  const national = { national_id_sealed: sealNationalId(world.keyring, 'A123456789', accountId) };
  await world.db.updateTable('account').set(national).where('id', '=', accountId).execute();
  const own = await hca.person({ name, nationalId: 'A123456789' });
  await world.db
    .insertInto('person_card')
    .values({
      account_id: accountId,
      issuer: 'C=TW, O=行政院, OU=醫事憑證管理中心',
      serial: own.serial,
      card_no: null,
      name: '',
      added_at: new Date(),
      last_used_at: null,
    })
    .execute();

  const link = await linkFor(world, 'carded');
  const journey = world.browse();
  const page = await journey.open(link);
  expect(page.forms.some(asks('new_password'))).toBe(false);
  const cardUrl =
    /href="([^"]*\/card\?[^"]*)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=') ??
    '';
  expect((await journey.open(new URL(cardUrl, world.issuer).href)).html).toContain('data-hca="person"');

  const post = (path: string, fields: Record<string, string>) =>
    rawRequest(world.issuer, 'POST', path, {
      headers: { ...FORM, origin: world.issuer, cookie: journey.jar.header(new URL(path, world.issuer)) },
      body: new URLSearchParams(fields).toString(),
    });
  const show = async (card: Card) => {
    const challenge = await post(cardUrl.replace('/card?', '/card-challenge?'), {});
    const { nonce, message } = JSON.parse(challenge.body) as CardChallenge;
    return post(cardUrl, { ...answerOf(card, Buffer.from(message, 'base64'), nonce) });
  };
  const refused = await show(await hca.institution('9876543210'));
  expect([refused.status, refused.body.includes('代表機構而不是個人')]).toEqual([422, true]);
  // without the proof the new password is not taken
  const early = await post(cardUrl.replace('/card?', '/new-password?'), {
    new_password: 'Jade~Mountain2026',
    repeat_password: 'Jade~Mountain2026',
  });
  expect(early.headers.location).toBe(cardUrl.replace('/card?', '?'));

  const proven = await show(own);
  expect(proven.status).toBe(303);
  journey.jar.store(new URL(world.issuer), [proven.headers['set-cookie'] ?? []].flat());
  expect((await journey.open(link)).forms.some(asks('new_password'))).toBe(true);
  expect((await choose(journey)).url.pathname).toBe('/password-reset/done');
});
