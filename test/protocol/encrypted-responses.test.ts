import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compactDecrypt, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { leadingHeaders } from '../support/leading-headers.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import {
  type SignedKey,
  type SigningClient,
  VERIFIER,
  declareSigningClient,
  makeKey,
} from '../support/signing-client.ts';

const JWT = 'application/token-introspection+jwt';

describe('answers that are signed, then encrypted for the client', () => {
  let world: IdpWorld;
  let client: SigningClient;
  let nurse: Journey;
  let curve: SignedKey;
  let rsa: SignedKey;

  beforeAll(async () => {
    world = await startIdpWorld();
    const key = await makeKey('ES256');
    [curve, rsa] = await Promise.all([makeKey('ECDH-ES+A256KW', 'enc'), makeKey('RSA-OAEP-256', 'enc')]);
    const told = await declareSigningClient(world, 'jarmenc', key, ({ client: metadata }) => {
      Object.assign(metadata, {
        jwks: { keys: [key.jwk, curve.jwk, rsa.jwk] },
        require_pushed_authorization_requests: false,
        response_modes: ['jwt', 'query.jwt', 'form_post.jwt'],
        authorization_encrypted_response_alg: 'ECDH-ES+A256KW',
        authorization_encrypted_response_enc: 'A256GCM',
        introspection_encrypted_response_alg: 'RSA-OAEP-256',
        introspection_encrypted_response_enc: 'A128GCM',
      });
    });
    expect(told.answer).toMatchObject({ code: 0 });
    ({ client } = told);
    const request = client.request({ response_mode: 'jwt' });
    await eventually(async () => expect((await client.send('/oidc/par', request)).status).toBe(201));
    nurse = browserOf(world);
    await nurse.open(`${world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
  });
  afterAll(() => world.stop());

  const open = async (jwe: string, by: SignedKey, header: object) => {
    expect(decodeProtectedHeader(jwe)).toMatchObject({ cty: 'JWT', ...header });
    const signed = new TextDecoder().decode((await compactDecrypt(jwe, by.privateKey)).plaintext);
    const ours = createRemoteJWKSet(new URL(`${world.issuer}/oidc/jwks`));
    const expected = { issuer: world.issuer, audience: client.clientId, algorithms: ['ES256'] };
    return (await jwtVerify(signed, ours, expected)).payload;
  };
  const ask = async (response_mode: string, more: Record<string, unknown> = {}) => {
    const parameters = new URLSearchParams(client.request({ response_mode, ...more })).toString();
    const page = await nurse.open(`${world.issuer}/oidc/auth?${parameters}`);
    const form = page.forms.find(({ action }) => action === client.redirectUri)?.fields;
    const given = form ?? Object.fromEntries(page.url.searchParams);
    expect(Object.keys(given).filter((name) => name !== '')).toEqual(['response']);
    return open(given['response'] ?? '', curve, { alg: 'ECDH-ES+A256KW', enc: 'A256GCM' });
  };

  it.each(['jwt', 'query.jwt', 'form_post.jwt'])(
    'JARM §2.2, §2.3: %s hides code and error alike',
    async (mode) => {
      expect(await ask(mode)).toMatchObject({ code: expect.any(String), state: 'the-state' });
      expect(await ask(mode, { prompt: 'none', max_age: 0 })).toMatchObject({
        error: 'login_required',
        state: 'the-state',
      });
    },
  );

  it('RFC 9701 §5: introspection', async () => {
    const { body } = await client.send('/oidc/token', {
      grant_type: 'authorization_code',
      code: String((await ask('jwt'))['code']),
      redirect_uri: client.redirectUri,
      code_verifier: VERIFIER,
    });
    const token = String(body['access_token']);
    const answer = await client.send('/oidc/introspection', { token }, { headers: { accept: JWT } });
    const claims = await open(String(answer.body['text']), rsa, { alg: 'RSA-OAEP-256', enc: 'A128GCM' });
    expect(claims['token_introspection']).toMatchObject({ active: true, client_id: client.clientId });
  });

  it('H1: what the header of a signed request leads to is neither fetched nor trusted', async () => {
    let asked = 0;
    const keys = createServer((_req, res) => {
      asked += 1;
      res.end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
    const stranger = await makeKey('ES256');
    const { d: _private, ...jwk } = stranger.jwk as { d?: string };
    const refused = async (request: string): Promise<void> => {
      const answer = await client.send('/oidc/par', { request });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request_object' } });
    };
    for (const header of leadingHeaders(elsewhere, jwk)) {
      await refused(await client.requestObject({}, header, stranger));
    }
    for (const header of [{ crit: ['exp'] }, { crit: ['b64'], b64: false }, { zip: 'DEF', crit: ['zip'] }]) {
      const [head = '', body = '', signature = ''] = (await client.requestObject()).split('.');
      const told = { ...(JSON.parse(atob(head)) as object), ...header };
      await refused([Buffer.from(JSON.stringify(told)).toString('base64url'), body, signature].join('.'));
    }
    expect(asked).toBe(0);
    keys.close();
  });
});
