import { X509Certificate } from 'node:crypto';

const MOST_CHARACTERS = 12_000;
const PEM = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The certificate in a header that a proxy writes: PEM in percent encoding (nginx `$ssl_client_escaped_cert`), or
 * DER in base64 (HAProxy `ssl_c_der,base64`), also between colons (RFC 9440 §2.1).
 * @returns undefined for anything else, also for two at once
 */
export function readForwardedCertificate(value: string): X509Certificate | undefined {
  if (value.length > MOST_CHARACTERS) return undefined;
  try {
    const text = value.includes('%') ? decodeURIComponent(value) : value;
    if (PEM.test(text)) return new X509Certificate(text);
    const der = /^:(.+):$/.exec(text)?.[1] ?? text;
    return BASE64.test(der) ? new X509Certificate(Buffer.from(der, 'base64')) : undefined;
  } catch {
    return undefined;
  }
}
