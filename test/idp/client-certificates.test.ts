import { X509Certificate } from 'node:crypto';
import { readConfig } from '#idp/config.ts';
import { certificatelessFaults } from '#idp/subsystems/client-rules.ts';
import { readForwardedCertificate } from '#kit/certificates/forwarded.ts';
import { type CertificateName, hasName } from '#kit/certificates/names.ts';
import { createNeighbours } from '#kit/http/neighbours.ts';
import { makeCertificate } from '../support/client-certificate.ts';

const ALIAS = 'https://mtls.entry.example';

describe('what a proxy passes on', () => {
  it('is read as nginx and HAProxy write it, and not otherwise', async () => {
    const { pem, escaped, base64 } = await makeCertificate('CN=a');
    const { fingerprint256 } = new X509Certificate(pem);
    for (const good of [escaped, base64, `:${base64}:`]) {
      expect(readForwardedCertificate(good)?.fingerprint256).toBe(fingerprint256);
    }
    const bad = [
      '',
      '%',
      '%zz',
      `${base64}, ${base64}`,
      `${escaped}${escaped}`,
      base64.slice(8),
      'A'.repeat(20_000),
    ];
    for (const value of bad) expect([value, readForwardedCertificate(value)]).toEqual([value, undefined]);
  });

  it('has the names RFC 8705 §2.1.2 speaks of, each compared as what it is', async () => {
    const { pem } = await makeCertificate('CN=client+OU=unit, O=A\\, B, C=TW', [
      { type: 'dns', value: 'client.example' },
      { type: 'url', value: 'https://client.example/Id' },
      { type: 'ip', value: '10.1.2.3' },
      { type: 'email', value: 'Ops@client.example' },
    ]);
    const certificate = new X509Certificate(pem);
    const plain = new X509Certificate((await makeCertificate('CN=client, O=A\\, B, C=TW')).pem);
    const rows: [X509Certificate, CertificateName, string, boolean][] = [
      [plain, 'subject_dn', 'CN=client, O=A\\, B, C=TW', true],
      [plain, 'subject_dn', 'cn=client,o=A\\2c B,c=TW', true],
      [plain, 'subject_dn', 'C=TW, O=A\\, B, CN=client', false],
      [plain, 'subject_dn', 'CN=client, O=A\\, B', false],
      [plain, 'subject_dn', 'CN=Client, O=A\\, B, C=TW', false],
      [plain, 'subject_dn', 'CN=client, O=A, O=B, C=TW', false],
      [plain, 'subject_dn', '', false],
      [plain, 'san_dns', 'client', false],
      [certificate, 'san_dns', 'CLIENT.example', true],
      [certificate, 'san_dns', 'evil.client.example', false],
      [certificate, 'san_uri', 'https://client.example/Id', true],
      [certificate, 'san_uri', 'https://client.example/id', false],
      [certificate, 'san_ip', '10.1.2.3', true],
      [certificate, 'san_ip', '10.1.2.30', false],
      [certificate, 'san_email', 'Ops@client.example', true],
      [certificate, 'san_email', 'client.example', false],
    ];
    for (const [of, kind, expected, has] of rows) {
      expect([kind, expected, hasName(of, kind, expected)]).toEqual([kind, expected, has]);
    }
  });

  it('counts from our neighbours alone, IPv4 within IPv6 too', () => {
    const neighbours = createNeighbours(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
    const has = (remoteAddress: string) => neighbours.has({ socket: { remoteAddress } as never });
    expect(
      ['10.1.2.3', '::ffff:10.9.9.9', '192.0.2.7', '2001:db8::1'].filter((address) => !has(address)),
    ).toEqual([]);
    expect(['11.0.0.1', '192.0.2.8', '2001:db9::1', '::ffff:11.0.0.1', '', 'x'].filter(has)).toEqual([]);
    for (const bad of ['x', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1']) {
      expect(() => createNeighbours([bad])).toThrow();
    }
  });

  it('cannot be set up half, nor asked for where it does not come', () => {
    const needed = { IDP_DATABASE_URL: 'postgres://', IDP_MASTER_KEYS: Buffer.alloc(32).toString('base64') };
    const read = (env: NodeJS.ProcessEnv) => () => readConfig({ ...needed, ...env });
    const header = { IDP_CLIENT_CERTIFICATE_HEADER: 'x-client-cert' };
    expect(read(header)).toThrow('IDP_CLIENT_CERTIFICATE_PROXIES');
    expect(read({ ...header, IDP_CLIENT_CERTIFICATE_PROXIES: 'somewhere' })).toThrow('no address');
    expect(read({ IDP_MTLS_ORIGIN: ALIAS })).toThrow('IDP_MTLS_ORIGIN');
    const client = (method: string, bound = false) =>
      ({ token_endpoint_auth_method: method, tls_client_certificate_bound_access_tokens: bound }) as never;
    const keys = (method: string, can?: { verifiedHeader: string | undefined }, bound = false) =>
      certificatelessFaults(client(method, bound), can).map(({ key }) => key);
    expect(keys('tls_client_auth')).toEqual(['no_certificates_here']);
    expect(keys('tls_client_auth', { verifiedHeader: undefined })).toEqual(['no_certificates_here']);
    expect(keys('private_key_jwt', undefined, true)).toEqual(['no_certificates_here']);
    expect(keys('self_signed_tls_client_auth', { verifiedHeader: undefined })).toEqual([]);
    expect(keys('private_key_jwt')).toEqual([]);
  });
});
