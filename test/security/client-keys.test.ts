import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { createClientKeysFetch } from '#idp/oidc/client-keys.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { applyVariant } from '../support/manifest-variant.ts';

const CLIENT_ID = 'published-app';
const resourceOf = (clientId: string): string => `https://${clientId}.example/api`;

describe('a client whose keys are published at its jwks_uri', () => {
  let world: IdpWorld;
  let own: CryptoKey;
  let strangers: CryptoKey;
  let keys: JWK[];
  let looks = 0;
  let status = 200;
  const site = createServer((_request, response) => {
    looks += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const pair = await generateKeyPair('ES256', { extractable: true });
    own = pair.privateKey;
    strangers = (await generateKeyPair('ES256')).privateKey;
    keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'first', use: 'sig', alg: 'ES256' }];
    world = await startIdpWorld();
    await declare(CLIENT_ID);
    await eventually(async () => expect((await present(own, 'first')).status).toBe(200));
  });
  afterAll(async () => {
    await world.stop();
    site.close();
  });

  const declare = async (clientId: string): Promise<void> => {
    const answer = await applyVariant(world, 'service', (manifest) => {
      Object.assign(manifest, { code: clientId.split('-')[0], suffix: clientId.slice(0, 3) });
      const uri = `http://localhost:${(site.address() as AddressInfo).port}/keys`;
      Object.assign(manifest.client, { client_id: clientId, jwks_uri: uri });
      manifest.client['token_endpoint_auth_method'] = 'private_key_jwt';
      const [resource] = manifest['resources'] as { identifier: string }[];
      if (resource) resource.identifier = resourceOf(clientId);
    });
    expect(answer).toMatchObject({ code: 0 });
  };
  const present = async (key: CryptoKey, kid: string, clientId = CLIENT_ID): Promise<Response> => {
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(world.issuer)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(key);
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', resource: resourceOf(clientId), scope: 'service:run' },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    return fetch(`${world.issuer}/oidc/token`, { method: 'POST', body });
  };
  const flood = (clientId = CLIENT_ID) =>
    Promise.all(Array.from({ length: 200 }, () => present(strangers, crypto.randomUUID(), clientId)));

  it('OpenID Connect Core §10.1.1: another key is found where it is published within a minute, and one taken back is gone', async () => {
    const clock = { seconds: 0 };
    const now = Date.now.bind(Date);
    Date.now = () => now() + clock.seconds * 1000;
    try {
      const client = { client_id: 'rotating', token_endpoint_auth_method: 'private_key_jwt' as const };
      const jwks_uri = `http://localhost:${(site.address() as AddressInfo).port}/keys`;
      const asking = { clock: () => new Date(), config: { privateNetworks: true } };
      const provider = new Provider('https://op.example', {
        fetch: createClientKeysFetch(asking as never),
        clients: [{ ...client, jwks_uri, redirect_uris: ['https://rp.example/cb'] }],
      });
      const found = await provider.Client.find('rotating');
      const store = found?.['asymmetricKeyStore'] as {
        refresh(): Promise<void>;
        [Symbol.iterator](): Iterator<JWK>;
      };
      const kidsAfter = async (seconds: number): Promise<unknown[]> => {
        clock.seconds += seconds;
        await store.refresh();
        return [...store].map(({ kid }) => kid);
      };
      const first = keys;
      expect(await kidsAfter(0)).toEqual(['first']);
      keys = [{ ...first[0], kty: 'EC', kid: 'second' }];
      expect(await kidsAfter(61)).toEqual(['second']);
      keys = first;
    } finally {
      Date.now = now;
    }
  });

  it('R23: a flood of assertions under unknown keys is refused without looking at the address again', async () => {
    const before = looks;
    const answers = await flood();
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([401]));
    expect(await answers[0]?.json()).toMatchObject({ error: 'invalid_client' });
    expect(looks - before).toBeLessThanOrEqual(1);
    expect((await present(own, 'first')).status).toBe(200);
  });

  it('R23: an address that answers nothing of use is asked three times in half a minute, whatever comes', async () => {
    status = 503;
    await declare('silent-app');
    await eventually(async () => {
      await present(own, 'first', 'silent-app');
      expect(looks).toBeGreaterThan(1);
    });
    for (let turn = 0; turn < 3; turn += 1) await present(own, 'first', 'silent-app');
    const before = looks;
    const answers = await flood('silent-app');
    expect(answers.filter((answer) => answer.status >= 500)).toEqual([]);
    expect(await answers[0]?.json()).toMatchObject({ error: 'invalid_client' });
    expect(looks - before).toBe(0);
    expect((await present(own, 'first')).status).toBe(200);
  });
});
