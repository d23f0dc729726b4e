import { ObjectIdentifier } from 'asn1js';
import {
  type AlgorithmIdentifier,
  type Attribute,
  BasicConstraints,
  Certificate,
  SubjectDirectoryAttributes,
} from 'pkijs';
import { SUBJECT_TYPE, kindOf } from './policy.ts';
import type { CardKind } from './types.ts';

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_DIRECTORY_ATTRIBUTES = '2.5.29.9';
/** Critical extensions that are looked at here or by the path engine; any other one is a refusal (RFC 5280, 4.2). */
const UNDERSTOOD = new Set([
  KEY_USAGE,
  BASIC_CONSTRAINTS,
  '2.5.29.30',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
]);
/** SHA-256, -384 and -512 with RSA or ECDSA: SHA-1, as on the first generation's cards, proves nothing any more. */
const STRONG = /^1\.2\.840\.113549\.1\.1\.(10|11|12|13)$|^1\.2\.840\.10045\.4\.3\.[234]$/;

/** One certificate of DER bytes. @returns undefined when it is none, or has anything behind it */
export function readCertificate(der: Buffer): Certificate | undefined {
  try {
    const certificate = Certificate.fromBER(new Uint8Array(der));
    return der.equals(Buffer.from(certificate.toSchema().toBER(false))) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Whether nothing about it demands more than is understood here. */
export function isUnderstood(certificate: Certificate): boolean {
  const unknown = certificate.extensions?.some(({ critical, extnID }) => critical && !UNDERSTOOD.has(extnID));
  return unknown !== true && isStrong(certificate.signatureAlgorithm);
}

export function isStrong({ algorithmId }: AlgorithmIdentifier): boolean {
  return STRONG.test(algorithmId);
}

/** Whether its key is one for signing, of somebody who issues no certificates. */
export function isForSigning(certificate: Certificate): boolean {
  const constraints = parsed(certificate, BASIC_CONSTRAINTS);
  if (constraints instanceof BasicConstraints && constraints.cA) return false;
  return hasKeyUsage(certificate, 0) === true;
}

/** A bit of the key usage (RFC 5280, 4.2.1.3); undefined when the certificate does not restrict it. */
export function hasKeyUsage(certificate: Certificate, bit: number): boolean | undefined {
  const usage = parsed(certificate, KEY_USAGE) as { valueBlock: { valueHexView: Uint8Array } } | undefined;
  return usage && ((usage.valueBlock.valueHexView[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

export function isWithinValidity({ notBefore, notAfter }: Certificate, now: Date): boolean {
  return notBefore.value <= now && now <= notAfter.value;
}

/** Serial as lower-case hexadecimal without leading zeros: one spelling for one number. */
export function serialOf({ serialNumber }: Certificate): string {
  const hex = Buffer.from(serialNumber.valueBlock.valueHexView).toString('hex');
  return hex.replace(/^(00)+(?=.)/, '');
}

/** All that the certificate says about its holder, by `subject:<oid>` and `sda:<oid>`. */
export function holderOf(certificate: Certificate): {
  kind: CardKind | undefined;
  commonName: string;
  values: Map<string, string[]>;
} {
  const values = new Map<string, string[]>();
  const add = (key: string, value: unknown): void => {
    if (typeof value === 'string') values.set(key, [...(values.get(key) ?? []), value]);
  };
  for (const { type, value } of certificate.subject.typesAndValues) add(`subject:${type}`, value.getValue());
  const directory = parsed(certificate, SUBJECT_DIRECTORY_ATTRIBUTES);
  if (directory instanceof SubjectDirectoryAttributes) {
    for (const attribute of directory.attributes) {
      for (const value of textsOf(attribute)) add(`sda:${attribute.type}`, value);
    }
  }
  const [commonName = ''] = values.get('subject:2.5.4.3') ?? [];
  return {
    kind: kindOf(values.get(`sda:${SUBJECT_TYPE}`) ?? []),
    commonName: commonName.normalize('NFC'),
    values,
  };
}

/** An attribute's values that are names or texts. */
export function textsOf({ values }: Attribute): string[] {
  return (values as unknown[]).flatMap((value) => {
    if (value instanceof ObjectIdentifier) return [value.getValue()];
    const text = (value as { getValue?: () => unknown }).getValue?.();
    return typeof text === 'string' ? [text] : [];
  });
}

function parsed(certificate: Certificate, oid: string): unknown {
  const found = certificate.extensions?.filter(({ extnID }) => extnID === oid) ?? [];
  return found.length === 1 ? found[0]?.parsedValue : undefined;
}
