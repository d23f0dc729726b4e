import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { registerCard } from '#idp/authenticators/index.ts';
import { expireEnrollments } from '#idp/enrollments/index.ts';
import { type CardWorld, CARD, challengeOf, openCardWorld, signed } from './enrollments-card-world.ts';
import { confirm, createApplicant } from './enrollments-applicant.ts';
import { STATION } from './enrollments-world.ts';
import type { Card } from '../support/hca.ts';

/* P-14, SM-01, SM-02: a unit's manager shows the institution's card, and the account opens at once. */

let cards: CardWorld;
beforeAll(async () => {
  cards = await openCardWorld();
});
afterEach(() => cards.reset());
afterAll(() => cards.close());

describe('P-14: an institution card', () => {
  test('P-14, SM-01: opens the account at once, with mail, password and the subsystems asked for', async () => {
    const applicant = createApplicant(cards.world);
    await applicant.fillIn('unit_manager', STATION, {
      subsystem: 'mch',
      'mch.role': 'mch_manager',
      'mch.duty': 'health_station',
      'mch.menu.health_station': 'hs_card',
    });
    await applicant.send();
    const confirmed = await confirm(cards.world, applicant);
    expect(confirmed.html).toContain(`href="${CARD}"`);
    const page = await applicant.open(CARD);
    expect(page.text).toContain('general PC/SC card reader');
    const opened = await cards.show(applicant, cards.clinic);
    expect(opened.text).toContain('the account is open');
    expect(opened.html).toContain('href="/sign-in"');
    const [account] = await cards.accountsOf(applicant);
    expect(account).toMatchObject({ status: 'active', role: 'unit_manager', unit_code: STATION });
    const { db } = cards.world.database;
    const kept = await db.selectFrom('enrollment_card').selectAll().execute();
    expect(kept).toMatchObject([
      {
        unit_code: STATION,
        serial: cards.clinic.serial,
        issuer: expect.stringContaining('O=行政院'),
        card_no: null,
      },
    ]);
    const audit = await db
      .selectFrom('audit_event')
      .selectAll()
      .where('account_id', '=', account?.id ?? '')
      .execute();
    expect(audit.map(({ type }) => type)).toContain('enrollment.card_verified');
    const letters = (await cards.world.letters()).filter(({ to }) => to === applicant.person.email);
    expect(letters.map(({ kind }) => kind)).toEqual(['confirm_address', 'N01', 'N03']);
    const requests = await db.selectFrom('subsystem_request').selectAll().execute();
    expect(requests).toMatchObject([{ account_id: account?.id, subsystem_code: 'mch', status: 'submitted' }]);
    // nothing more can be done with the card, here or elsewhere
    expect((await applicant.open(CARD)).path).toBe('/enrollment-progress');
    expect((await applicant.ask(`${CARD}-challenge`, { method: 'POST' })).status).toBe(409);
  });

  test('P-14: without one, the paper form; there is no way back', async () => {
    const { applicant, id } = await cards.waiting();
    const page = await applicant.post('/enrollment-progress/paper');
    expect(page.text).toContain('Paper review it is');
    expect(await cards.find(id)).toMatchObject({ status: 'pending_paper', paper: 'awaiting_form' });
    expect((await applicant.open('/enrollment-progress/form.pdf')).status).toBe(200);
    expect((await applicant.ask(`${CARD}-challenge`, { method: 'POST' })).status).toBe(409);
    expect((await applicant.post(CARD, {})).path).toBe('/enrollment-progress');
  });

  test('P-13, P-14: where no card can be judged, managers go to paper as before', async () => {
    const { cards: verifier } = cards.world.services;
    cards.world.services.cards = undefined;
    const { applicant, id } = await cards.waiting();
    expect((await cards.find(id)).status).toBe('pending_paper');
    expect((await applicant.open('/enrollment')).text).not.toContain('card reader');
    cards.world.services.cards = verifier;
  });

  test('P-13: only a general card reader; both components are named, and no browser is prescribed', async () => {
    const { applicant } = await cards.waiting();
    const { html, text } = await applicant.open(CARD);
    expect(text).toContain('not a National Health Insurance reader');
    expect(html).toContain('value="servisign"');
    expect(html).toContain('value="hipki"');
    expect(text).not.toMatch(/IE|Internet Explorer/);
    // the field of the PIN has no name: no form can carry it
    expect(/<input[^>]*id="pin"[^>]*>/.exec(html)?.[0]).not.toMatch(/ name=/);
  });

  test('SM-01: it expires after 30 days without a sign of life', async () => {
    const { id } = await cards.waiting();
    const { services, now } = cards.world;
    const before = now.at;
    now.at = new Date(before.getTime() + 30 * 86_400_000);
    await expireEnrollments(services);
    now.at = before;
    expect((await cards.find(id)).status).toBe('expired');
  });

  test('P-14: a certificate that names no unit counts once the agency has registered it', async () => {
    const nameless = await cards.hca.institution('', { subject: [{ O: ['示範診所'] }] });
    const { applicant } = await cards.waiting();
    expect((await cards.show(applicant, nameless)).text).toContain('not that of the unit');
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'card-')), 'card.cer');
    writeFileSync(file, nameless.certificate);
    const { db } = cards.world.services;
    await expect(registerCard(db, [file, '--unit', STATION])).rejects.toThrow('--reason');
    await expect(registerCard(db, [file, '--unit', 'nowhere', '--reason', 'x'])).rejects.toThrow('no unit');
    await registerCard(db, [file, '--unit', STATION, '--reason', 'letter 1140001']);
    rmSync(path.dirname(file), { recursive: true });
    expect((await cards.show(applicant, nameless)).text).toContain('the account is open');
    const audit = db.selectFrom('audit_event').select('details').where('type', '=', 'card.registered');
    expect(await audit.executeTakeFirst()).toMatchObject({
      details: { unitCode: STATION, serial: nameless.serial },
    });
  });

  test('SM-01: it may be withdrawn', async () => {
    const { applicant, id } = await cards.waiting();
    expect((await applicant.post('/enrollment-progress/withdrawal')).text).toContain('withdrawn');
    expect((await cards.find(id)).status).toBe('withdrawn');
  });
});

