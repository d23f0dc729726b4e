import { readStatement, validateChain, validateTrustMark } from '#idp/federation/trust-chain/index.ts';
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

const HOUR = 3600;

describe('OpenID Federation §3 and §10.2: statements and chains', () => {
  let world: Awaited<ReturnType<typeof federationWorld>>;
  let tokens: string[];
  beforeAll(async () => {
    world = await federationWorld();
    tokens = (await world.resolver().resolve(CLINIC)).tokens;
  });
  const typ = 'entity-statement+jwt';
  const holds = (chain: string[], now = NOW) => brokenRule(() => validateChain(chain, world.anchors, now));
  const replaced = async (
    at: number,
    claims: object,
    more: { key?: 'anchorKey' | 'countyKey' | 'clinicKey'; header?: object } = {},
  ) => {
    const keys = world.keys;
    const key =
      keys[more.key ?? (['clinicKey', 'countyKey', 'anchorKey', 'anchorKey'] as const)[at] ?? 'anchorKey'];
    const before = JSON.parse(Buffer.from(tokens[at]?.split('.')[1] ?? '', 'base64url').toString()) as object;
    return tokens.with(at, await signAs(key, typ, { ...before, ...claims }, { ...more.header }));
  };

  it('holds, ends with its first statement (§10.4), and shapes the metadata', async () => {
    const chain = await validateChain(tokens, world.anchors, NOW);
    expect(chain.path).toEqual([CLINIC, COUNTY, ANCHOR]);
    expect(chain.expiresAt).toEqual(new Date((SECONDS + HOUR) * 1000));
    expect(chain.metadata['openid_relying_party']).toMatchObject({
      grant_types: ['authorization_code'],
      scope: 'openid profile',
    });
    expect(await holds(tokens.slice(0, -1))).toBeUndefined(); // without the anchor's own word too
  });

  it.each([0, 1, 2, 3])(
    'refuses it when statement %i is expired, altered, from the future or of another key',
    async (at) => {
      const outcomes = [
        await holds(await replaced(at, { exp: SECONDS })),
        await holds(await replaced(at, { iat: SECONDS + 3600 })),
        await holds(tokens.with(at, `${tokens[at]?.slice(0, -8)}AAAAAAAA`)),
        await holds(
          await replaced(
            at,
            {},
            {
              key: at === 0 ? 'anchorKey' : 'clinicKey',
              header: {
                kid: world.keys[
                  (['clinicKey', 'countyKey', 'anchorKey', 'anchorKey'] as const)[at] ?? 'anchorKey'
                ].kid,
              },
            },
          ),
        ),
      ];
      expect(outcomes).toEqual(['expired', 'not_yet', 'signature', 'signature']);
    },
  );

  it.each<[string, number, object, object, string]>([
    ['a critical claim nobody knows (§13.4)', 1, { crit: ['x'], x: 1 }, {}, 'critical'],
    ['a critical operator nobody knows (§6.1.3.2)', 1, { metadata_policy_crit: ['regexp'] }, {}, 'critical'],
    ['a policy about itself (§3.1.3)', 0, { metadata_policy: {} }, {}, 'misplaced_claim'],
    ['hints in a superior’s word (§3.1.2)', 1, { authority_hints: [ANCHOR] }, {}, 'misplaced_claim'],
    ['another type (§3.2)', 1, {}, { header: { typ: 'JWT' } }, 'wrong_type'],
    ['no key named (§3.2)', 1, {}, { header: { kid: undefined } }, 'keys'],
    ['a key nobody vouches for', 1, {}, { key: 'clinicKey' }, 'keys'],
    ['a private key in the set', 0, { jwks: { keys: [{ kty: 'EC', kid: 'k', d: 'x' }] } }, {}, 'malformed'],
    ['no keys', 0, { jwks: { keys: [] } }, {}, 'malformed'],
    ['metadata of null (§3)', 0, { metadata: { openid_relying_party: { scope: null } } }, {}, 'malformed'],
    ['a statement about somebody else', 1, { sub: 'https://other.example' }, {}, 'broken_link'],
    ['a superior the subject does not name (§3.3)', 0, { authority_hints: [ANCHOR] }, {}, 'broken_link'],
    ['a subject that names no superior (§3.3)', 0, { authority_hints: undefined }, {}, 'broken_link'],
    ['what answers a registration (§3.1.4)', 0, { trust_anchor: ANCHOR }, {}, 'misplaced_claim'],
    [
      'a mark shown as another (§3.3)',
      0,
      { trust_marks: [{ trust_mark_type: 'https://other.example', trust_mark: 'a.e30.b' }] },
      {},
      'mark_type',
    ],
    [
      'federation entities among the types a superior lists (§6.2.3)',
      2,
      { constraints: { allowed_entity_types: ['federation_entity'] } },
      {},
      'malformed',
    ],
    ['an anchor that is none of ours', 2, { iss: 'https://other.example' }, {}, 'unknown_anchor'],
    ['a longer path than the anchor lets', 2, { constraints: { max_path_length: 0 } }, {}, 'path_length'],
    [
      'a name the anchor excludes',
      2,
      { constraints: { naming_constraints: { excluded: ['clinic.example'] } } },
      {},
      'name',
    ],
    [
      'policies at odds',
      1,
      { metadata_policy: { openid_relying_party: { token_endpoint_auth_method: { one_of: ['none'] } } } },
      {},
      'policy',
    ],
    [
      'a secret where a key is asked for',
      0,
      { metadata: { openid_relying_party: { token_endpoint_auth_method: 'client_secret_basic' } } },
      {},
      'policy',
    ],
  ])('refuses %s', async (_what, at, claims, more, rule) => {
    expect(await holds(await replaced(at, claims, more))).toBe(rule);
  });

  it('takes away what is over-broad, and types a superior does not allow (§6.2.3)', async () => {
    const broad = await replaced(0, {
      metadata: {
        openid_relying_party: { scope: 'openid admin', token_endpoint_auth_method: 'private_key_jwt' },
        openid_provider: { issuer: CLINIC },
      },
    });
    const chain = await validateChain(broad, world.anchors, NOW);
    expect(chain.metadata['openid_relying_party']?.['scope']).toBe('openid');
    const narrow = await replaced(2, { constraints: { allowed_entity_types: ['openid_provider'] } });
    expect(Object.keys((await validateChain(narrow, world.anchors, NOW)).metadata)).toEqual([]);
  });

  it('§3.1.1: takes its superior’s word for what it says of itself, and for no role beside', async () => {
    const said = { openid_relying_party: { client_name: 'Named' }, openid_provider: { issuer: CLINIC } };
    const { metadata } = await validateChain(await replaced(1, { metadata: said }), world.anchors, NOW);
    expect(Object.keys(metadata)).toEqual(['openid_relying_party']);
    expect(metadata['openid_relying_party']).toMatchObject({ client_name: 'Named', scope: 'openid profile' });
  });

  it('§10.2: refuses it with a statement left out, twice or of somebody else’s chain', async () => {
    const [own = '', about = '', above = '', top = ''] = tokens;
    const chains = [
      [own, above, top],
      [own, about, top],
      [own, about, about, above, top],
      [own, top],
      [top, top],
      [about, above, top],
    ];
    expect(await Promise.all(chains.map((chain) => holds(chain)))).toEqual([
      ...['broken_link', 'unknown_anchor', 'broken_link', 'unknown_anchor', 'no_chain', 'not_self_issued'],
    ]);
    expect(await holds([...tokens, ...tokens, top])).toBe('too_deep');
  });

  it('refuses what is oversized, nested without end, unsigned or short', async () => {
    const encode = (value: string) => Buffer.from(value).toString('base64url');
    const head = encode(JSON.stringify({ alg: 'ES256', kid: 'k', typ }));
    const none = encode(JSON.stringify({ alg: 'none', kid: 'k', typ }));
    const read = (token: string) => brokenRule(() => readStatement(token, NOW));
    expect([
      await read(`${head}.${'A'.repeat(70_000)}.x`),
      await read(`${head}.${encode(`{"a":${'['.repeat(200)}${']'.repeat(200)}}`)}.x`),
      await read(`${none}.${encode('{}')}.x`),
      await read(`${head}.${encode('{}')}.`),
      await holds(tokens.slice(0, 1)),
    ]).toEqual(['too_large', 'malformed', 'algorithm', 'malformed', 'too_deep']);
  });
});

