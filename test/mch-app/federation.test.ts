import { decodeJwt, decodeProtectedHeader } from 'jose';
import { TrustFault, askWorld, createResolver } from '#idp/federation/trust-chain/index.ts';
import { makePrivateKeys } from '#mch/federation/index.ts';
import { readConfig } from '#mch/config.ts';
import { startFederation } from '../support/authorities.ts';
import { type Mch, startMch } from './support/mch.ts';

type Federation = Awaited<ReturnType<typeof startFederation>>;

const POLICY = {
  openid_relying_party: {
    token_endpoint_auth_method: { one_of: ['private_key_jwt'], essential: true },
    scope: { subset_of: ['openid', 'profile', 'subsystem_account', 'accounts'] },
    grant_types: { subset_of: ['authorization_code', 'refresh_token'] },
  },
};

describe('OpenID Federation §9: the MCH system says what it is, below a county and a ministry', () => {
  let federation: Federation;
  let mch: Mch;
  let shift = 0;
  const clock = () => new Date(Date.now() + shift);
  const keys = { federation: '', client: '' };
  const statement = () => mch.visitor().ask('/.well-known/openid-federation');
  const admit = async (more: object = {}) => {
    const { jwks } = decodeJwt((await statement()).text) as { jwks: object };
    federation.admit({ entityId: mch.origin, jwks, ...more });
  };
  const resolver = () =>
    createResolver({
      ...{ ask: askWorld(true), clock: mch.clock.now },
      anchors: new Map([[federation.anchor, federation.anchorJwks]]),
    });
  /** The marks of a chain that holds, or the rule that is broken. */
  const outcome = async () => {
    try {
      const asked = resolver();
      return (await asked.marksOf(await asked.resolve(mch.origin))).map(({ type }) => type);
    } catch (error) {
      if (!(error instanceof TrustFault)) throw error;
      return error.reason;
    }
  };

  beforeAll(async () => {
    federation = await startFederation(clock, POLICY);
    keys.federation = JSON.stringify(await makePrivateKeys());
    keys.client = JSON.stringify(await makePrivateKeys());
    mch = await startMch({
      MCH_FEDERATION_KEYS: keys.federation,
      MCH_CLIENT_KEYS: keys.client,
      MCH_AUTHORITY_HINTS: federation.county,
      MCH_TRUST_MARKS: federation.mark,
      MCH_TRUST_MARK_ISSUER: federation.anchor,
      MCH_ORGANIZATION: 'Demonstration County',
    });
  });
  afterAll(async () => {
    await mch.stop();
    await federation.stop();
  });

  it('signs it by its federation key, tells its public keys alone, and no mark it does not have', async () => {
    const answer = await statement();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/entity-statement+jwt',
    ]);
    const said = decodeJwt(answer.text);
    const [federationKid, clientKid] = [keys.federation, keys.client].map(
      (set) => (JSON.parse(set) as { keys: { kid: string }[] }).keys[0]?.kid,
    );
    expect(decodeProtectedHeader(answer.text)).toEqual({
      ...{ alg: 'ES256', typ: 'entity-statement+jwt', kid: federationKid },
    });
    expect(said).toMatchObject({
      ...{ iss: mch.origin, sub: mch.origin, authority_hints: [federation.county] },
      jwks: { keys: [{ kid: federationKid, alg: 'ES256' }] },
      metadata: {
        federation_entity: { organization_name: 'Demonstration County' },
        openid_relying_party: {
          redirect_uris: [`${mch.origin}/callback`],
          backchannel_logout_uri: `${mch.origin}/backchannel-logout`,
          token_endpoint_auth_method: 'private_key_jwt',
          client_registration_types: ['automatic'],
          jwks: { keys: [{ kid: clientKid }] },
        },
      },
    });
    expect(said['trust_marks']).toBeUndefined();
    expect(JSON.stringify(said)).not.toContain('"d":');
    expect(JSON.stringify(said)).not.toContain('${');
  });

  it('leads to the anchor once the county vouches for it, with its mark and cut to the policy', async () => {
    expect(await outcome()).toBe('unreachable'); // the county knows no such entity
    await admit();
    mch.clock.advance(31); // the next try at the mark
    expect(await outcome()).toEqual([federation.mark]);
    const { metadata, path } = await resolver().resolve(mch.origin);
    expect(path).toEqual([mch.origin, federation.county, federation.anchor]);
    expect(metadata['openid_relying_party']).toMatchObject({
      ...{ scope: 'openid profile subsystem_account accounts' },
      grant_types: ['authorization_code', 'refresh_token'],
    });
  });

  it('leads there no longer when its keys are others, names are excluded or the path is too long', async () => {
    await admit({ jwks: federation.anchorJwks });
    expect(await outcome()).toBe('keys');
    await admit();
    federation.change('county', { constraints: { naming_constraints: { excluded: ['127.0.0.1'] } } });
    expect(await outcome()).toBe('name');
    federation.change('county', { constraints: undefined });
    federation.change('ministry', { constraints: { max_path_length: 0 } });
    expect(await outcome()).toBe('path_length');
    federation.change('ministry', { constraints: undefined });
    expect(await outcome()).toEqual([federation.mark]);
  });

  it('shows a mark until it is taken back, and none that has ended', async () => {
    federation.change('ministry', { trustMarks: [{ type: federation.mark, subjects: [] }] });
    expect(await outcome()).toEqual([]); // shown still, but its issuer says otherwise
    mch.clock.advance(40 * 86_400);
    shift += 40 * 86_400_000;
    expect(decodeJwt((await statement()).text)['trust_marks']).toBeUndefined();
  });
});

describe('the settings of the MCH system in a federation', () => {
  const base = {
    ...{
      MCH_DATABASE_URL: 'postgres://localhost/mch',
      MCH_MASTER_KEYS: Buffer.alloc(32, 7).toString('base64'),
    },
  };
  const read = (environment: Record<string, string>) => () => readConfig({ ...base, ...environment });

  it('wants a secret or a key, hints beside federation keys, and no key for both', async () => {
    const [one, other] = [JSON.stringify(await makePrivateKeys()), JSON.stringify(await makePrivateKeys())];
    const hints = { MCH_AUTHORITY_HINTS: 'https://county.example' };
    expect(read({})).toThrow('MCH_CLIENT_SECRET');
    expect(read({ MCH_CLIENT_KEYS: one })).not.toThrow();
    expect(read({ MCH_CLIENT_KEYS: '{"keys":[{"kty":"oct","k":"x"}]}' })).toThrow('MCH_CLIENT_KEYS');
    expect(read({ MCH_CLIENT_KEYS: one, MCH_FEDERATION_KEYS: other })).toThrow('MCH_AUTHORITY_HINTS');
    expect(read({ MCH_CLIENT_KEYS: one, MCH_FEDERATION_KEYS: one, ...hints })).toThrow(
      'must not share a key',
    );
    expect(
      read({ MCH_CLIENT_SECRET: 'a client secret for tests', MCH_FEDERATION_KEYS: one, ...hints }),
    ).toThrow('MCH_CLIENT_KEYS');
    const good = { MCH_CLIENT_KEYS: one, MCH_FEDERATION_KEYS: other, ...hints };
    expect(read(good)().federation?.authorityHints).toEqual(['https://county.example']);
    expect(read({ ...good, MCH_AUTHORITY_HINTS: 'http://county.example' })).toThrow('MCH_AUTHORITY_HINTS');
    expect(read({ ...good, MCH_TRUST_MARKS: 'https://m.example' })).toThrow('MCH_TRUST_MARK_ISSUER');
  });
});