describe('SM-02: cards that are not taken', () => {
  test.each([
    ['SIG', 'signature of the card'],
    ['EXPIRED', 'has expired'],
    ['REVOKED', 'revoked'],
    ['CHAIN', 'was not issued by'],
    ['KEY_USAGE', 'not meant for signing'],
    ['NOT_HCA', 'not an HCA card'],
    ['NOT_ORG_CARD', 'card of a professional'],
    ['UNIT_MISMATCH', 'not that of the unit'],
    ['REVOCATION_UNAVAILABLE', 'does not count as a try'],
  ])('SM-02: %s is said in plain words', async (code, words) => {
    const { applicant, id } = await cards.waiting();
    const card = await cardWith(code);
    const issued = await challengeOf(applicant);
    const answer = signed(card, issued);
    const page = await applicant.post(CARD, code === 'SIG' ? { ...answer, signature: answer.nonce } : answer);
    expect(page.path).toBe(CARD);
    expect(page.text).toContain(words);
    const counted = code !== 'REVOCATION_UNAVAILABLE';
    expect(page.text).toContain(`Tries left: ${counted ? 2 : 3}`);
    expect(await cards.find(id)).toMatchObject({ status: 'pending_hca', hca_failures: counted ? 1 : 0 });
    expect(await cards.accountsOf(applicant)).toEqual([]);
  });

  async function cardWith(code: string): Promise<Card> {
    switch (code) {
      case 'EXPIRED':
        return cards.hca.institution(STATION, { notAfter: new Date('2025-01-01') });
      case 'KEY_USAGE':
        return cards.hca.institution(STATION, { keyUsage: 4 });
      case 'NOT_HCA':
        return cards.hca.institution(STATION, { attributes: [] });
      case 'NOT_ORG_CARD':
        return cards.hca.person({ name: '王示範', nationalId: 'A123456789' });
      case 'UNIT_MISMATCH':
        return cards.hca.institution('9876543210');
      case 'CHAIN':
        return cards.hca.card(
          { subject: [{ '2.5.4.5': [STATION] }] },
          { ...cards.hca.ca, keys: cards.hca.root.keys },
        );
      case 'REVOKED':
        cards.hca.servers.status.set(cards.clinic.serial, 'revoked');
        return cards.clinic;
      case 'REVOCATION_UNAVAILABLE':
        cards.hca.servers.ocsp = 'down';
        cards.hca.servers.crl = 'down';
        return cards.clinic;
      default:
        return cards.clinic;
    }
  }

  test('SM-02: three tries, then only paper', async () => {
    const { applicant, id } = await cards.waiting();
    const other = await cards.hca.institution('9876543210');
    for (let tried = 0; tried < 3; tried += 1) await cards.show(applicant, other);
    const page = await applicant.open(CARD);
    expect(page.text).toContain('please choose paper review');
    expect(page.html).not.toContain('data-hca=');
    expect((await applicant.ask(`${CARD}-challenge`, { method: 'POST' })).status).toBe(409);
    const late = await applicant.post(CARD, signed(cards.clinic, { nonce: 'x', message: '' }));
    expect(late.text).toContain('No institution card is asked for');
    expect(await cards.find(id)).toMatchObject({ status: 'pending_hca', hca_failures: 3 });
    await applicant.post('/enrollment-progress/paper');
    expect((await cards.find(id)).status).toBe('pending_paper');
  });

  test('P-12: the unit has its managers by now: the card holds, the account stays closed, no try is lost', async () => {
    const [a, b, c] = [await cards.waiting(), await cards.waiting(), await cards.waiting()];
    await cards.show(a.applicant, cards.clinic);
    await cards.show(b.applicant, cards.clinic);
    const page = await cards.show(c.applicant, cards.clinic);
    expect(page.text).toContain('already has all its managers');
    expect(await cards.find(c.id)).toMatchObject({ status: 'pending_hca', hca_failures: 0 });
    expect(await cards.accountsOf(c.applicant)).toEqual([]);
  });
});
