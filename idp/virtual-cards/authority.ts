import type { webcrypto } from 'node:crypto';
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '#kit/x509.ts';
import { ObjectIdentifier, PrintableString, Sequence, Set as Asn1Set } from 'asn1js';

/** RSA with SHA-256, as the cards of the second generation have it. */
export const CARD_ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** Somebody who issues certificates. */
export interface Authority {
  certificate: X509Certificate;
  keys: webcrypto.CryptoKeyPair;
}

export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

export interface CardRequest extends Validity {
  /** Hexadecimal. */
  serialNumber: string;
  subject: JsonName;
  publicKey: webcrypto.CryptoKey;
  /** subjectDirectoryAttributes: texts, or object identifiers where they look like one. */
  attributes: [oid: string, value: string][];
  keyUsage?: KeyUsageFlags;
  ocspUrl?: string;
  crlUrl?: string;
  extensions?: Extension[];
}

export function newKeys(modulusLength = CARD_ALGORITHM.modulusLength): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey({ ...CARD_ALGORITHM, modulusLength }, true, ['sign', 'verify']);
}

/** A CA; without a parent it certifies itself. */
export async function createAuthority(
  request: Validity & {
    subject: JsonName;
    keys: webcrypto.CryptoKeyPair;
    parent?: Authority;
    crlUrl?: string;
    serialNumber?: string;
  },
): Promise<Authority> {
  const { subject, keys, parent, crlUrl, serialNumber = '01', notBefore, notAfter } = request;
  const usage = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
  const certificate = await X509CertificateGenerator.create({
    serialNumber,
    subject,
    issuer: parent ? parent.certificate.subjectName.toJSON() : subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: (parent ?? { keys }).keys.privateKey,
    signingAlgorithm: CARD_ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(usage, true),
      ...(crlUrl === undefined ? [] : [new CRLDistributionPointsExtension([crlUrl])]),
    ],
  });
  return { certificate, keys };
}

/** A card's certificate, shaped like those of the health care PKI. */
export function issueCard(authority: Authority, request: CardRequest): Promise<X509Certificate> {
  const { ocspUrl, crlUrl, attributes, extensions = [] } = request;
  return X509CertificateGenerator.create({
    serialNumber: request.serialNumber,
    subject: request.subject,
    issuer: authority.certificate.subjectName.toJSON(),
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey: request.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: CARD_ALGORITHM,
    extensions: [
      new KeyUsagesExtension(request.keyUsage ?? KeyUsageFlags.digitalSignature, true),
      ...(attributes.length > 0 ? [directoryAttributes(attributes)] : []),
      ...(!ocspUrl ? [] : [new AuthorityInfoAccessExtension({ ocsp: [ocspUrl] })]),
      ...(!crlUrl ? [] : [new CRLDistributionPointsExtension([crlUrl])]),
      ...extensions,
    ],
  });
}

function directoryAttributes(attributes: [oid: string, value: string][]): Extension {
  const value = attributes.map(([oid, text]) => {
    const isName = /^[0-2](\.\d+){3,}$/.test(text);
    const part = isName ? new ObjectIdentifier({ value: text }) : new PrintableString({ value: text });
    return new Sequence({
      value: [new ObjectIdentifier({ value: oid }), new Asn1Set({ value: [part] })],
    });
  });
  return new Extension('2.5.29.9', false, new Sequence({ value }).toBER(false));
}
