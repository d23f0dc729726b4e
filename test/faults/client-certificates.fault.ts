import { X509Certificate } from 'node:crypto';
import { exportJWK } from 'jose';
import { eventually } from '../support/eventually.ts';
import { fetchShowing } from '../support/fetch-showing.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { EXCHANGE } from '../support/relying-party.ts';
import { declareSigningClient, makeKey } from '../support/signing-client.ts';
import {
  type Certificates,
  type Proxy,
  makeCertificates,
  startHaproxyWithCertificates,
  startNginxWithCertificates,
} from './certificate-proxies.ts';

const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', EXCHANGE];

/* The lines of docs/operating/client-certificates.md, word for word, in Debian's HAProxy and nginx. */
describe('B15: a client’s certificate through a real proxy', () => {
  let world: IdpWorld;
  let made: Certificates;

  beforeAll(async () => {
    made = makeCertificates(
      { client: '/CN=client.ca.example', namesake: '/CN=other.ca.example' },
      { registered: '/CN=whatever', twin: '/CN=client.ca.example' },
    );
    world = await startIdpWorld({
      env: {
        IDP_TRUSTED_PROXY_HOPS: '1',
        IDP_CLIENT_CERTIFICATE_HEADER: 'x-client-cert',
        IDP_CLIENT_CERTIFICATE_VERIFIED_HEADER: 'x-client-verify',
        IDP_CLIENT_CERTIFICATE_PROXIES: '127.0.0.1',
        IDP_MTLS_ORIGIN: 'https://mtls.entry.example',
      },
    });
    const shown = new X509Certificate(made.pem('registered').cert);
    const jwk = { ...(await exportJWK(shown.publicKey)), kid: 'own', x5c: [shown.raw.toString('base64')] };
    const key = await makeKey('ES256');
    const [named, own] = [
      await declareSigningClient(world, 'tlsca', key, ({ client }) => {
        delete client['jwks'];
        Object.assign(client, {
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_subject_dn: 'CN=client.ca.example',
          require_pushed_authorization_requests: false,
          grant_types: GRANTS,
        });
      }),
      await declareSigningClient(world, 'tlsown', key, ({ client }) => {
        Object.assign(client, {
          token_endpoint_auth_method: 'self_signed_tls_client_auth',
          jwks: { keys: [jwk] },
          grant_types: GRANTS,
        });
      }),
    ];
    expect([named.answer, own.answer]).toMatchObject([{ code: 0 }, { code: 0 }]);
    clients = { named: named.client.clientId, own: own.client.clientId };
  });
  afterAll(async () => {
    await world.stop();
    made.remove();
  });

  let clients = { named: '', own: '' };
  const enter = async (
    origin: string,
    client: string,
    certificate?: string,
    headers: Record<string, string> = {},
  ): Promise<number> => {
    const { cert, key } = certificate === undefined ? {} : made.pem(certificate);
    const shown = cert && key ? { certificate: cert.toString(), key: key.toString() } : undefined;
    const send = fetchShowing(made.pem('tls').cert.toString(), shown);
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: client });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await send(`${origin}/oidc/token`, {
      method: 'POST',
      headers: { ...form, ...headers },
      body,
    });
    return answer.status;
  };

  it.each<[string, (folder: string, target: string) => Promise<Proxy>]>([
    ['HAProxy', startHaproxyWithCertificates],
    ['nginx', startNginxWithCertificates],
  ])('%s passes it on, and nobody’s header instead of it', async (_name, start) => {
    const proxy = await start(made.folder, world.replicaUrls[0] ?? '');
    try {
      const { named, own } = clients;
      await eventually(async () => expect(await enter(proxy.mtls, named, 'client')).toBe(200));
      await eventually(async () => expect(await enter(proxy.mtls, own, 'registered')).toBe(200));
      const refused: [string, number][] = [];
      for (const [client, certificate] of [
        [named, undefined],
        [named, 'namesake'],
        [named, 'twin'],
        [named, 'registered'],
        [own, undefined],
        [own, 'client'],
      ] as const) {
        refused.push([`${client} ${certificate}`, await enter(proxy.mtls, client, certificate)]);
      }
      const der = new X509Certificate(made.pem('client').cert).raw.toString('base64');
      for (const written of [der, encodeURIComponent(made.pem('client').cert.toString())]) {
        const forged = { 'x-client-cert': written, 'x-client-verify': written === der ? '0' : 'SUCCESS' };
        refused.push(['forged, for people', await enter(proxy.people, named, undefined, forged)]);
        refused.push(['forged, bare', await enter(proxy.mtls, named, undefined, forged)]);
        refused.push(['forged, beside another', await enter(proxy.mtls, named, 'twin', forged)]);
      }
      expect(refused.filter(([, status]) => status !== 401)).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });
});
