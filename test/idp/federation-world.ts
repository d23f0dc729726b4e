import { SignJWT, importJWK } from 'jose';
import {
  type Answer,
  type Authority,
  type AuthorityKey,
  answerAuthority,
  authorityResolver,
  makeKey,
  publicKeys,
  readReviewedFile,
} from '#idp/federation/authority/index.ts';
import {
  type Ask,
  type Jwks,
  type Resolver,
  LIMITS,
  TrustFault,
  configurationUrl,
  createResolver,
} from '#idp/federation/trust-chain/index.ts';

export const NOW = new Date('2026-11-23T04:00:00Z');
export const SECONDS = NOW.getTime() / 1000;
export const ANCHOR = 'https://anchor.example';
export const COUNTY = 'https://county.example/federation';
export const CLINIC = 'https://clinic.example';
export const MARK = 'https://anchor.example/marks/subsystem';
export const POLICY = {
  openid_relying_party: {
    grant_types: { subset_of: ['authorization_code', 'refresh_token'], default: ['authorization_code'] },
    token_endpoint_auth_method: { one_of: ['private_key_jwt'], essential: true },
    scope: { subset_of: ['openid', 'profile', 'email'] },
  },
};
export const METADATA = {
  openid_relying_party: {
    redirect_uris: ['https://clinic.example/callback'],
    client_name: 'Clinic',
    token_endpoint_auth_method: 'private_key_jwt',
    client_registration_types: ['automatic'],
    scope: 'openid profile',
  },
};

type Claims = Record<string, unknown>;

/** The rule a deed breaks; undefined when it breaks none. */
export async function brokenRule(deed: () => unknown): Promise<string | undefined> {
  try {
    await deed();
    return undefined;
  } catch (error) {
    if (!(error instanceof TrustFault)) throw error;
    return error.reason;
  }
}

export async function signAs(
  key: AuthorityKey,
  typ: string,
  claims: Claims,
  header: Claims = {},
): Promise<string> {
  const protectedHeader = { alg: 'ES256', kid: key.kid, typ, ...header };
  return new SignJWT(claims)
    .setProtectedHeader(protectedHeader)
    .sign(await importJWK(key.privateJwk, 'ES256'));
}

/** An anchor, an intermediate below it, and a relying party below that; no socket anywhere. */
export async function federationWorld(
  given: { anchor?: Claims; county?: Claims; aboutClinic?: Claims } = {},
) {
  const [anchorKey, countyKey, clinicKey] = [await makeKey(NOW), await makeKey(NOW), await makeKey(NOW)];
  const jwksOf = (key: AuthorityKey) => publicKeys([key], NOW) as Jwks;
  const subordinate = (entityId: string, key: AuthorityKey, more: Claims) => ({
    entityId,
    jwks: jwksOf(key),
    ...more,
  });
  const authority = (key: AuthorityKey, file: Claims): Authority => ({
    file: readReviewedFile(JSON.stringify(file)),
    keys: [key],
  });
  const authorities = [
    authority(anchorKey, {
      ...{ entityId: ANCHOR, organizationName: 'Ministry', metadataPolicy: POLICY },
      trustMarkIssuers: { [MARK]: [ANCHOR] },
      trustMarks: [{ type: MARK, subjects: [CLINIC] }],
      constraints: { max_path_length: 1, naming_constraints: { permitted: ['.example', 'county.example'] } },
      subordinates: [
        subordinate(COUNTY, countyKey, { entityTypes: ['federation_entity'], intermediate: true }),
      ],
      ...given.anchor,
    }),
    authority(countyKey, {
      ...{ entityId: COUNTY, organizationName: 'County', authorityHints: [ANCHOR] },
      trustAnchors: { [ANCHOR]: jwksOf(anchorKey) },
      subordinates: [
        subordinate(CLINIC, clinicKey, { entityTypes: ['openid_relying_party'], ...given.aboutClinic }),
      ],
      ...given.county,
    }),
  ];
  const nobody = {} as Resolver;
  const answerAt = async (url: URL, form = new URLSearchParams(), method = 'GET'): Promise<Answer> => {
    for (const each of authorities) {
      if (new URL(each.file.entityId).origin !== url.origin) continue;
      const resolver = authorityResolver(each, ask, () => NOW);
      const answer = await answerAuthority(
        each,
        { method, url, form },
        NOW,
        url.pathname.endsWith('/resolve') ? resolver : nobody,
      );
      if (answer) return answer;
    }
    return { status: 404, type: 'application/json', body: '{}' };
  };
  /** Overrides, by address; what each entity is made to say instead. */
  const said = new Map<string, () => Answer | Promise<Answer>>();
  const asked: string[] = [];
  const ask: Ask = async (url, _limits, form) => {
    asked.push(url.href);
    return (await said.get(url.href)?.()) ?? answerAt(url, form, form ? 'POST' : 'GET');
  };
  const statement = (token: string): Answer => ({
    status: 200,
    type: 'application/entity-statement+jwt',
    body: token,
  });
  const mark = (
    await answerAt(new URL(`${ANCHOR}/trust-mark?trust_mark_type=${encodeURIComponent(MARK)}&sub=${CLINIC}`))
  ).body;
  const clinicClaims = {
    ...{ iss: CLINIC, sub: CLINIC, iat: SECONDS, exp: SECONDS + 3600, jwks: jwksOf(clinicKey) },
    ...{ authority_hints: [COUNTY], metadata: METADATA },
    trust_marks: [{ trust_mark_type: MARK, trust_mark: mark }],
  };
  /** What the relying party says of itself from now on. */
  const say = async (claims: Claims = {}, key = clinicKey, header: Claims = {}): Promise<void> => {
    const token = await signAs(key, 'entity-statement+jwt', { ...clinicClaims, ...claims }, header);
    said.set(configurationUrl(CLINIC).href, () => statement(token));
  };
  await say();
  const anchors = new Map([[ANCHOR, jwksOf(anchorKey)]]);
  const resolver = (limits = LIMITS, clock = () => NOW) => createResolver({ ask, clock, anchors, limits });
  return {
    ask,
    authorities,
    asked,
    said,
    say,
    statement,
    answerAt,
    anchors,
    resolver,
    keys: { anchorKey, countyKey, clinicKey },
    jwksOf,
    clinicClaims,
  };
}
