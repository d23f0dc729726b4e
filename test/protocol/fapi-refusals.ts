import { SignJWT } from 'jose';
import { makeProof } from '../support/dpop-proof.ts';
import type { FapiClients } from '../support/fapi-clients.ts';
import { REDIRECT } from '../support/fapi-clients.ts';
import type { IdpWorld } from '../support/idp-world.ts';

type Send = (
  fapi: FapiClients,
  world: IdpWorld,
) => Promise<{ status: number; body: Record<string, unknown> }>;

const now = (): number => Math.floor(Date.now() / 1000);

const rsaProof: Send = async (fapi, { issuer }) => {
  const { privateKey, jwk } = fapi.keys.RS256;
  const { kty, n, e } = jwk as { kty: string; n: string; e: string };
  const claims = { htm: 'POST', htu: `${issuer}/oidc/token`, jti: crypto.randomUUID(), iat: now() };
  const proof = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'dpop+jwt', jwk: { kty, n, e } })
    .sign(privateKey);
  return fapi.secure.send('/oidc/token', { grant_type: 'client_credentials' }, { headers: { dpop: proof } });
};

/** By the client's own key, with other claims. */
const ownProof =
  (claims: () => Record<string, unknown>): Send =>
  async (fapi, { issuer }) => {
    const proof = await makeProof(fapi.dpop, 'POST', `${issuer}/oidc/token`, { claims: claims() });
    return fapi.secure.send(
      '/oidc/token',
      { grant_type: 'client_credentials' },
      { headers: { dpop: proof } },
    );
  };

