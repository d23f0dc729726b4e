import { type CryptoKeyPair, randomDPoPKeyPair } from 'openid-client';
import { type ProofOptions, makeProof } from '../support/dpop-proof.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { rawRequest } from '../support/raw-http.ts';
import { post } from '../support/relying-party.ts';

const PATH = '/api/v1/unit-register';
const now = (): number => Math.floor(Date.now() / 1000);
const TEN = Array.from({ length: 10 });

describe('the directory API and a token bound to a key', () => {
  let world: IdpWorld;
  let pair: CryptoKeyPair;
  let free: string;
  let bound: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    pair = await randomDPoPKeyPair();
    const proof = await makeProof(pair, 'POST', `${world.issuer}/oidc/token`);
    [free, bound] = [await newToken({}, 'Bearer'), await newToken({ dpop: proof }, 'DPoP')];
  });
  afterAll(() => world.stop());

  async function newToken(headers: Record<string, string>, type: string): Promise<string> {
    const resource = `${world.issuer}/api/v1`;
    const asked = { grant_type: 'client_credentials', resource, scope: 'unit_register:read' };
    const { body } = await post(world, '/oidc/token', asked, { clientId: 'service-app', headers });
    expect(body['token_type']).toBe(type);
    return String(body['access_token']);
  }

  const prove = (options: ProofOptions = {}, method = 'GET', url = world.issuer + PATH) =>
    makeProof(pair, method, url, { accessToken: bound, ...options });
  const show = async (dpop?: string, authorization = `DPoP ${bound}`, base = world.issuer) => {
    const headers = { authorization, ...(dpop !== undefined && { dpop }) };
    const answer = await rawRequest(base, 'GET', PATH, { headers });
    const { 'www-authenticate': challenge, 'dpop-nonce': nonce } = answer.headers;
    return { status: answer.status, challenge, nonce: nonce as string | undefined };
  };

  it('RFC 9449 §7.1: lets in who proves to hold the key', async () => {
    expect((await show(await prove())).status).toBe(200);
    expect((await show(await prove({}, 'GET', `${world.issuer}${PATH}?a=b#c`))).status).toBe(200);
  });

  it.each<[string, () => Promise<string | undefined>, string?]>([
    ['no proof', async () => undefined],
    ['what is none', async () => 'x'],
    ['two proofs', async () => `${await prove()}, ${await prove()}`],
    ['one for another method', () => prove({}, 'POST')],
    ['one for another address', () => prove({}, 'GET', `${world.issuer}/api/v1/accounts`)],
    ['one for another host', () => prove({}, 'GET', `http://evil.test${PATH}`)],
    ['one for another token', () => prove({ accessToken: free })],
    ['one for no token', () => prove({ claims: { ath: undefined } })],
    ['one without a name', () => prove({ claims: { jti: undefined } })],
    ['one without a date', () => prove({ claims: { iat: undefined } })],
    ['one of another type', () => prove({ header: { typ: 'JWT' } })],
    ['one that another key signed', async () => prove({ signer: (await randomDPoPKeyPair()).privateKey })],
    ['one from before, without a nonce', () => prove({ claims: { iat: now() - 400 } }), 'use_dpop_nonce'],
    ['one from ahead, without a nonce', () => prove({ claims: { iat: now() + 400 } }), 'use_dpop_nonce'],
    ['one with a nonce of nobody', () => prove({ claims: { nonce: 'x'.repeat(43) } }), 'use_dpop_nonce'],
  ])('RFC 9449 §4.3, §7.1: refuses %s', async (_what, make, error = 'invalid_dpop_proof') => {
    const { status, challenge, nonce } = await show(await make());
    expect([status, challenge]).toEqual([401, `DPoP error="${error}", algs="ES256 EdDSA PS256"`]);
    expect(nonce === undefined).toBe(error !== 'use_dpop_nonce');
  });

  it('RFC 9449 §7.1, §7.2: refuses another key, the token as a bearer, and a bearer as bound', async () => {
    const stranger = await randomDPoPKeyPair();
    const url = world.issuer + PATH;
    const by = await makeProof(stranger, 'GET', url, { accessToken: bound });
    const bare = await makeProof(pair, 'GET', url, { accessToken: free });
    for (const answer of [
      await show(by),
      await show(await prove(), `Bearer ${bound}`),
      await show(bare, `DPoP ${free}`),
    ]) {
      expect([answer.status, answer.challenge]).toEqual([401, expect.stringContaining('invalid_token')]);
    }
  });

  it('RFC 9449 §9: takes the nonce it gave, at any replica, whatever the client’s clock says', async () => {
    const late = { iat: now() - 4000 };
    const { nonce } = await show(await prove({ claims: late }));
    const told = await prove({ claims: { ...late, nonce } });
    expect((await show(told, undefined, world.replicaUrls[1])).status).toBe(200);
  });

  it('RFC 9449 §11.1: takes a proof once, of ten at two replicas', async () => {
    const dpop = await prove();
    const answers = await Promise.all(TEN.map((_, at) => show(dpop, undefined, world.replicaUrls[at % 2])));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, ...TEN.slice(1).map(() => 401)]);
  });
});