describe('OpenID Federation §7.3 and §7.2.2: trust marks', () => {
  it('takes a mark whose issuer the anchor lets, and no forged, lent or old one', async () => {
    const { keys, jwksOf, clinicClaims } = await federationWorld();
    const { anchorKey, countyKey } = keys;
    const own = { iss: ANCHOR, sub: CLINIC, trust_mark_type: MARK, iat: SECONDS, exp: SECONDS + HOUR };
    const issuers = { [MARK]: [ANCHOR] };
    const hold = async (
      claims: object,
      more: { anchor?: object; key?: typeof anchorKey; type?: string } = {},
    ) => {
      const token = await signAs(more.key ?? anchorKey, more.type ?? 'trust-mark+jwt', { ...own, ...claims });
      const anchor = { ...clinicClaims, trust_mark_issuers: issuers, ...more.anchor } as never;
      const keysOf = (issuer: string) => Promise.resolve(jwksOf(issuer === ANCHOR ? anchorKey : countyKey));
      return brokenRule(() => validateTrustMark(token, MARK, { subject: CLINIC, anchor, keysOf, now: NOW }));
    };
    const owners = { [MARK]: { sub: COUNTY, jwks: jwksOf(countyKey) } };
    const delegate = (claims: object = {}, key = countyKey) =>
      signAs(key, 'trust-mark-delegation+jwt', {
        iss: COUNTY,
        sub: ANCHOR,
        trust_mark_type: MARK,
        iat: SECONDS,
        ...claims,
      });
    const owned = { anchor: { trust_mark_owners: owners } };
    expect([
      await hold({}),
      await hold({ exp: undefined }),
      await hold({ exp: SECONDS }),
      await hold({ sub: COUNTY }),
      await hold({ trust_mark_type: 'https://other.example' }),
      await hold({ iss: COUNTY }, { key: countyKey }),
      await hold({ iss: COUNTY }, { key: countyKey, anchor: { trust_mark_issuers: { [MARK]: [] } } }),
      await hold({}, { anchor: { trust_mark_issuers: undefined } }),
      await hold({}, { key: countyKey }),
      await hold({}, { type: 'JWT' }),
    ]).toEqual([
      undefined,
      undefined,
      'expired',
      'mark_subject',
      'mark_type',
      'mark_issuer',
      undefined,
      'mark_issuer',
      'keys',
      'wrong_type',
    ]);
    expect([
      await hold({ delegation: await delegate() }, owned),
      await hold({}, owned),
      await hold({ delegation: await delegate() }),
      await hold({ delegation: await delegate({ sub: CLINIC }) }, owned),
      await hold({ delegation: await delegate({ exp: SECONDS }) }, owned),
      await hold({ delegation: await delegate({}, anchorKey) }, owned),
    ]).toEqual([undefined, 'mark_delegation', 'mark_delegation', 'mark_delegation', 'expired', 'keys']);
  });
});
