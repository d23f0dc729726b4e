import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** How RFC 8705 §2.1.2 names what is compared. */
export type CertificateName = 'subject_dn' | 'san_dns' | 'san_uri' | 'san_ip' | 'san_email';

/** Whether the certificate has exactly this name; of alternative names any one. */
export function hasName(certificate: X509Certificate, kind: CertificateName, expected: string): boolean {
  if (kind === 'subject_dn') return isSubject(certificate, expected);
  const names = alternativeNames(certificate.subjectAltName ?? '');
  switch (kind) {
    case 'san_dns':
      return names.some(([type, name]) => type === 'DNS' && name.toLowerCase() === expected.toLowerCase());
    case 'san_uri':
      return names.some(([type, name]) => type === 'URI' && name === expected);
    case 'san_email':
      return names.some(([type, name]) => type === 'email' && name === expected);
    case 'san_ip':
      return names.some(([type, name]) => type === 'IP Address' && sameAddress(name, expected));
  }
}

/** A distinguished name as RFC 4514 writes it, last part of the certificate's first. */
function isSubject(certificate: X509Certificate, expected: string): boolean {
  const own = certificate.subject.split('\n').map(readPart);
  const wanted = expected.split(/(?<!\\),/).map((part) => readPart(part.trim()));
  return own.length === wanted.length && own.toReversed().every((part, at) => part === wanted[at]);
}

/** `CN=a\, b` → type without regard to case, value as it is. */
function readPart(part: string): string {
  const at = part.indexOf('=');
  const value = part
    .slice(at + 1)
    .replaceAll(/\\([0-9A-Fa-f]{2})|\\(.)/g, (_match, hex?: string, char?: string) => {
      return hex === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(hex, 16));
    });
  return `${part.slice(0, at).trim().toLowerCase()}=${value.trim()}`;
}

/** What OpenSSL prints: `DNS:a, URI:b`; a value with commas or quotes is a JSON text. */
function alternativeNames(text: string): [type: string, name: string][] {
  return [...text.matchAll(/([A-Za-z ]+?):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(
    ([, type = '', name = '']) => [type.trim(), name.startsWith('"') ? (JSON.parse(name) as string) : name],
  );
}

function sameAddress(one: string, other: string): boolean {
  return isIP(one) !== 0 && isIP(other) === isIP(one) && plain(one) === plain(other);
}

const plain = (address: string): string =>
  new URL(`http://${isIP(address) === 6 ? `[${address}]` : address}`).host;
