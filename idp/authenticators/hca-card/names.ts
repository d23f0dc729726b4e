import { X509Certificate } from '#kit/x509.ts';
import type { Certificate } from 'pkijs';

/** A certificate in the other library's form, which names things as text. */
export function asX509(certificate: Certificate): X509Certificate {
  return new X509Certificate(certificate.toSchema().toBER(false));
}

/** The issuer's name as text (RFC 4514). */
export function issuerNameOf(certificate: Certificate): string {
  return asX509(certificate).issuer;
}
