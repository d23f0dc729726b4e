import { createHash } from 'node:crypto';
import { type JWK, exportJWK, exportPKCS8 } from 'jose';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '#kit/x509.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate that a client shows, in the forms in which proxies pass it on. */
export interface ClientCertificate {
  pem: string;
  /** nginx: `$ssl_client_escaped_cert`. */
  escaped: string;
  /** HAProxy: `ssl_c_der,base64`. */
  base64: string;
  thumbprint: string;
  /** Its private key. */
  keyPem: string;
  /** Its key as a client registers it. */
  jwk: JWK;
}

/** RFC 4514 §2.1 writes a name from its end. */
const asEncoded = (name: string): string =>
  name
    .split(/(?<!\\), /)
    .toReversed()
    .join(', ');

/** A self-signed certificate; @param name as RFC 4514 writes it */
export async function makeCertificate(
  name: string,
  names: { type: 'dns' | 'url' | 'ip' | 'email'; value: string }[] = [],
): Promise<ClientCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: asEncoded(name),
    keys,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2040-01-01'),
    signingAlgorithm: ALGORITHM,
    extensions: names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : [],
  });
  const keyPem = await exportPKCS8(keys.privateKey);
  const der = Buffer.from(certificate.rawData);
  const pem = certificate.toString('pem');
  const base64 = der.toString('base64');
  const thumbprint = createHash('sha256').update(der).digest('base64url');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: thumbprint.slice(0, 8), x5c: [base64] };
  return { pem, keyPem, escaped: encodeURIComponent(pem), base64, thumbprint, jwk };
}
