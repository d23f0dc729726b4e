import { provesPerson, provesUnit } from '#idp/authenticators/hca-card/policy.ts';
import type { CardVerdict, CardVerifier } from '#idp/authenticators/hca-card/types.ts';
import { createAuthority, newKeys } from '#idp/virtual-cards/index.ts';
import { type Card, type HcaWorld, KeyUsageFlags, NOW, startHca } from '../support/hca.ts';
import { answerOf, cmsAnswer, openVerifier } from '../support/hca-verifier.ts';

/* SM-02: what a card signed is judged; each way it can be wrong has a code of its own. */

const MESSAGE = Buffer.from('single-entry card enrollment\nhttps://idp.example\nnonce');
const CLINIC = '9876543210';
const PERSON = { name: '王示範', nationalId: 'A123456789' };

let hca: HcaWorld;
let verifier: CardVerifier;

const answer = (card: Card, message = MESSAGE) => answerOf(card, message);
const judge = (given: ReturnType<typeof answer>, by = verifier): Promise<CardVerdict> =>
  by.verify(given, MESSAGE, NOW);
const failureOf = async (given: ReturnType<typeof answer>, by = verifier): Promise<string> => {
  const verdict = await judge(given, by);
  return verdict.ok ? 'ok' : verdict.failure;
};

beforeAll(async () => {
  hca = await startHca();
  verifier = openVerifier(hca);
});
afterEach(() => hca.reset());
afterAll(() => hca.close());

describe('SM-02: a card that holds', () => {
  test('SM-02: an institution card, by a plain signature', async () => {
    const card = await hca.institution(CLINIC);
    const verdict = await judge(answer(card));
    expect(verdict).toMatchObject({
      ok: true,
      card: { kind: 'institution', serial: card.serial, issuer: 'C=TW, O=行政院, OU=醫事憑證管理中心' },
    });
    if (verdict.ok)
      expect(provesUnit(verdict.card, CLINIC, hca.settings.unitSources, undefined)).toBeUndefined();
    // the card's responder, then the list of whoever certified its issuer
    expect(hca.servers.asked).toEqual(['/ocsp', '/root.crl']);
  });

  test('SM-02: as CMS, within or detached, with its card number and its issuer along', async () => {
    const card = await hca.institution(CLINIC);
    const chain = [Buffer.from(hca.ca.certificate.rawData)];
    const alone = openVerifier(hca, {}, [hca.root], []);
    for (const detached of [true, false]) {
      const cms = await card.cms(MESSAGE, { detached, cardNo: 'HOP0001', with: chain });
      expect(await judge(cmsAnswer(cms), alone)).toMatchObject({ ok: true, card: { cardNo: 'HOP0001' } });
    }
  });

  test("SM-02: an anchor may be the cards' own issuer", async () => {
    const pinned = openVerifier(hca, {}, [hca.ca], []);
    expect(await failureOf(answer(await hca.institution(CLINIC)), pinned)).toBe('ok');
    expect(hca.servers.asked).toEqual(['/ocsp']);
  });

  test("SM-02: a professional's card", async () => {
    const verdict = await judge(answer(await hca.person(PERSON)));
    expect(verdict).toMatchObject({ ok: true, card: { kind: 'person', commonName: PERSON.name } });
  });
});

