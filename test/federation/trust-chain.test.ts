import { generateKeyPair } from 'jose';
import { createSigner } from '#kit/federation/sign.ts';
import { readStatement } from '#kit/federation/statement.ts';
import { validateTrustChain } from '#kit/federation/trust-chain.ts';
import { validateTrustMark } from '#kit/federation/trust-mark.ts';
import { type Entity, NOW, createEntity, createThreeLevels } from '../support/federation.ts';

type Changes = Record<string, unknown>;
const world = await createThreeLevels();
const { ministry, county, leaf, metadata, anchor, mark } = world;

/** The chain of three levels, each of its four statements perhaps changed. */
async function chainOf(
  own: Changes = {},
  ofCounty: Changes = {},
  ofMinistry: Changes = {},
  top: Changes = {},
) {
  return [
    await leaf.configuration({ metadata, ...own }),
    await county.about(leaf, ofCounty),
    await ministry.about(county, ofMinistry),
    await ministry.configuration(top),
  ];
}
const validate = (jwts: string[]) => validateTrustChain(jwts, [anchor], NOW);
const RP = 'openid_relying_party';

describe('OpenID Federation 1.0 §10.2: a chain of three levels', () => {
  test('holds, and ends when the first of its statements does', async () => {
    const chain = await validate(await chainOf({}, { exp: NOW + 100 }, { exp: NOW + 200 }));
    expect(chain).toMatchObject({ subject: leaf.id, exp: NOW + 100, metadata });
    expect(chain.jwts).toHaveLength(4);
  });

  test('§6.1.4: its superior’s word and all superiors’ policies shape the metadata', async () => {
    const chain = await validate(
      await chainOf(
        {},
        {
          metadata: { [RP]: { policy_uri: 'https://county.example/policy' } },
          metadata_policy: { [RP]: { grant_types: { subset_of: ['authorization_code'] } } },
        },
        { metadata_policy: { [RP]: { scope: { subset_of: ['openid', 'profile'] } } } },
      ),
    );
    expect(chain.metadata[RP]).toMatchObject({
      ...{ policy_uri: 'https://county.example/policy', scope: 'openid profile' },
      grant_types: ['authorization_code'],
    });
  });

  test('§6.2.3: drops the kinds of entity a superior does not allow', async () => {
    const both = { ...metadata, openid_provider: { issuer: leaf.id }, federation_entity: {} };
    const allowed = { constraints: { allowed_entity_types: [RP] } };
    const chain = await validate(await chainOf({ metadata: both }, {}, allowed));
    expect(Object.keys(chain.metadata).toSorted()).toEqual(['federation_entity', RP]);
  });

  const elsewhere = { constraints: { naming_constraints: { permitted: ['.other.example'] } } };
  const excluded = {
    constraints: {
      naming_constraints: {
        permitted: ['.county.example', 'county.example'],
        excluded: ['leaf.county.example'],
      },
    },
  };
  const deny = { metadata_policy: { [RP]: { grant_types: { one_of: ['implicit'] } } } };
  const contradict = { metadata_policy: { [RP]: { client_name: { value: 'a' } } } };
  const otherwise = { metadata_policy: { [RP]: { client_name: { value: 'b' } } } };
  test.each<[string, Changes, Changes, Changes, string]>([
    ['an expired configuration', { exp: NOW - 1 }, {}, {}, 'expired'],
    ['an expired statement of the county', {}, { exp: NOW }, {}, 'expired'],
    ['an expired statement of the ministry', {}, {}, { exp: NOW - 1 }, 'expired'],
    ['a statement of tomorrow', {}, { iat: NOW + 86_400, exp: NOW + 90_000 }, {}, 'future'],
    ['a superior the subject does not name', { authority_hints: [ministry.id] }, {}, {}, 'does not name'],
    ['no superior named', { authority_hints: undefined }, {}, {}, 'does not name'],
    ['§6.2.1: too many between', {}, {}, { constraints: { max_path_length: 0 } }, 'intermediates'],
    ['§6.2.2: a name outside', {}, {}, elsewhere, 'outside'],
    ['§6.2.2: a name excluded', {}, {}, excluded, 'excludes'],
    ['§6.1: metadata against the policy', {}, {}, deny, 'policy'],
    ['§6.1: policies that contradict', {}, otherwise, contradict, 'contradict'],
    ['§3.3: a critical claim', {}, { crit: ['jti'], jti: 'x' }, {}, 'critical'],
    ['§3.3: a critical operator', {}, {}, { metadata_policy_crit: ['regexp'] }, 'critical'],
    ['§3.3: a policy of one’s own', { metadata_policy: {} }, {}, {}, 'does not belong'],
    ['§3.3: constraints of one’s own', { constraints: {} }, {}, {}, 'does not belong'],
    ['§3.3: hints in another’s', {}, { authority_hints: [ministry.id] }, {}, 'does not belong'],
    ['§3.3: metadata that is null', { metadata: { [RP]: { scope: null } } }, {}, {}, 'metadata'],
    ['§3.3: hints that are none', { authority_hints: [] }, {}, {}, 'authority_hints'],
    ['a private key published', { jwks: { keys: [{ ...leaf.jwk, d: 'x' }] } }, {}, {}, 'private'],
    ['keys without a name', { jwks: { keys: [{ ...leaf.jwk, kid: undefined }] } }, {}, {}, 'kid'],
    ['other keys than its superior knows', {}, { jwks: { keys: [ministry.jwk] } }, {}, 'does not have'],
    [
      '§6.2.3: federation_entity listed',
      {},
      {},
      { constraints: { allowed_entity_types: ['federation_entity'] } },
      'always',
    ],
  ])('is refused for %s', async (_name, own, ofCounty, ofMinistry, reason) => {
    await expect(validate(await chainOf(own, ofCounty, ofMinistry))).rejects.toMatchObject({
      code: 'invalid_trust_chain',
      message: expect.stringContaining(reason) as string,
    });
  });

  test('is refused with a statement altered, left out, twice, or of somebody else', async () => {
    const chain = await chainOf();
    const [own = '', second = '', third = '', top = ''] = chain;
    const [head, body = '', signature] = second.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Changes;
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: NOW + 99_999 })).toString('base64url');
    const other = await createEntity('https://other.example', { authority_hints: [county.id] });
    for (const jwts of [
      [own, `${head}.${forged}.${signature}`, third, top],
      [own, third, top],
      [own, second, top],
      [own, second, second, third, top],
      [own, top],
      [top, top],
      [await other.configuration(), second, third, top],
      [second, third, top],
      [own, second, third],
      [own],
      [],
    ]) {
      await expect(validate(jwts)).rejects.toThrow();
    }
  });

  test('§4: an anchor’s keys are those we were given, whatever it publishes', async () => {
    const impostor = await createEntity(ministry.id);
    const jwts = [
      await leaf.configuration({ metadata }),
      await county.about(leaf),
      await impostor.about(county),
      await impostor.configuration(),
    ];
    await expect(validate(jwts)).rejects.toThrow('a key that its issuer does not have');
    await expect(validateTrustChain(await chainOf(), [], NOW)).rejects.toMatchObject({
      code: 'invalid_trust_anchor',
    });
  });

  test.each([
    ['alg none', { alg: 'none', kid: leaf.jwk.kid, typ: 'entity-statement+jwt' }],
    ['a shared secret', { alg: 'HS256', kid: leaf.jwk.kid, typ: 'entity-statement+jwt' }],
    ['another type', { alg: 'ES256', kid: leaf.jwk.kid, typ: 'JWT' }],
    ['no key named', { alg: 'ES256', typ: 'entity-statement+jwt' }],
    [
      'a key of its own',
      { alg: 'ES256', typ: 'entity-statement+jwt', kid: 'x', jwk: leaf.jwk, crit: ['jwk'] },
    ],
  ])('§3.3: a statement with %s is none', async (_name, header) => {
    const [, body, signature] = (await leaf.configuration()).split('.');
    const jwt = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${body}.${signature}`;
    expect(() => readStatement(jwt, NOW)).toThrow('is none');
  });

  test('a statement that is too long, or no JWT at all, is refused before it is parsed', async () => {
    const long = await leaf.configuration({ metadata: { x: { y: 'z'.repeat(70_000) } } });
    expect(() => readStatement(long, NOW)).toThrow('too long');
    for (const jwt of ['', '.', 'a.b.c', '{}', '💣.💣.💣'])
      expect(() => readStatement(jwt, NOW)).toThrow('is none');
  });

  test.each([
    'http://leaf.example',
    'https://a:b@leaf.example',
    'https://leaf.example/?x=1',
    'https://leaf.example/#x',
    'https://LEAF.example',
    'https://leaf.example:443',
    'https://leaf.example/a/../b',
    'javascript:alert(1)',
  ])('§1.2: %s names no entity', async (sub) => {
    expect(() => readStatement('x', NOW)).toThrow();
    const jwt = await county.about({ ...leaf, id: sub });
    expect(() => readStatement(jwt, NOW)).toThrow('sub');
  });
});

describe('OpenID Federation 1.0 §7.3: a trust mark', () => {
  const issue = (by: Entity, changes: Changes = {}, typ = 'trust-mark+jwt') =>
    by.signer.sign(typ, {
      ...{ iss: by.id, sub: leaf.id, trust_mark_type: mark, iat: NOW - 5, exp: NOW + 500 },
      ...changes,
    });
  const keysOf = () => Promise.resolve({ keys: [ministry.jwk] });
  const check = async (jwt: string, owners?: Changes, shownAs = mark) => {
    const top = readStatement(await ministry.configuration({ trust_mark_owners: owners }), NOW).claims;
    return await validateTrustMark({ trust_mark_type: shownAs, trust_mark: jwt }, leaf.id, top, keysOf, NOW);
  };

  test('of an issuer the anchor names is good', async () => {
    await expect(check(await issue(ministry))).resolves.toEqual({
      ...{ iss: ministry.id, sub: leaf.id, type: mark, exp: NOW + 500 },
    });
  });

  test.each<[string, Changes]>([
    ['of another entity', { sub: 'https://other.example' }],
    ['expired', { exp: NOW - 1 }],
    ['of tomorrow', { iat: NOW + 86_400, exp: NOW + 99_000 }],
    ['of another type than it is shown as', { trust_mark_type: 'https://ministry.example/marks/other' }],
    ['by an issuer the anchor does not name', { iss: county.id }],
  ])('%s is refused', async (_name, changes) => {
    await expect(check(await issue(ministry, changes))).rejects.toMatchObject({
      code: 'invalid_trust_chain',
    });
  });

  test('forged, of another type of JWT, or unknown to the anchor is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forger = { ...ministry, signer: createSigner(privateKey, String(ministry.jwk.kid), 'ES256') };
    await expect(check(await issue(forger))).rejects.toThrow('signature');
    await expect(check(await issue(ministry, {}, 'entity-statement+jwt'))).rejects.toThrow('is none');
    const other = 'https://ministry.example/marks/other';
    await expect(check(await issue(ministry, { trust_mark_type: other }), undefined, other)).rejects.toThrow(
      'knows no such mark',
    );
  });

  test('§7.2.2: of an owner needs the owner’s delegation to this issuer', async () => {
    const owner = await createEntity('https://owner.example');
    const owners = { [mark]: { sub: owner.id, jwks: { keys: [owner.jwk] } } };
    const delegate = (changes: Changes = {}, by: Entity = owner) =>
      by.signer.sign('trust-mark-delegation+jwt', {
        ...{ iss: owner.id, sub: ministry.id, trust_mark_type: mark, iat: NOW - 5 },
        ...changes,
      });
    const withDelegation = async (delegation: string) => check(await issue(ministry, { delegation }), owners);

    await expect(withDelegation(await delegate())).resolves.toMatchObject({ type: mark });
    await expect(check(await issue(ministry), owners)).rejects.toThrow('delegated nothing');
    await expect(check(await issue(ministry, { delegation: await delegate() }))).rejects.toThrow('owner');
    await expect(withDelegation(await delegate({ sub: county.id }))).rejects.toThrow('another issuer');
    await expect(withDelegation(await delegate({ iss: county.id }))).rejects.toThrow('not by');
    await expect(withDelegation(await delegate({ exp: NOW - 1 }))).rejects.toThrow('expired');
    await expect(withDelegation(await delegate({}, county))).rejects.toThrow('does not have');
  });
});
