import {
  type CardWorld,
  CARD,
  challengeOf,
  fields,
  openCardWorld,
  signed,
} from './enrollments-card-world.ts';
import { createApplicant } from './enrollments-applicant.ts';
import { STATION } from './enrollments-world.ts';
import { answerOf } from '../support/hca-verifier.ts';

/* SM-02: a challenge counts once, and only for whoever asked for it; forms that lie. */

let cards: CardWorld;
beforeAll(async () => {
  cards = await openCardWorld();
});
afterEach(() => cards.reset());
afterAll(() => cards.close());

describe('SM-02: REPLAY and time', () => {
  test('SM-02: REPLAY: a nonce counts once, for one application, in one browser', async () => {
    const [one, other] = [await cards.waiting(), await cards.waiting()];
    const issued = await challengeOf(one.applicant);
    // another application's nonce, signed rightly
    const crossed = await other.applicant.post(CARD, signed(cards.clinic, issued));
    expect(crossed.text).toContain('used already');
    // the same application in another browser
    const elsewhere = createApplicant(cards.world);
    await elsewhere.lookUp(undefined, one.applicant.person.login_name);
    expect((await elsewhere.post(CARD, signed(cards.clinic, issued))).text).toContain('used already');
    // a wrong try uses it up
    await one.applicant.post(CARD, { ...signed(cards.clinic, issued), signature: 'AAAA' });
    expect((await one.applicant.post(CARD, signed(cards.clinic, issued))).text).toContain('used already');
    // never given out
    const invented = answerOf(cards.clinic, Buffer.from('x'), 'invented');
    expect((await one.applicant.post(CARD, fields(invented))).text).toContain('used already');
    expect(await cards.accountsOf(one.applicant)).toEqual([]);
    expect(await cards.accountsOf(other.applicant)).toEqual([]);
    // a replay is no try with a card
    expect((await cards.find(other.id)).hca_failures).toBe(0);
  });

  test('SM-02: a nonce stands five minutes', async () => {
    const { applicant, id } = await cards.waiting();
    const issued = await challengeOf(applicant);
    const before = cards.world.now.at;
    cards.world.now.at = new Date(before.getTime() + 5 * 60_000);
    const page = await applicant.post(CARD, signed(cards.clinic, issued));
    cards.world.now.at = before;
    expect(page.text).toContain('longer than five minutes');
    expect(await cards.find(id)).toMatchObject({ status: 'pending_hca', hca_failures: 0 });
  });

  test('SM-02: of twenty at once with one nonce, one opens one account', async () => {
    const { applicant, id } = await cards.waiting();
    const answer = signed(cards.clinic, await challengeOf(applicant));
    await Promise.all(Array.from({ length: 20 }, () => applicant.post(CARD, answer)));
    expect((await cards.find(id)).status).toBe('active');
    expect(await cards.accountsOf(applicant)).toHaveLength(1);
    const letters = (await cards.world.letters()).filter(({ to }) => to === applicant.person.email);
    expect(letters.filter(({ kind }) => kind === 'N03')).toHaveLength(1);
  });

  test('SM-02: of twenty wrong ones at once, each with a nonce of its own, three are looked at', async () => {
    const { applicant, id } = await cards.waiting();
    const other = await cards.hca.institution('9876543210');
    const answers = [];
    for (let at = 0; at < 20; at += 1) answers.push(signed(other, await challengeOf(applicant)));
    cards.hca.servers.asked.length = 0;
    await Promise.all(answers.map((answer) => applicant.post(CARD, answer)));
    expect(cards.hca.servers.asked.filter((url) => url === '/ocsp')).toHaveLength(3);
    expect((await cards.find(id)).hca_failures).toBe(3);
  });
});

describe('forged and hostile forms', () => {
  test('fields that nobody asked for change nothing; the unit is the application’s own', async () => {
    const { applicant, id } = await cards.waiting();
    const other = await cards.hca.institution('9876543210');
    const answer = signed(other, await challengeOf(applicant));
    const forged = {
      ...answer,
      unit: '9876543210',
      unit_code: '9876543210',
      id: 'x',
      status: 'active',
      kind: 'institution',
    };
    expect((await applicant.post(CARD, forged)).text).toContain('not that of the unit');
    expect(await cards.find(id)).toMatchObject({ status: 'pending_hca', unit_code: STATION });
  });

  test('huge and repeated fields are refused', async () => {
    const { applicant, id } = await cards.waiting();
    const issued = await challengeOf(applicant);
    const answer = signed(cards.clinic, issued);
    expect((await applicant.post(CARD, { ...answer, certificate: 'A'.repeat(80_000) })).status).toBe(413);
    expect((await applicant.post(CARD, { ...answer, nonce: [issued.nonce, issued.nonce] })).status).toBe(400);
    expect((await applicant.post(CARD, { ...answer, cms: 'A'.repeat(40_000) })).text).toContain(
      'could not be verified',
    );
    expect((await cards.find(id)).hca_failures).toBe(1);
  });

  test('without a proven visit there is neither page nor challenge', async () => {
    const stranger = createApplicant(cards.world);
    expect((await stranger.open(CARD)).path).toBe('/enrollment-progress');
    expect((await stranger.ask(`${CARD}-challenge`, { method: 'POST' })).status).toBe(409);
    expect((await stranger.post(CARD, {})).path).toBe('/enrollment-progress');
    expect((await stranger.post('/enrollment-progress/paper')).path).toBe('/enrollment-progress');
  });
});