describe('SM-02: SIG', () => {
  test('SM-02: SIG: another message, another key, no signature', async () => {
    const card = await hca.institution(CLINIC);
    const right = answer(card);
    expect(await failureOf(answer(card, Buffer.from('another')))).toBe('SIG');
    expect(await failureOf({ ...right, signature: Buffer.alloc(256, 1).toString('base64') })).toBe('SIG');
    expect(await failureOf({ ...right, signature: '' })).toBe('SIG');
    const other = await hca.card({ publicKey: (await newKeys()).publicKey });
    expect(await failureOf({ ...right, certificate: other.certificate.toString('base64') })).toBe('SIG');
  });

  test('SM-02: SIG: a CMS message about something else, or altered', async () => {
    const card = await hca.institution(CLINIC);
    expect(await failureOf(cmsAnswer(await card.cms(Buffer.from('another'))))).toBe('SIG');
    expect(await failureOf(cmsAnswer(await card.cms(Buffer.from('another'), { detached: true })))).toBe(
      'SIG',
    );
    const altered = await card.cms(MESSAGE);
    altered[altered.length - 5] = (altered[altered.length - 5] ?? 0) ^ 1;
    expect(await failureOf(cmsAnswer(altered))).toBe('SIG');
  });

  test('SM-02: SIG: huge, truncated and senseless inputs are refused, and quickly', async () => {
    const card = await hca.institution(CLINIC);
    const right = answer(card);
    const began = performance.now();
    for (const certificate of [
      'A'.repeat(60_000),
      '%%%',
      'null',
      right.certificate.slice(0, 400),
      `${right.certificate.slice(0, -4)}AAAA${'A'.repeat(400)}`,
      Buffer.alloc(20_000, 0x30).toString('base64'),
      Buffer.alloc(20_000, 0xa0).toString('base64'),
    ]) {
      expect(await failureOf({ ...right, certificate })).toBe('SIG');
      expect(await failureOf({ ...right, cms: certificate })).toBe('SIG');
    }
    expect(performance.now() - began).toBeLessThan(5000);
    expect(hca.servers.asked).toEqual([]);
  });

  test('SM-02: SIG: a key too short to trust', async () => {
    const keys = await newKeys(1024);
    const weak = await hca.card({ publicKey: keys.publicKey, attributes: [] });
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', keys.privateKey, new Uint8Array(MESSAGE));
    const given = { ...answer(weak), signature: Buffer.from(signature).toString('base64') };
    expect(await failureOf(given)).toBe('SIG');
  });
});

describe('SM-02: the certificate', () => {
  test('SM-02: CHAIN: another CA of the same name, a self-made one, a card that issues cards', async () => {
    const subject = hca.ca.certificate.subjectName.toJSON();
    const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2040-01-01') };
    const impostor = await createAuthority({ ...validity, subject, keys: await newKeys() });
    const fake = await hca.card({ subject: [{ '2.5.4.5': [CLINIC] }] }, impostor);
    expect(await failureOf(answer(fake))).toBe('CHAIN');
    const along = await fake.cms(MESSAGE, { with: [Buffer.from(impostor.certificate.rawData)] });
    expect(await failureOf(cmsAnswer(along))).toBe('CHAIN');

    // an institution's own key certifies a "card": it is no CA
    const keys = await newKeys();
    const holder = await hca.institution(CLINIC, { publicKey: keys.publicKey });
    const { X509Certificate } = await import('#kit/x509.ts');
    const issuer = { keys, certificate: new X509Certificate(new Uint8Array(holder.certificate)) };
    const child = await hca.card({ subject: [{ '2.5.4.5': [CLINIC] }] }, issuer);
    expect(await failureOf(cmsAnswer(await child.cms(MESSAGE, { with: [holder.certificate] })))).toBe(
      'CHAIN',
    );
    expect(hca.servers.asked).toEqual([]);
  });

  test("SM-02: CHAIN: a forged certificate that comes twice beside somebody else's true one", async () => {
    const subject = hca.ca.certificate.subjectName.toJSON();
    const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2040-01-01') };
    const impostor = await createAuthority({ ...validity, subject, keys: await newKeys() });
    const genuine = await hca.institution(CLINIC);
    const fake = await hca.card(
      { subject: [{ '2.5.4.5': [CLINIC] }], attributes: [['2.16.886.1.100.2.1', '2.16.886.1.100.3.2.21']] },
      impostor,
    );
    // the same words under another signature count as the same certificate for the path engine
    const resigned = Buffer.from(fake.certificate);
    resigned[resigned.length - 1] = (resigned.at(-1) ?? 0) ^ 1;
    for (const copy of [fake.certificate, resigned]) {
      const along = await fake.cms(MESSAGE, { with: [copy, genuine.certificate] });
      expect(await failureOf(cmsAnswer(along))).toBe('CHAIN');
    }
  });

  test('SM-02: CHAIN: an extension it calls critical and nobody here understands', async () => {
    const { Extension } = await import('#kit/x509.ts');
    const strange = new Extension('1.2.3.4.5', true, new Uint8Array([5, 0]).buffer);
    expect(await failureOf(answer(await hca.institution(CLINIC, { extensions: [strange] })))).toBe('CHAIN');
  });

  test('SM-02: EXPIRED: over, or not begun', async () => {
    const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2026-11-22T03:59:59Z') };
    const future = { notBefore: new Date('2026-11-22T04:00:01Z'), notAfter: new Date('2040-01-01') };
    expect(await failureOf(answer(await hca.institution(CLINIC, past)))).toBe('EXPIRED');
    expect(await failureOf(answer(await hca.institution(CLINIC, future)))).toBe('EXPIRED');
    expect(hca.servers.asked).toEqual([]);
  });

  test('SM-02: KEY_USAGE: the card’s other certificate, the one for encryption', async () => {
    const keyUsage = KeyUsageFlags.keyEncipherment | KeyUsageFlags.dataEncipherment;
    expect(await failureOf(answer(await hca.institution(CLINIC, { keyUsage })))).toBe('KEY_USAGE');
  });

  test('SM-02: NOT_HCA: the same PKI, another kind of holder, or none, or two', async () => {
    const type = '2.16.886.1.100.2.1';
    for (const attributes of [
      [],
      [[type, '2.16.886.1.100.3.1.1']],
      [
        [type, '2.16.886.1.100.3.2.21'],
        [type, '2.16.886.1.100.3.1.7'],
      ],
    ] as [string, string][][]) {
      expect(await failureOf(answer(await hca.institution(CLINIC, { attributes })))).toBe('NOT_HCA');
    }
  });
});

