import {
  endpointAt,
  headerChains,
  readStatement,
  validateChain,
  verifySignature,
} from '#idp/federation/trust-chain/index.ts';
import { makeKey, publicKeys } from '#idp/federation/authority/index.ts';
import {
  ANCHOR,
  CLINIC,
  COUNTY,
  MARK,
  NOW,
  SECONDS,
  brokenRule,
  federationWorld,
  signAs,
} from './federation-world.ts';

const TYPE = 'entity-statement+jwt';
const encode = (value: string): string => Buffer.from(value).toString('base64url');
const partsOf = (token: string): string[] =>
  token.split('.').map((part) => Buffer.from(part, 'base64url').toString());

type World = Awaited<ReturnType<typeof federationWorld>>;

describe('OpenID Federation §3.3: statements that are not read', () => {
  let world: World;
  let own: string;
  beforeAll(async () => {
    world = await federationWorld();
    own = await signAs(world.keys.clinicKey, TYPE, world.clinicClaims);
  });
  const read = (token: string) => brokenRule(() => readStatement(token, NOW));
  const said = async (claims: object, header: Record<string, unknown> = {}) =>
    read(await signAs(world.keys.clinicKey, TYPE, { ...world.clinicClaims, ...claims }, header));
  const headed = (header: object) =>
    read([encode(JSON.stringify(header)), ...own.split('.').slice(1)].join('.'));
  const written = (claims: string) => read([own.split('.')[0], encode(claims), 'c2ln'].join('.'));

  it('§3.3: takes no other algorithm or type, no key without a name, and no critical header', async () => {
    const head = { alg: 'ES256', typ: TYPE, kid: world.keys.clinicKey.kid };
    const algorithms = ['none', 'None', 'HS256', 'HS512', 'es256', 'RSA1_5', '', undefined, ['ES256'], null];
    for (const alg of algorithms) expect([alg, await headed({ ...head, alg })]).toEqual([alg, 'algorithm']);
    const types = [
      ...['JWT', 'trust-mark+jwt', 'trust-mark-delegation+jwt', 'resolve-response+jwt', 'jwk-set+jwt'],
      ...['trust-mark-status-response+jwt', 'explicit-registration-response+jwt', 'logout+jwt', 'at+jwt'],
      ...[`application/${TYPE}`, TYPE.toUpperCase(), [TYPE], undefined],
    ];
    for (const typ of types) expect([typ, await headed({ ...head, typ })]).toEqual([typ, 'wrong_type']);
    for (const kid of ['', undefined, 7, null])
      expect([kid, await headed({ ...head, kid })]).toEqual([kid, 'keys']);
    expect([
      await headed({ ...head, crit: ['b64'], b64: false }),
      await headed({ ...head, crit: [] }),
      await headed([head]),
    ]).toEqual(['critical', 'critical', 'wrong_type']);
  });

  it('§6.1.2: takes no member twice, however it is written, at any depth', async () => {
    const claims = partsOf(own)[1] ?? '';
    const begun = (first: string) => written(claims.replace(/^\{/, `{${first},`));
    const policy = '"metadata_policy":{"openid_relying_party":{"scope":{"value":"a","value":"b"}}}';
    expect([
      await written(claims),
      await begun('"sub":"https://other.example"'),
      await begun('"s\\u0075b":"https://other.example"'),
      await begun(policy),
      await begun('"x":[{"a":1},{"a":1}],"y":{"sub":"the value: \\" , \\"sub\\":"}'),
      await read(
        [encode(`{"alg":"none",${partsOf(own)[0]?.slice(1) ?? ''}`), ...own.split('.').slice(1)].join('.'),
      ),
    ]).toEqual([undefined, 'malformed', 'malformed', 'malformed', undefined, 'malformed']);
  });

  it('§18.1: is done at once with what is no JSON, whatever it is made of', async () => {
    const costly = [
      `"${'\\"'.repeat(24_000)}`,
      '"'.repeat(48_000),
      `{"${'\\\\"'.repeat(16_000)}`,
      '['.repeat(48_000),
    ];
    const begun = performance.now();
    for (const text of costly) expect(await written(text)).toBe('malformed');
    expect(performance.now() - begun).toBeLessThan(250);
  });

  it.each<[string, object, string]>([
    ['exp as a string', { exp: String(SECONDS + 60) }, 'malformed'],
    ['exp beyond all dates', { exp: 1e300 }, 'malformed'],
    ['iat below zero', { iat: -1 }, 'malformed'],
    ['no iat', { iat: undefined }, 'malformed'],
    ['no exp', { exp: undefined }, 'malformed'],
    ['iat just ahead', { iat: SECONDS + 60 }, ''],
    ['iat ahead', { iat: SECONDS + 61 }, 'not_yet'],
    ['no jwks', { jwks: undefined }, 'malformed'],
    ['a shared key', { jwks: { keys: [{ kty: 'oct', kid: 'k', k: 'AAAA' }] } }, 'malformed'],
    [
      'a private key',
      { jwks: { keys: [{ kty: 'RSA', kid: 'k', n: 'A', e: 'AQAB', dp: 'A' }] } },
      'malformed',
    ],
    ['a key without a name', { jwks: { keys: [{ kty: 'EC' }] } }, 'malformed'],
    [
      'one name for two keys',
      { jwks: { keys: [1, 2].map((x) => ({ kty: 'EC', kid: 'k', x: `${x}` })) } },
      'malformed',
    ],
    ['no issuer', { iss: undefined }, 'malformed'],
    ['an issuer that is no entity', { iss: 'urn:x', sub: 'urn:x' }, 'malformed'],
    ['no hints in a list', { authority_hints: [] }, 'malformed'],
    ['a hint that is no entity', { authority_hints: [COUNTY, 'county'] }, 'malformed'],
    ['hints as a string', { authority_hints: COUNTY }, 'malformed'],
    ['no anchors in a list of hints', { trust_anchor_hints: [] }, 'malformed'],
    ['hints to anchors', { trust_anchor_hints: [ANCHOR] }, ''],
    ['where another was fetched', { source_endpoint: `${COUNTY}/fetch` }, 'misplaced_claim'],
    ['constraints for itself', { constraints: {} }, 'misplaced_claim'],
    ['issuers of marks that are no entities', { trust_mark_issuers: { [MARK]: ['nobody'] } }, 'malformed'],
    ['an owner of marks without keys', { trust_mark_owners: { [MARK]: { sub: ANCHOR } } }, 'malformed'],
    ['a mark that is no JWT', { trust_marks: [{ trust_mark_type: MARK, trust_mark: 'x' }] }, 'malformed'],
    ['a mark without a type', { trust_marks: [{ trust_mark: 'a.e30.b' }] }, 'malformed'],
    ['metadata of no object', { metadata: { openid_relying_party: [] } }, 'malformed'],
    ['nothing critical, said so', { crit: [] }, 'critical'],
    ['what the specification has, as critical', { crit: ['jwks'] }, 'critical'],
  ])('§3.3: %s', async (_what, claims, rule) => {
    expect((await said(claims)) ?? '').toBe(rule);
  });

  it('§3.1.2: reads in a superior’s word neither hints nor marks, and no address that is none', async () => {
    const about = { ...world.clinicClaims, iss: COUNTY, authority_hints: undefined, trust_marks: undefined };
    const says = async (claims: object) =>
      (await read(await signAs(world.keys.countyKey, TYPE, { ...about, ...claims }))) ?? '';
    expect([
      await says({}),
      await says({ source_endpoint: `${COUNTY}/fetch` }),
      await says({ source_endpoint: 'fetch' }),
      await says({ trust_anchor_hints: [ANCHOR] }),
      await says({ trust_mark_issuers: {} }),
      await says({ trust_mark_owners: {} }),
      await says({ metadata_policy_crit: [] }),
    ]).toEqual(['', '', 'malformed', 'misplaced_claim', 'misplaced_claim', 'misplaced_claim', 'critical']);
  });

  it('§4.3: a chain in the header has the form of one, and begins with whoever brings it', async () => {
    const { tokens } = await world.resolver().resolve(CLINIC);
    const [first = '', ...above] = tokens;
    const brings = async (chain: unknown) => (await said({}, { trust_chain: chain })) ?? '';
    expect([
      await brings(tokens),
      await brings(tokens.slice(0, -1)),
      await brings(above),
      await brings([first]),
      await brings([first, above[1]]),
      await brings([...tokens, ...tokens, first]),
      await brings(first),
      await brings([first, 7]),
    ]).toEqual(['', '', ...Array<string>(6).fill('malformed')]);
    const other = await signAs(world.keys.countyKey, TYPE, { iss: COUNTY, sub: COUNTY });
    expect(
      await brings([other, await signAs(world.keys.anchorKey, TYPE, { iss: ANCHOR, sub: COUNTY })]),
    ).toBe('broken_link');
    const peer = await signAs(world.keys.clinicKey, TYPE, {}, { peer_trust_chain: tokens });
    expect(headerChains(peer)).toEqual({ peer: { subject: CLINIC, anchor: ANCHOR } });
  });

  it('§10.2: one key’s name does not stand for another key, nor another algorithm', async () => {
    const { clinicKey, countyKey } = world.keys;
    const [clinic] = world.jwksOf(clinicKey).keys;
    const verify = (jwks: object[], token = own) =>
      brokenRule(() => verifySignature(token, { keys: jwks as never }));
    const swapped = await signAs(countyKey, TYPE, world.clinicClaims, { kid: clinicKey.kid });
    expect([
      await verify([{ ...clinic }]),
      await verify([{ ...clinic }], swapped),
      await verify([{ ...clinic, kid: countyKey.kid }]),
      await verify([{ ...clinic, alg: 'ES384' }]),
      await verify([{ ...clinic, use: 'enc' }]),
      await verify([{ kid: clinicKey.kid, kty: 'RSA', n: 'AQAB', e: 'AQAB' }]),
      await verify([{ kid: clinicKey.kid, kty: 'oct', k: 'AAAA' }]),
    ]).toEqual([undefined, 'signature', 'keys', 'keys', 'keys', 'signature', 'signature']);
  });

  it.each([
    ...['gov.tw:443', 'https://gov.tw', 'user@gov.tw', 'gov.tw.', '*.gov.tw', '..gov.tw', '.', ''],
    ...['台灣.tw', 'gov.tw/path', ' gov.tw'],
  ])('§6.2.2: a name that could keep nobody out is a fault and no constraint: %s', async (name) => {
    const about = { ...world.clinicClaims, iss: COUNTY, authority_hints: undefined, trust_marks: undefined };
    const constraints = { naming_constraints: { excluded: [name] } };
    const token = await signAs(world.keys.countyKey, TYPE, { ...about, constraints });
    expect(await read(token)).toBe('malformed');
  });

  it('§5.1.1: asks where it is https and no fragment, and nowhere else', () => {
    const good = ['https://a.example/fetch', 'https://a.example:8443/f?x=1', 'http://localhost:1/f'];
    const bad = [
      'http://a.example/f',
      'https://a.example/f#x',
      'https://u:p@a.example/f',
      'file:///etc/passwd',
      '/f',
      7,
    ];
    expect([good.map((each) => endpointAt(each)?.href), bad.map((each) => endpointAt(each))]).toEqual([
      good,
      bad.map(() => undefined),
    ]);
  });
});

describe('OpenID Federation §3.3 and §10: chains an attacker makes', () => {
  it('§3.3: believes no key that its issuer has taken out, whatever those above still vouch for', async () => {
    const old = await makeKey(NOW);
    const world = await federationWorld();
    const { countyKey, anchorKey } = world.keys;
    const [anchor] = world.authorities;
    for (const county of anchor?.file.subordinates ?? [])
      county.jwks = publicKeys([countyKey, old], NOW) as typeof county.jwks;
    const about = {
      iss: COUNTY,
      sub: CLINIC,
      iat: SECONDS,
      exp: SECONDS + 60,
      jwks: world.clinicClaims.jwks,
    };
    const forged = await signAs(old, TYPE, about);
    world.said.set(`${COUNTY}/fetch?sub=${encodeURIComponent(CLINIC)}`, () => world.statement(forged));
    expect(await brokenRule(() => world.resolver().resolve(CLINIC))).toBe('keys');

    // and so with an anchor’s key that we still hold
    const fresh = await federationWorld();
    const held = new Map([[ANCHOR, publicKeys([fresh.keys.anchorKey, old], NOW) as never]]);
    const { tokens } = await fresh.resolver().resolve(CLINIC);
    const above = JSON.parse(partsOf(tokens[2] ?? '')[1] ?? '') as Record<string, unknown>;
    const leaked = tokens.with(2, await signAs(old, TYPE, above));
    expect(await brokenRule(() => validateChain(leaked, held, NOW))).toBe('keys');
    expect(await brokenRule(() => validateChain(tokens, held, NOW))).toBeUndefined();
    expect(anchorKey.kid).not.toBe(old.kid);
  });

  it('§8.3.1: resolves to the anchor that is asked for, also when another is nearer', async () => {
    const world = await federationWorld();
    const far = await makeKey(NOW);
    const [, county] = world.authorities;
    if (!county) throw new Error('no county');
    county.file.trustAnchors['https://far.example'] = publicKeys([far], NOW) as never;
    const ask = async (anchors: string[]) => {
      const query = anchors.map((anchor) => `&trust_anchor=${encodeURIComponent(anchor)}`).join('');
      const { status, body } = await world.answerAt(new URL(`${COUNTY}/resolve?sub=${CLINIC}${query}`));
      return status === 200
        ? (JSON.parse(partsOf(body)[1] ?? '') as { trust_chain: string[] }).trust_chain.length
        : status;
    };
    expect([
      await ask([ANCHOR]),
      await ask(['https://far.example']),
      await ask(['https://far.example', ANCHOR]),
    ]).toEqual([4, 400, 4]);
    // the county as an anchor of its own, one step nearer
    county.file.trustAnchors[COUNTY] = world.jwksOf(world.keys.countyKey);
    expect([await ask([ANCHOR]), await ask([COUNTY]), await ask([ANCHOR, COUNTY])]).toEqual([4, 3, 3]);
  });

  it('§8.3.2: hands on no mark beside a good one of its type', async () => {
    const world = await federationWorld();
    const good = world.clinicClaims.trust_marks[0];
    const claims = { iss: ANCHOR, sub: CLINIC, trust_mark_type: MARK, iat: SECONDS, level: 'high' };
    const forged = {
      trust_mark_type: MARK,
      trust_mark: await signAs(world.keys.clinicKey, 'trust-mark+jwt', claims),
    };
    await world.say({ trust_marks: [forged, good] });
    const { body } = await world.answerAt(new URL(`${COUNTY}/resolve?sub=${CLINIC}&trust_anchor=${ANCHOR}`));
    expect((JSON.parse(partsOf(body)[1] ?? '') as { trust_marks: unknown }).trust_marks).toEqual([good]);
  });

  it('§8.3.2: an answer is good no longer than the marks that it hands on', async () => {
    const world = await federationWorld();
    const claims = { iss: ANCHOR, sub: CLINIC, trust_mark_type: MARK, iat: SECONDS, exp: SECONDS + 90 };
    const mark = await signAs(world.keys.anchorKey, 'trust-mark+jwt', claims);
    await world.say({ trust_marks: [{ trust_mark_type: MARK, trust_mark: mark }] });
    const { body } = await world.answerAt(new URL(`${COUNTY}/resolve?sub=${CLINIC}&trust_anchor=${ANCHOR}`));
    expect(JSON.parse(partsOf(body)[1] ?? '')).toMatchObject({ exp: SECONDS + 90 });
  });

  it('§3.1.2: counts who may issue marks from an anchor alone', async () => {
    const other = `${COUNTY}/marks/own`;
    const world = await federationWorld({ county: { trustMarkIssuers: { [other]: [COUNTY] } } });
    const claims = { iss: COUNTY, sub: CLINIC, trust_mark_type: other, iat: SECONDS };
    const mark = await signAs(world.keys.countyKey, 'trust-mark+jwt', claims);
    await world.say({
      trust_mark_issuers: { [other]: [COUNTY] },
      trust_marks: [{ trust_mark_type: other, trust_mark: mark }],
    });
    const resolver = world.resolver();
    expect(await resolver.marksOf(await resolver.resolve(CLINIC))).toEqual([]);
  });
});
