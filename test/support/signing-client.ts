import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKeyPair } from 'openid-client';
import { makeProof } from './dpop-proof.ts';
import type { IdpWorld } from './idp-world.ts';
import { type ManifestText, applyVariant } from './manifest-variant.ts';
import { post } from './relying-party.ts';

export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Claims instead of, or beside, the right ones; undefined leaves one out. */
export type Claims = Record<string, unknown>;

export interface SignedKey {
  alg: string;
  privateKey: CryptoKey;
  jwk: JWK;
}

/** A key pair of a client's, its public half as it stands in `jwks`. */
export async function makeKey(
  alg: string,
  use: 'sig' | 'enc' = 'sig',
  kid = `${use}-${alg}`,
): Promise<SignedKey> {
  const crv = alg.startsWith('ECDH') ? { crv: 'P-256' } : {};
  const pair = await generateKeyPair(alg, { extractable: true, ...crv });
  return { alg, privateKey: pair.privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid, use, alg } };
}

/** A client that signs what it says, claim by claim, so that a test can have each of them wrong. */
export interface SigningClient {
  clientId: string;
  redirectUri: string;
  key: SignedKey;
  /** Its usual authorization request. */
  request(more?: Record<string, unknown>): Record<string, string>;
  jwt(claims: Claims, header?: Record<string, unknown>, key?: SignedKey): Promise<string>;
  assertion(claims?: Claims, key?: SignedKey): Promise<string>;
  requestObject(claims?: Claims, header?: Record<string, unknown>, key?: SignedKey): Promise<string>;
  /** Authenticated by an assertion unless `parameters` bring something of their own; DPoP when there is a key for it. */
  send(
    path: string,
    parameters: Record<string, string>,
    options?: { dpop?: CryptoKeyPair; nonce?: string; headers?: Record<string, string>; bare?: boolean },
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
}

export function createSigningClient(
  world: IdpWorld,
  clientId: string,
  key: SignedKey,
  redirectUri = `${world.rpOrigin}/callback`,
): SigningClient {
  const now = (): number => Math.floor(Date.now() / 1000);
  const self: SigningClient = {
    clientId,
    redirectUri,
    key,
    request: (more = {}) => {
      const usual = {
        client_id: clientId,
        response_type: 'code',
        scope: 'openid subsystem_account',
        redirect_uri: redirectUri,
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
        state: 'the-state',
        nonce: 'the-nonce',
      };
      const all = Object.entries({ ...usual, ...more }).filter(([, value]) => value !== undefined);
      return Object.fromEntries(all);
    },
    jwt: (claims, header = {}, by = key) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: by.alg, kid: by.jwk.kid, ...header } as never)
        .sign(by.privateKey),
    assertion(claims = {}, by = key) {
      const usual = { iss: clientId, sub: clientId, aud: world.issuer, jti: crypto.randomUUID() };
      return self.jwt({ ...usual, iat: now(), exp: now() + 60, ...claims }, {}, by);
    },
    requestObject(claims = {}, header = {}, by = key) {
      const usual = { ...self.request(), iss: clientId, aud: world.issuer };
      const span = { iat: now(), nbf: now(), exp: now() + 300 };
      return self.jwt({ ...usual, ...span, ...claims }, { typ: 'oauth-authz-req+jwt', ...header }, by);
    },
    async send(path, parameters, { dpop, nonce, headers = {}, bare = false } = {}) {
      const proves = bare || 'client_assertion' in parameters;
      const proof = dpop && {
        dpop: await makeProof(dpop, 'POST', world.issuer + path, nonce ? { claims: { nonce } } : {}),
      };
      const authentication = proves ? {} : { client_assertion: await self.assertion() };
      const type = 'client_assertion' in { ...authentication, ...parameters } && {
        client_assertion_type: JWT_BEARER,
      };
      return post(
        world,
        path,
        { ...authentication, ...type, ...parameters },
        { headers: { ...headers, ...proof } },
      );
    },
  };
  return self;
}

/** Declares a subsystem of its own with such a client; the demo nurse has an account there. */
export async function declareSigningClient(
  world: IdpWorld,
  code: string,
  key: SignedKey,
  change: (manifest: ManifestText) => void = () => {},
): Promise<{ client: SigningClient; account: string; answer: { code: number | null; output: string } }> {
  let redirectUri: string | undefined;
  const suffix = code.slice(0, 5).replace(/\W/g, '');
  const answer = await applyVariant(world, 'lab', (manifest) => {
    Object.assign(manifest, { code, suffix });
    const { client } = manifest;
    Object.assign(client, {
      client_id: `${code}-app`,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.jwk] },
    });
    for (const resource of manifest['resources'] as { identifier: string }[]) {
      resource.identifier = resource.identifier.replace('lab.example', `${code}.example`);
    }
    change(manifest);
    [redirectUri] = client['redirect_uris'] as string[];
  });
  const account = `P@00000001P@${suffix}_01`;
  if (answer.code === 0) await giveAccount(world, code, account);
  const uri = redirectUri?.replace('${RP_ORIGIN}', world.rpOrigin);
  return { client: createSigningClient(world, `${code}-app`, key, uri), account, answer };
}

/** An account of a demo person's at the subsystem, bound; the nurse's unless another is named. */
export async function giveAccount(
  { database: { db } }: IdpWorld,
  subsystem: string,
  id: string,
  loginName = 'demo.nurse',
): Promise<void> {
  const nurse = await db
    .selectFrom('account')
    .select(['id', 'national_id_index'])
    .where('login_name', '=', loginName)
    .executeTakeFirstOrThrow();
  const row = {
    id,
    subsystem_code: subsystem,
    account_id: nurse.id,
    national_id_index: nurse.national_id_index,
    holder_name: '王示範',
    ...{ unit_code: '9876543210', role: 'member', duty: 'medical', menu_roles: ['reader'] },
    status: 'active' as const,
  };
  await db
    .insertInto('subsystem_account')
    .values(row)
    .onConflict((on) => on.doNothing())
    .execute();
  const binding = { subsystem_account_id: id, account_id: nurse.id, name: id.slice(-10) };
  await db
    .insertInto('binding')
    .values(binding)
    .onConflict((on) => on.doNothing())
    .execute();
}