/** What the profiles forbid, by section, of the Security Profile unless said otherwise; and the error it meets. */
export const REFUSALS: [string, Send, string][] = [
  [
    '§5.3.2.1: the password grant',
    (fapi) => fapi.ownToken({ grant_type: 'password', username: 'a', password: 'b' }),
    'unsupported_grant_type',
  ],
  [
    '§5.3.2.1: a client that proves nothing',
    (fapi) => fapi.bare('/oidc/token', { grant_type: 'client_credentials', client_id: 'fapisp-app' }),
    'invalid_client',
  ],
  [
    '§5.3.2.1: a client that has a secret',
    (fapi) =>
      fapi.bare('/oidc/token', {
        grant_type: 'client_credentials',
        client_id: 'fapisp-app',
        client_secret: 'x',
      }),
    'invalid_client',
  ],
  [
    '§5.3.2.1: a secret in the header',
    (fapi) =>
      fapi.bare(
        '/oidc/token',
        { grant_type: 'client_credentials' },
        { authorization: `Basic ${btoa('fapisp-app:x')}` },
      ),
    'invalid_client',
  ],
  ['§5.3.2.1: a token of its own without a proof', (fapi) => fapi.ownToken({}, {}), 'invalid_grant'],
  [
    '§5.3.2.1: a person’s token without a proof',
    async (fapi) => fapi.secure.send('/oidc/token', fapi.redemption(await fapi.code())),
    'invalid_grant',
  ],
  [
    '§5.3.2.1: a refreshed token without a proof',
    async (fapi) =>
      fapi.secure.send('/oidc/token', {
        grant_type: 'refresh_token',
        refresh_token: String((await fapi.redeem()).body['refresh_token']),
      }),
    'invalid_grant',
  ],
  [
    '§5.3.2.1: the issuer in a list of audiences',
    (fapi, { issuer }) => fapi.asserted({ aud: [issuer] }),
    'invalid_client',
  ],
  [
    '§5.3.2.1: the endpoint as the audience',
    (fapi, { issuer }) => fapi.asserted({ aud: `${issuer}/oidc/token` }),
    'invalid_client',
  ],
  [
    '§5.3.2.1: an assertion from more than a minute ahead',
    (fapi) => fapi.asserted({ iat: now() + 90, exp: now() + 120 }),
    'invalid_client',
  ],
  [
    '§5.3.2.1: one that begins in more than a minute',
    (fapi) => fapi.asserted({ nbf: now() + 90, exp: now() + 120 }),
    'invalid_client',
  ],
  [
    '§5.3.2.1: a proof from more than a minute ahead',
    ownProof(() => ({ iat: now() + 90 })),
    'invalid_dpop_proof',
  ],
  [
    '§5.3.2.1: a proof that begins in more than a minute',
    ownProof(() => ({ nbf: now() + 90 })),
    'invalid_dpop_proof',
  ],
  [
    'RFC 7519 §4.1.4: a proof that says it has ended',
    ownProof(() => ({ exp: now() - 20 })),
    'invalid_dpop_proof',
  ],
  [
    '§5.3.2.2: PAR without authentication',
    (fapi) => fapi.bare('/oidc/par', fapi.secure.request()),
    'invalid_client',
  ],
  [
    '§5.3.2.2: PAR without a redirect address',
    (fapi) => fapi.push(fapi.secure, { redirect_uri: undefined }),
    'invalid_request',
  ],
  [
    '§5.3.2.2: PAR with another one',
    (fapi) => fapi.push(fapi.secure, { redirect_uri: `${REDIRECT}?a=b` }),
    'invalid_request',
  ],
  [
    '§5.3.2.2: PAR with one over http',
    (fapi) => fapi.push(fapi.secure, { redirect_uri: 'http://fapi.example/callback' }),
    'invalid_request',
  ],
  [
    '§5.3.2.2: no challenge',
    (fapi) => fapi.push(fapi.secure, { code_challenge: undefined, code_challenge_method: undefined }),
    'invalid_request',
  ],
  [
    '§5.3.2.2: a plain challenge',
    (fapi) => fapi.push(fapi.secure, { code_challenge_method: 'plain' }),
    'invalid_request',
  ],
  [
    '§5.3.2.2: another response type',
    (fapi) => fapi.push(fapi.secure, { response_type: 'code id_token' }),
    'invalid_request',
  ],
  [
    '§5.3.2.2: the implicit flow',
    (fapi) => fapi.push(fapi.secure, { response_type: 'token' }),
    'invalid_request',
  ],
  [
    '§5.3.2.2: a code that was used',
    async (fapi) => {
      const value = await fapi.code();
      expect(
        (await fapi.secure.send('/oidc/token', fapi.redemption(value), { dpop: fapi.dpop })).status,
      ).toBe(200);
      return fapi.secure.send('/oidc/token', fapi.redemption(value), { dpop: fapi.dpop });
    },
    'invalid_grant',
  ],
  [
    '§5.3.2.2: a code without its verifier',
    async (fapi) =>
      fapi.secure.send(
        '/oidc/token',
        { ...fapi.redemption(await fapi.code()), code_verifier: 'x'.repeat(43) },
        { dpop: fapi.dpop },
      ),
    'invalid_grant',
  ],
  [
    '§5.3.2.2: another client’s code',
    async (fapi) => fapi.signing.send('/oidc/token', fapi.redemption(await fapi.code()), { dpop: fapi.dpop }),
    'invalid_grant',
  ],
  ['§5.4.1: RS256 in an assertion', (fapi) => fapi.asserted({}, fapi.keys.RS256), 'invalid_client'],
  ['§5.4.1: RS256 in a proof', rsaProof, 'invalid_dpop_proof'],
  [
    '§5.4.1: RS256 in a request object',
    async (fapi) =>
      fapi.secure.send('/oidc/par', { request: await fapi.secure.requestObject({}, {}, fapi.keys.RS256) }),
    'invalid_request_object',
  ],
  [
    '§5.4.1: no signature at all',
    async (fapi) => {
      const [, claims] = (await fapi.secure.assertion()).split('.');
      return fapi.ownToken({
        client_assertion: `${btoa('{"alg":"none"}').replaceAll('=', '')}.${claims}.`,
      });
    },
    'invalid_client',
  ],
  [
    'Message Signing §5.3.1: a request that is not signed',
    (fapi) => fapi.push(fapi.signing, { response_mode: 'jwt' }),
    'invalid_request',
  ],
  [
    'Message Signing §5.3.1: for another server',
    (fapi) => fapi.pushSigned({ aud: 'https://evil.test' }),
    'invalid_request_object',
  ],
  [
    'Message Signing §5.3.1: for several other servers',
    (fapi) => fapi.pushSigned({ aud: ['https://evil.test', 'https://other.example'] }),
    'invalid_request_object',
  ],
  [
    'Message Signing §5.3.1: without nbf',
    (fapi) => fapi.pushSigned({ nbf: undefined }),
    'invalid_request_object',
  ],
  [
    'Message Signing §5.3.1: from 61 minutes ago',
    (fapi) => fapi.pushSigned({ nbf: now() - 3660, exp: now() + 10 }),
    'invalid_request_object',
  ],
  [
    'Message Signing §5.3.1: good for 61 minutes',
    (fapi) => fapi.pushSigned({ nbf: now() - 60, exp: now() + 3600 }),
    'invalid_request_object',
  ],
  [
    'Message Signing §5.3.1: without exp',
    (fapi) => fapi.pushSigned({ exp: undefined }),
    'invalid_request_object',
  ],
  [
    'Message Signing §5.3.1: RS256',
    (fapi) => fapi.pushSigned({}, {}, fapi.keys.RS256),
    'invalid_request_object',
  ],
  [
    'Message Signing §5.3.1: for another redirect address',
    (fapi) => fapi.pushSigned({ redirect_uri: 'https://evil.test/' }),
    'invalid_request',
  ],
  [
    'Message Signing §5.4.1: an answer that is not signed',
    (fapi) => fapi.pushSigned({ response_mode: 'query' }),
    'invalid_request',
  ],
  [
    'Message Signing §5.4.1: an answer as the client likes',
    (fapi) => fapi.pushSigned({ response_mode: undefined }),
    'invalid_request',
  ],
  [
    'Message Signing §5.5.1: introspection that is not signed',
    async (fapi) => fapi.signing.send('/oidc/introspection', { token: 'x' }),
    'invalid_request',
  ],
];
