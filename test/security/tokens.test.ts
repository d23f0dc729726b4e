import { decodeJwt, exportJWK } from 'jose';
import * as oidc from 'openid-client';
import { type ProofOptions, makeProof } from '../support/dpop-proof.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { rawRequest } from '../support/raw-http.ts';
import {
  ACCESS_TOKEN,
  EXCHANGE,
  type RelyingParty,
  browserOf,
  createRelyingParty,
  post,
} from '../support/relying-party.ts';

const JWT_RESOURCE = 'https://lab.example/api';
const OPAQUE_RESOURCE = 'https://lab.example/opaque';
const NURSE = { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' };

type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

describe('a token in the wrong hands', () => {
  let world: IdpWorld;
  let lab: RelyingParty;
  let tokens: Tokens;
  let forApi: string;
  let forOpaque: string;

  beforeAll(async () => {
    world = await startIdpWorld();
    lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const scope = 'openid profile subsystem_account lab:read';
    tokens = await lab.redeem(
      await lab.authorize(browserOf(world), { scope, resource: JWT_RESOURCE }, NURSE),
    );
    forApi = (await refresh(JWT_RESOURCE)).access_token;
    const other = await lab.redeem(
      await lab.authorize(browserOf(world), { scope: 'openid lab:opaque', resource: OPAQUE_RESOURCE }, NURSE),
    );
    const opaque = { resource: OPAQUE_RESOURCE };
    forOpaque = (await oidc.refreshTokenGrant(lab.config, other.refresh_token ?? '', opaque)).access_token;
  });
  afterAll(() => world.stop());

  const refresh = (resource?: string) =>
    oidc.refreshTokenGrant(
      lab.config,
      tokens.refresh_token ?? '',
      resource === undefined ? {} : { resource },
    );
  const userinfo = (token: string, scheme = 'Bearer', more: Record<string, string> = {}) =>
    rawRequest(world.issuer, 'GET', '/oidc/userinfo', {
      headers: { authorization: `${scheme} ${token}`, ...more },
    });

  it('says nothing to a client it was not issued to', async () => {
    const all = [tokens.access_token, tokens.refresh_token ?? '', forApi, forOpaque, tokens.id_token ?? ''];
    for (const token of all) {
      for (const clientId of ['mch-app', 'service-app', 'cancer-screening']) {
        for (const hint of [{}, { token_type_hint: 'access_token' }, { token_type_hint: 'refresh_token' }]) {
          const answer = await post(world, '/oidc/introspection', { token, ...hint }, { clientId });
          // the provider introspects no JWT, whoever asks
          if (token.includes('.')) expect(answer.body['error']).toBe('unsupported_token_type');
          else expect(answer.body).toEqual({ active: false });
        }
      }
      const open = await post(world, '/oidc/introspection', { token, client_id: 'spa-app' });
      expect(open.body).not.toMatchObject({ active: true });
    }
    const own = await post(world, '/oidc/introspection', { token: forOpaque }, { clientId: 'lab-app' });
    expect(own.body).toMatchObject({ active: true, aud: OPAQUE_RESOURCE });
  });

  it('is not revoked by another client; a JWT by nobody', async () => {
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      for (const clientId of ['mch-app', 'service-app']) {
        await post(world, '/oidc/revocation', { token }, { clientId });
      }
      await post(world, '/oidc/revocation', { token, client_id: 'spa-app' });
      const answer = await oidc.tokenIntrospection(lab.config, token);
      expect(answer).toMatchObject({ active: true });
    }
    const jwt = await post(world, '/oidc/revocation', { token: forApi }, { clientId: 'lab-app' });
    expect(jwt).toMatchObject({ status: 400, body: { error: 'unsupported_token_type' } });
  });

  it('for one audience is no good at another', async () => {
    expect((await userinfo(tokens.access_token)).status).toBe(200);
    for (const token of [forApi, forOpaque, tokens.refresh_token ?? '', tokens.id_token ?? '', '', 'x']) {
      expect((await userinfo(token)).status).toBeGreaterThanOrEqual(400);
      expect((await userinfo(token)).status).toBeLessThan(500);
    }
    const inAddress = `/oidc/userinfo?access_token=${tokens.access_token}`;
    expect((await rawRequest(world.issuer, 'GET', inAddress)).status).toBe(400);
    expect((await oidc.tokenIntrospection(lab.config, tokens.access_token))['aud']).toBeUndefined();
  });

  it('is not refreshed by another client, nor a code redeemed by one', async () => {
    const answer = await post(
      world,
      '/oidc/token',
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
      { clientId: 'mch-app' },
    );
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const at = await lab.authorize(browserOf(world), {}, NURSE);
    const stolen = await post(
      world,
      '/oidc/token',
      {
        grant_type: 'authorization_code',
        code: at.callback.searchParams.get('code') ?? '',
        redirect_uri: lab.redirectUri,
        code_verifier: at.verifier,
      },
      { clientId: 'mch-app' },
    );
    expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  describe('bound to a key', () => {
    let key: oidc.CryptoKeyPair;
    let thief: oidc.CryptoKeyPair;
    let bound: Tokens;

    beforeAll(async () => {
      key = await oidc.randomDPoPKeyPair('ES256', { extractable: true });
      thief = await oidc.randomDPoPKeyPair('ES256');
      const plain = await createRelyingParty(world, 'bound-app', { authentication: oidc.None() });
      const dpop = oidc.getDPoPHandle(plain.config, key);
      const rp = await createRelyingParty(world, 'bound-app', { authentication: oidc.None(), dpop });
      const sign = { loginName: 'demo.nurse', account: 'P@00000001P@bnd_01' };
      bound = await rp.redeem(await rp.authorize(browserOf(world), {}, sign));
      expect(bound.token_type).toBe('dpop');
    });

    const ten = 600;
    const now = (): number => Math.floor(Date.now() / 1000);
    const wrong: [string, () => Promise<ProofOptions> | ProofOptions][] = [
      ['another method', () => ({ claims: { htm: 'PUT' } })],
      ['another address', () => ({ claims: { htu: 'https://evil.test/oidc/token' } })],
      ['no address', () => ({ claims: { htu: undefined } })],
      ['an address that is no text', () => ({ claims: { htu: { a: 1 } } })],
      ['an old date', () => ({ claims: { iat: now() - ten } })],
      ['a date to come', () => ({ claims: { iat: now() + ten } })],
      ['no date', () => ({ claims: { iat: undefined } })],
      ['no jti', () => ({ claims: { jti: undefined } })],
      ['another type', () => ({ header: { typ: 'JWT' } })],
      ['the private key in it', async () => ({ header: { jwk: await exportJWK(key.privateKey) } })],
      ['a signature of another key', () => ({ signer: thief.privateKey })],
      ['a key it does not belong to', async () => ({ header: { jwk: await exportJWK(thief.publicKey) } })],
    ];

    it.each(wrong)('is not refreshed, exchanged or used with a proof with %s', async (_what, options) => {
      const given = await options();
      const token = `${world.issuer}/oidc/token`;
      for (const parameters of [refreshing(), exchanging()]) {
        const answer = await send(parameters, await makeProof(key, 'POST', token, given));
        expect(answer).toMatchObject({ status: 400 });
        expect(answer.body['error']).toMatch(
          /^(invalid_dpop_proof|use_dpop_nonce|invalid_request|invalid_grant)$/,
        );
      }
      const url = `${world.issuer}/oidc/userinfo`;
      const proof = await makeProof(key, 'GET', url, { ...given, accessToken: bound.access_token });
      const used = await userinfo(bound.access_token, 'DPoP', { dpop: proof });
      expect(used.status).toBe(401);
    });

    it('is not used without a proof, as a bearer, for another token, by another key, or twice', async () => {
      const { access_token: token } = bound;
      const url = `${world.issuer}/oidc/userinfo`;
      const right = await makeProof(key, 'GET', url, { accessToken: token });
      const attempts: [string, Record<string, string>][] = [
        ['DPoP', {}],
        ['Bearer', {}],
        ['Bearer', { dpop: right }],
        ['DPoP', { dpop: await makeProof(key, 'GET', url) }],
        ['DPoP', { dpop: await makeProof(key, 'GET', url, { accessToken: 'another' }) }],
        ['DPoP', { dpop: await makeProof(thief, 'GET', url, { accessToken: token }) }],
        ['DPoP', { dpop: `${right}, ${right}` }],
      ];
      for (const [scheme, headers] of attempts) {
        const { status } = await userinfo(token, scheme, headers);
        expect([scheme, [400, 401].includes(status)]).toEqual([scheme, true]);
      }
      const fresh = await makeProof(key, 'GET', url, { accessToken: token });
      const together = await Promise.all(
        Array.from({ length: 20 }, () => userinfo(token, 'DPoP', { dpop: fresh })),
      );
      expect(together.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('stays bound: not refreshed or exchanged without it, and what comes is bound to the same key', async () => {
      const url = `${world.issuer}/oidc/token`;
      for (const parameters of [refreshing(), exchanging()]) {
        expect((await send(parameters)).status).toBe(400);
        expect((await send(parameters, await makeProof(thief, 'POST', url))).status).toBe(400);
      }
      const refreshed = await send(refreshing(), await makeProof(key, 'POST', url));
      expect(refreshed).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
      const subject = String(refreshed.body['access_token']);
      const exchanged = await send(exchanging(subject), await makeProof(key, 'POST', url));
      expect(exchanged).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
      expect(decodeJwt(String(exchanged.body['id_token']))['subsystem_account']).toMatchObject({
        id: 'P@00000001P@bnd_02',
      });
      const token = String(exchanged.body['access_token']);
      expect((await userinfo(token)).status).toBe(401);
      const again = { ...refreshing(), refresh_token: String(exchanged.body['refresh_token']) };
      expect((await send(again)).status).toBe(400);
      expect((await send(again, await makeProof(thief, 'POST', url))).status).toBe(400);
      expect((await send(again, await makeProof(key, 'POST', url))).status).toBe(200);
    });

    const refreshing = () => ({ grant_type: 'refresh_token', refresh_token: bound.refresh_token ?? '' });
    const exchanging = (subjectToken = bound.access_token) => ({
      grant_type: EXCHANGE,
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN,
      account: 'P@00000001P@bnd_02',
    });
    const send = (parameters: Record<string, string>, dpop?: string) =>
      post(
        world,
        '/oidc/token',
        { ...parameters, client_id: 'bound-app' },
        { ...(dpop !== undefined && { headers: { dpop } }) },
      );
  });
});