describe('SM-02: revocation, asked of the responder first and of the list then', () => {
  test('SM-02: REVOKED: by OCSP, and by a CRL when OCSP is down, slow, huge, senseless or stale', async () => {
    const card = await hca.institution(CLINIC);
    hca.servers.status.set(card.serial, 'revoked');
    for (const ocsp of ['up', 'delegate', 'down', 'slow', 'huge', 'garbage', 'stale'] as const) {
      hca.servers.ocsp = ocsp;
      hca.servers.asked.length = 0;
      expect([ocsp, await failureOf(answer(card))]).toEqual([ocsp, 'REVOKED']);
      const byResponder = ocsp === 'up' || ocsp === 'delegate';
      expect(hca.servers.asked).toEqual(byResponder ? ['/ocsp'] : ['/ocsp', '/hca.crl']);
    }
  });

  test('SM-02: REVOKED: also whoever issued the card', async () => {
    hca.servers.status.set('ca1', 'revoked');
    expect(await failureOf(answer(await hca.institution(CLINIC)))).toBe('REVOKED');
  });

  test('SM-02: a word that is not the authority’s own counts for nothing', async () => {
    const card = await hca.institution(CLINIC);
    hca.servers.status.set(card.serial, 'revoked');
    for (const ocsp of ['forged', 'rogue-delegate'] as const) {
      hca.servers.ocsp = ocsp;
      hca.servers.crl = 'forged';
      expect([ocsp, await failureOf(answer(card))]).toEqual([ocsp, 'REVOCATION_UNAVAILABLE']);
    }
  });

  test('SM-02: REVOCATION_UNAVAILABLE: neither answers, or the list is stale or huge, or nobody is named', async () => {
    hca.servers.ocsp = 'down';
    for (const crl of ['down', 'stale', 'huge'] as const) {
      hca.servers.crl = crl;
      expect([crl, await failureOf(answer(await hca.institution(CLINIC)))]).toEqual([
        crl,
        'REVOCATION_UNAVAILABLE',
      ]);
    }
    const silent = await hca.card({
      subject: [{ '2.5.4.5': [CLINIC] }],
      attributes: [['2.16.886.1.100.2.1', '2.16.886.1.100.3.2.21']],
      ocspUrl: '',
      crlUrl: '',
    });
    expect(await failureOf(answer(silent))).toBe('REVOCATION_UNAVAILABLE');
  });

  test('SM-02: unknown to its own authority: refused, and no list can make it good', async () => {
    const card = await hca.institution(CLINIC);
    hca.servers.status.set(card.serial, 'unknown');
    expect(await failureOf(answer(card))).toBe('REVOCATION_UNAVAILABLE');
    expect(hca.servers.asked).toEqual(['/ocsp']);
  });

  test('I1: a certificate cannot send us to a server that operators did not name', async () => {
    const elsewhere = openVerifier(hca, { revocationHosts: ['hcaocsp.nat.gov.tw'] });
    expect(await failureOf(answer(await hca.institution(CLINIC)), elsewhere)).toBe('REVOCATION_UNAVAILABLE');
    const sly = `http://hcaocsp.nat.gov.tw@${new URL(hca.base).host}/ocsp`;
    const card = await hca.institution(CLINIC, { ocspUrl: sly, crlUrl: 'file:///etc/passwd' });
    expect(await failureOf(answer(card), elsewhere)).toBe('REVOCATION_UNAVAILABLE');
    expect(hca.servers.asked).toEqual([]);
  });

  test('SM-02: a server of the settings serves certificates that name none', async () => {
    const set = openVerifier(hca, { ocspUrl: `${hca.base}/ocsp`, crlUrl: `${hca.base}/hca.crl` });
    const silent = await hca.institution(CLINIC, { ocspUrl: '', crlUrl: '' });
    expect(await failureOf(answer(silent), set)).toBe('ok');
  });
});

