import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type JWK, decodeJwt, decodeProtectedHeader } from 'jose';
import { readStatement, verifySignature } from '#idp/federation/trust-chain/index.ts';
import { eventually } from '../support/eventually.ts';
import { type Said, startFederation } from '../support/federation-servers.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type SignedKey, createSigningClient, makeKey } from '../support/signing-client.ts';

/* OpenID Federation 1.0 as the provider. */

const ANCHOR = 'https://anchor.example.gov.tw';
const OURS = {
  organizationName: 'Ministry',
  contacts: ['ops@example.gov.tw'],
  authorityHints: [ANCHOR],
};

let world: IdpWorld;
let folder: string;
const ask = (options: RequestInit = {}) => fetch(`${world.issuer}/.well-known/openid-federation`, options);
const configuration = async () => (await ask()).text();
const kidsOf = (token: string) => (decodeJwt(token)['jwks'] as { keys: JWK[] }).keys.map(({ kid }) => kid);
const apply = async (settings: object) => {
  const file = path.join(folder, 'federation.json');
  await writeFile(file, JSON.stringify(settings));
  return world.command('federation', 'apply', file);
};

beforeAll(async () => {
  world = await startIdpWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'federation-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

describe('OpenID Federation §9: the provider’s entity configuration', () => {
  it('is not there without a federation, and a file with faults makes none', async () => {
    expect((await ask()).status).toBe(404);
    const wrong = [
      { ...OURS, authorityHints: [] },
      { ...OURS, authorityHints: ['http://10.0.0.1'] },
      { ...OURS, trustMarks: [{ type: `${ANCHOR}/mark`, mark: 'none' }] },
      { ...OURS, jwks: {} },
    ];
    for (const settings of wrong) expect((await apply(settings)).code).toBe(1);
    expect((await world.command('federation', 'rotate', '--reason', 'plan')).code).toBe(1);
    expect((await ask()).status).toBe(404);
  });

  it('§3.1.2, §5.1.3: says what discovery says, signed with a key that signs nothing else', async () => {
    expect(await apply(OURS)).toMatchObject({ code: 0 });
    await eventually(async () => expect((await ask()).status).toBe(200));
    const answer = await ask();
    expect(answer.headers.get('content-type')).toBe('application/entity-statement+jwt');
    const token = await answer.text();
    const { claims } = readStatement(token, new Date());
    await verifySignature(token, claims.jwks);
    const discovery = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(claims).toMatchObject({
      ...{ iss: world.issuer, sub: world.issuer, authority_hints: [ANCHOR] },
      metadata: {
        openid_provider: discovery as Record<string, unknown>,
        federation_entity: { organization_name: 'Ministry', contacts: OURS.contacts },
      },
    });
    expect(claims.exp - claims.iat).toBe(86_400);
    expect(JSON.stringify(claims.jwks)).not.toContain('"d"');
    const { keys } = (await (await fetch(`${world.issuer}/oidc/jwks`)).json()) as { keys: JWK[] };
    expect(keys.map(({ kid }) => kid)).not.toContain(decodeProtectedHeader(token).kid);
    expect(await configuration()).toBe(token); // signed once, sent again
    const { status, body } = await ask({ method: 'HEAD' });
    expect([status, body]).toEqual([200, null]);
  });

  it('§11.3: announces a key before it signs, and takes a leaked one out at once', async () => {
    const [first] = kidsOf(await configuration());
    const rotated = await world.command('federation', 'rotate', '--days', '7', '--reason', 'plan');
    expect(rotated.output).toContain('is announced');
    await eventually(async () => expect(kidsOf(await configuration())).toHaveLength(2));
    const [, next] = kidsOf(await configuration());
    expect(decodeProtectedHeader(await configuration()).kid).toBe(first);
    expect((await world.command('federation', 'rotate', '--reason', 'again')).code).toBe(1);
    expect((await world.command('federation', 'keys')).output).toMatch(/active[\s\S]*announced/);

    expect((await world.command('federation', 'revoke', String(first), '--reason', 'leak')).code).toBe(0);
    await eventually(async () => expect(kidsOf(await configuration())).toEqual([next]));
    expect(decodeProtectedHeader(await configuration()).kid).toBe(next);
    const rows = await world.database.query('select type from audit_event where type like $1', [
      'federation%',
    ]);
    expect(rows).toHaveLength(4);
  });
});

describe('OpenID Federation §12.1: automatic registration', () => {
  let chain: Awaited<ReturnType<typeof startFederation>>;
  let key: SignedKey;
  const clientOf = (id: string) => createSigningClient(world, id, key, chain.callback);
  const push = (id: string, more: Record<string, string> = {}) => {
    const client = clientOf(id);
    return client.send('/oidc/par', client.request({ scope: 'openid profile', ...more }));
  };
  const add = (name: string, said: Said = {}) => chain.add(name, { keys: [key.jwk] }, said);
  const registered = async (id: string) =>
    world.database.query<{ policy: string; anchor: string; ended_at: Date | null }>(
      'select policy, anchor, ended_at from federation_client where client_id = $1',
      [id],
    );

  const policyOf = () => ({
    ...{ code: 'clinic', trustMark: chain.mark, issuers: [chain.anchor] },
    ...{ scopes: ['openid', 'profile', 'email'], grantTypes: ['authorization_code', 'refresh_token'] },
  });
  const join = async () => {
    const trustAnchors = [{ entityId: chain.anchor, jwks: chain.anchorJwks }];
    expect(await apply({ ...OURS, trustAnchors, policies: [policyOf()] })).toMatchObject({ code: 0 });
    await eventually(async () =>
      expect(decodeJwt(await configuration())).toMatchObject({
        metadata: { openid_provider: { client_registration_types_supported: ['automatic', 'explicit'] } },
      }),
    );
  };

  beforeAll(async () => {
    chain = await startFederation();
    key = await makeKey('ES256');
    expect((await push(add('early'))).status).toBe(401); // no policy, no registration
    expect((await apply({ ...OURS, policies: [policyOf()] })).code).toBe(1); // no anchor
    await join();
  });
  afterAll(() => chain.stop());

  it('§12.1.1.2: a chain of three levels and an assertion are enough; twenty at once register once', async () => {
    const id = add('good');
    const answers = await Promise.all(Array.from({ length: 20 }, () => push(id)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await registered(id)).toEqual([{ policy: 'clinic', anchor: chain.anchor, ended_at: null }]);
    const audits = await world.database.query(
      'select 1 from audit_event where client_id = $1 and type = $2',
      [...[id, 'client.added']],
    );
    expect(audits).toHaveLength(1);
    expect(chain.asked.filter((name) => name === 'good')).toHaveLength(1);
    const uri = String(answers[0]?.body['request_uri']);
    const query = new URLSearchParams({ client_id: id, request_uri: uri });
    const begun = await fetch(`${world.issuer}/oidc/auth?${query.toString()}`, { redirect: 'manual' });
    expect([begun.status, begun.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(/^(http:\/\/localhost:\d+)?\/interaction\//),
    ]);
  });

  it('§12.1.1.1: a request that is not pushed is signed, for us, once', async () => {
    const id = add('signing');
    const client = clientOf(id);
    const auth = async (parameters: Record<string, string>) => {
      const query = new URLSearchParams({ client_id: id, ...parameters });
      const answer = await fetch(`${world.issuer}/oidc/auth?${query.toString()}`, { redirect: 'manual' });
      const location = answer.headers.get('location') ?? '';
      return location.includes('/interaction/') ? 'begun' : `${answer.status} ${location}`;
    };
    const object = (claims: object = {}, by = key) =>
      client.requestObject({ scope: 'openid', jti: crypto.randomUUID(), ...claims }, {}, by);
    const request = await object();
    expect(await auth({ request })).toBe('begun');
    expect(await auth({ request })).not.toBe('begun'); // jti once
    expect(await auth(client.request({ scope: 'openid' }))).not.toBe('begun');
    const wrong = [
      { sub: id },
      { jti: undefined },
      { aud: [world.issuer, chain.anchor] },
      { exp: undefined },
    ];
    for (const claims of wrong) expect(await auth({ request: await object(claims) })).not.toBe('begun');
    expect(await auth({ request: await object({}, await makeKey('ES256')) })).not.toBe('begun');
    expect(
      (await push(id, { client_assertion: await client.assertion({}, await makeKey('ES256')) })).status,
    ).toBe(401);
  });

  it('§8.9, §12.1.3: says why a chain does not hold, asks for it once a minute, and keeps nothing', async () => {
    const stranger = await chain.makeKey();
    const ago = Math.floor(Date.now() / 1000) - 60;
    const cases: [string, Said, string][] = [
      ['expired', { claims: { iat: ago - 3600, exp: ago } }, 'invalid_trust_chain'],
      ['altered', { body: (token) => token.replace(/\.[^.]*\./, '.e30.') }, 'invalid_trust_chain'],
      ['wrong-key', { signedBy: stranger }, 'invalid_trust_chain'],
      ['unmarked', { marked: false }, 'invalid_trust_chain'],
      ['oversize', { body: (token) => token + 'x'.repeat(70_000) }, 'temporarily_unavailable'],
      ['broad-scope', { rp: { scope: 'openid phone' } }, 'invalid_metadata'],
      ['broad-grant', { rp: { grant_types: ['client_credentials'] } }, 'invalid_metadata'],
      ['secret', { rp: { token_endpoint_auth_method: 'client_secret_basic' } }, 'invalid_metadata'],
      ['plain-http', { rp: { redirect_uris: ['http://clinic.example/callback'] } }, 'invalid_metadata'],
    ];
    for (const [name, said, error] of cases) {
      const id = add(name, said);
      expect([name, (await push(id)).body['error']]).toEqual([name, error]);
      expect((await push(id)).body['error']).toBe(error);
      expect(chain.asked.filter((each) => each === name)).toHaveLength(1);
      expect(await registered(id)).toEqual([]);
    }
  });

  it('§12.1.3: ends with its chain, with all that was granted, unless the chain holds again', async () => {
    const query = (text: string, values: string[]) => world.database.query(text, values);
    const end = async (id: string) => {
      const past = new Date(Date.now() - 1000).toISOString();
      await query('update federation_client set expires_at = $2 where client_id = $1', [id, past]);
      await query(
        `update client set metadata = metadata || jsonb_build_object('chain_ends_at', $2::text) where client_id = $1`,
        [id, past],
      );
    };
    const back = add('good');
    await end(back);
    await eventually(async () => expect((await push(back)).status).toBe(201), 8000);
    expect((await registered(back))[0]?.ended_at).toBeNull();

    const gone = add('leaving');
    expect((await push(gone)).status).toBe(201);
    const policies: object[] = [];
    expect((await apply({ ...OURS, policies })).code).toBe(0);
    await end(gone);
    await eventually(async () => expect((await registered(gone))[0]?.ended_at).not.toBeNull(), 12_000);
    expect((await push(gone)).status).toBe(401);
  });

  it('I1: asks about twenty names of one address in a minute, and about a name that was refused not at the next try', async () => {
    await join();
    const pushAll = () =>
      Promise.all(Array.from({ length: 60 }, async (_, at) => (await push(`${chain.anchor}/x${at}`)).status));
    const first = await pushAll();
    const second = await pushAll();
    expect(first.filter((status) => status === 429).length).toBeGreaterThanOrEqual(20);
    expect(second.filter((status) => status === 429).length).toBeGreaterThanOrEqual(20);
  });
});
