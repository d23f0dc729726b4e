import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AuthorityKey, makeKey, publicKeys } from '#idp/federation/authority/index.ts';
import { serve } from '#kit/http/serve.ts';
import { signAs } from '../idp/federation-world.ts';
import { startFederation } from '../support/authorities.ts';
import { POLICY } from '../support/chained-mch.ts';
import { type World, startWorld } from '../support/world.ts';

/* Clients that nobody declared, by a chain of trust: the ministry's anchor, a county below it, the client below that. */

const STATEMENT = 'entity-statement+jwt';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const REQUEST = {
  ...{ response_type: 'code', state: 's', nonce: 'n', code_challenge_method: 'S256' },
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
};
type Claims = Record<string, unknown>;

/** What is wrong with a chain of its own. */
interface Flaw {
  leaf?: Claims;
  metadata?: Claims;
  aboutLeaf?: Claims;
  aboutCounty?: Claims;
  altered?: 'leaf' | 'aboutLeaf' | 'aboutCounty';
  unmarked?: boolean;
  scope?: string;
}

describe('OpenID Federation §12.1: clients registered by their chains', () => {
  let world: World;
  let federation: Awaited<ReturnType<typeof startFederation>>;
  let folder: string;
  let served: Awaited<ReturnType<typeof serve>>;
  const said = new Map<string, string>();
  const forwarded = new Map<string, string>();
  let turn = 0;
  const seconds = () => Math.floor(Date.now() / 1000);
  const at = (name: string): string => `http://localhost:${served.port}/${name}`;

  /** That it is the client, by a key of its own (`private_key_jwt`). */
  const prove = async (id: string, key: Pick<AuthorityKey, 'kid' | 'privateJwk'>) => ({
    client_assertion_type: ASSERTION,
    client_assertion: await signAs(key as AuthorityKey, 'JWT', {
      ...{ iss: id, sub: id, aud: world.issuer, jti: crypto.randomUUID() },
      ...{ iat: seconds(), exp: seconds() + 60 },
    }),
  });

  /** A relying party below a county of its own, with its keys; the ministry vouches for that county as it should. */
  const raise = async (flaw: Flaw): Promise<{ leaf: string; key: AuthorityKey }> => {
    turn += 1;
    const [leaf, county] = [at(`leaf${turn}`), at(`county${turn}`)];
    const [federationKey, countyKey, key] = [
      await makeKey(new Date()),
      await makeKey(new Date()),
      await makeKey(new Date()),
    ];
    const now = { iat: seconds() - 1, exp: seconds() + 600 };
    const { anchorKey } = federation.keys;
    const keysOf = (one: AuthorityKey) => publicKeys([one], new Date());
    const mark = await signAs(anchorKey, 'trust-mark+jwt', {
      ...{ iss: federation.anchor, sub: leaf, trust_mark_type: federation.mark, ...now },
    });
    const statements: Record<string, string> = {
      leaf: await signAs(federationKey, STATEMENT, {
        ...{ iss: leaf, sub: leaf, ...now, jwks: keysOf(federationKey), authority_hints: [county] },
        metadata: {
          openid_relying_party: {
            ...{ client_name: 'A clinic', redirect_uris: [`${leaf}/callback`], response_types: ['code'] },
            ...{ grant_types: ['authorization_code'], scope: 'openid profile' },
            ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' },
            ...{ client_registration_types: ['automatic'], jwks: keysOf(key) },
            ...flaw.metadata,
          },
        },
        ...(!flaw.unmarked && { trust_marks: [{ trust_mark_type: federation.mark, trust_mark: mark }] }),
        ...flaw.leaf,
      }),
      county: await signAs(countyKey, STATEMENT, {
        ...{
          iss: county,
          sub: county,
          ...now,
          jwks: keysOf(countyKey),
          authority_hints: [federation.anchor],
        },
        metadata: { federation_entity: { federation_fetch_endpoint: `${county}/fetch` } },
      }),
      aboutLeaf: await signAs(countyKey, STATEMENT, {
        ...{ iss: county, sub: leaf, ...now, jwks: keysOf(federationKey), ...flaw.aboutLeaf },
      }),
    };
    const alter = (token: string): string => `${token.slice(0, -8)}AAAAAAAA`;
    const pathOf = (id: string): string => new URL(id).pathname;
    const say = (name: string, path_: string): void => {
      const token = statements[name] ?? '';
      said.set(path_, flaw.altered === name ? alter(token) : token);
    };
    say('leaf', `${pathOf(leaf)}/.well-known/openid-federation`);
    say('county', `${pathOf(county)}/.well-known/openid-federation`);
    say('aboutLeaf', `${pathOf(county)}/fetch?sub=${encodeURIComponent(leaf)}`);
    const aboutCounty = await signAs(anchorKey, STATEMENT, {
      ...{ iss: federation.anchor, sub: county, ...now, jwks: keysOf(countyKey), ...flaw.aboutCounty },
    });
    forwarded.set(county, flaw.altered === 'aboutCounty' ? alter(aboutCounty) : aboutCounty);
    federation.vouch(county, () => forwarded.get(county) ?? '');
    federation.change('ministry', {
      trustMarks: [{ type: federation.mark, subjects: [leaf] }],
    });
    return { leaf, key };
  };

  /** Its first pushed request: the status, and the error. */
  const ask = async (flaw: Flaw): Promise<string> => {
    const { leaf, key } = await raise(flaw);
    const answer = await fetch(`${world.issuer}/oidc/par`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ ...REQUEST, client_id: leaf, redirect_uri: `${leaf}/callback`, scope: flaw.scope ?? 'openid' },
        ...(await prove(leaf, key)),
      }),
    });
    const body = (await answer.json()) as { error?: string };
    return `${answer.status} ${body.error ?? ''}`.trim();
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'federation-'));
    federation = await startFederation(() => new Date(), POLICY);
    served = await serve((req, res) => {
      const answer = said.get(req.url ?? '');
      res.writeHead(answer === undefined ? 404 : 200, { 'content-type': `application/${STATEMENT}` });
      res.end(answer);
    }, 0);
    world = await startWorld();
    const file = path.join(folder, 'federation.json');
    const policy = {
      ...{ code: 'subsystem', trustMark: federation.mark, issuers: [federation.anchor] },
      ...{ scopes: ['openid', 'profile'], grantTypes: ['authorization_code', 'refresh_token'] },
    };
    const applied = {
      ...{ organizationName: 'Single entry', authorityHints: [federation.anchor], policies: [policy] },
      trustAnchors: [{ entityId: federation.anchor, jwks: federation.anchorJwks }],
    };
    await writeFile(file, JSON.stringify(applied));
    const { code, output } = await world.idpCommand('federation', 'apply', file);
    if (code !== 0) throw new Error(output);
  });
  afterAll(async () => {
    await world.stop();
    await federation.stop();
    await served.stop({ graceMs: 0 });
    await rm(folder, { recursive: true });
  });

  it('takes a chain that holds, and refuses it when any one statement is expired, altered, unmarked or over-broad', async () => {
    const past = { iat: seconds() - 600, exp: seconds() - 1 };
    const policy = (parameter: string, operators: object) => ({
      metadata_policy: { openid_relying_party: { [parameter]: operators } },
    });
    const rows: [string, Flaw, string][] = [
      ['a chain that holds', {}, '201'],
      ['the leaf’s expired', { leaf: past }, '400 invalid_trust_chain'],
      ['the county’s expired', { aboutLeaf: past }, '400 invalid_trust_chain'],
      ['the ministry’s expired', { aboutCounty: past }, '400 invalid_trust_chain'],
      ['the leaf’s altered', { altered: 'leaf' }, '400 invalid_trust_chain'],
      ['the county’s altered', { altered: 'aboutLeaf' }, '400 invalid_trust_chain'],
      ['the ministry’s altered', { altered: 'aboutCounty' }, '400 invalid_trust_chain'],
      ['no mark', { unmarked: true }, '400 invalid_trust_chain'],
      [
        'a scope its superiors cut',
        { aboutCounty: policy('scope', { subset_of: ['openid'] }), scope: 'openid profile' },
        '400 invalid_scope',
      ],
      [
        'more than the provider’s policy',
        { metadata: { grant_types: ['authorization_code', 'client_credentials'] } },
        '400 invalid_metadata',
      ],
      [
        'a way to sign in its superiors do not let',
        { aboutLeaf: policy('token_endpoint_auth_method', { one_of: ['tls_client_auth'] }) },
        '400 invalid_metadata',
      ],
      [
        'too long a path',
        { aboutCounty: { constraints: { max_path_length: 0 } } },
        '400 invalid_trust_chain',
      ],
      [
        'a name outside',
        { aboutLeaf: { constraints: { naming_constraints: { permitted: ['.gov.tw'] } } } },
        '400 invalid_trust_chain',
      ],
    ];
    const outcomes: [string, string][] = [];
    for (const [name, flaw] of rows) outcomes.push([name, await ask(flaw)]);
    expect(outcomes).toEqual(rows.map(([name, , expected]) => [name, expected]));
  });
});