describe('SM-02: whose card it is', () => {
  const cardOf = async (made: Promise<Card>) => {
    const verdict = await judge(answer(await made));
    if (!verdict.ok) throw new Error(verdict.failure);
    return verdict.card;
  };
  const type: [string, string] = ['2.16.886.1.100.2.1', '2.16.886.1.100.3.2.21'];

  test('SM-02: UNIT_MISMATCH and NOT_ORG_CARD', async () => {
    const sources = hca.settings.unitSources;
    const clinic = await cardOf(hca.institution(CLINIC));
    expect(provesUnit(clinic, '2311170010', sources, undefined)).toBe('UNIT_MISMATCH');
    // the agency's list speaks only for certificates that name no unit themselves
    expect(provesUnit(clinic, '2311170010', sources, '2311170010')).toBe('UNIT_MISMATCH');
    const nameless = await cardOf(hca.institution('', { subject: [{ O: ['示範診所'] }] }));
    expect(provesUnit(nameless, CLINIC, sources, undefined)).toBe('UNIT_MISMATCH');
    expect(provesUnit(nameless, CLINIC, sources, CLINIC)).toBeUndefined();
    expect(provesUnit(nameless, CLINIC, ['subject:2.5.4.5'], CLINIC)).toBe('UNIT_MISMATCH');
    const byAttribute = await cardOf(
      hca.institution('', { attributes: [type, ['2.16.886.1.100.2.102', CLINIC]] }),
    );
    expect(provesUnit(byAttribute, CLINIC, sources, undefined)).toBeUndefined();
    expect(provesUnit(await cardOf(hca.person(PERSON)), CLINIC, sources, CLINIC)).toBe('NOT_ORG_CARD');
  });

  test('SM-02: PERSON_MISMATCH and NOT_PERSON_CARD: four digits only with the name, a whole number alone', async () => {
    const sources = hca.settings.personSources;
    const own = await cardOf(hca.person(PERSON));
    expect(provesPerson(own, PERSON, sources)).toBeUndefined();
    expect(provesPerson(own, { ...PERSON, name: '李示範' }, sources)).toBe('PERSON_MISMATCH');
    expect(provesPerson(own, { ...PERSON, nationalId: 'A123456780' }, sources)).toBe('PERSON_MISMATCH');
    expect(provesPerson(own, PERSON, [])).toBe('PERSON_MISMATCH');
    const whole = await cardOf(
      hca.person(PERSON, { subject: [{ CN: ['WANG'] }, { '2.5.4.5': [PERSON.nationalId] }] }),
    );
    expect(provesPerson(whole, PERSON, sources)).toBeUndefined();
    expect(provesPerson(whole, { ...PERSON, nationalId: 'B123456789' }, sources)).toBe('PERSON_MISMATCH');
    expect(provesPerson(await cardOf(hca.institution(CLINIC)), PERSON, sources)).toBe('NOT_PERSON_CARD');
  });
});
