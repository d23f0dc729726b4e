import { createPublicKey, verify } from 'node:crypto';
import { Certificate, ContentInfo, SignedData } from 'pkijs';
import { CARD_NUMBER } from './policy.ts';
import { readCertificate, textsOf } from './certificate.ts';
import type { CardAnswer, Signed } from './types.ts';

/** A certificate has 1–3 kB, a CMS message with its whole chain less than twenty. */
const MAX_BYTES = 24 * 1024;
const MAX_CERTIFICATES = 8;
const MIN_RSA_BITS = 2048;
const SIGNED_DATA = '1.2.840.113549.1.7.2';
/** SHA-256, SHA-384, SHA-512. */
const STRONG_DIGEST = /^2\.16\.840\.1\.101\.3\.4\.2\.[123]$/;

/** Who signed `message` in this answer; undefined when nobody did. */
export async function readSigned(answer: CardAnswer, message: Buffer): Promise<Signed | undefined> {
  try {
    if (answer.cms !== '') return await readCms(decode(answer.cms), message);
    return readPlain(decode(answer.certificate), decode(answer.signature), message);
  } catch {
    return undefined; // the libraries say no by throwing
  }
}

function decode(base64: string): Buffer {
  if (base64.length > (MAX_BYTES * 4) / 3) throw new Error('too large');
  const text = base64.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new Error('not base64');
  return Buffer.from(text, 'base64');
}

/** PKCS#1 v1.5 with SHA-256, as the card component makes it. */
function readPlain(der: Buffer, signature: Buffer, message: Buffer): Signed | undefined {
  const certificate = readCertificate(der);
  if (!certificate || !isStrongKey(certificate)) return undefined;
  const isRight = verify('sha256', message, publicKeyOf(certificate), signature);
  return isRight ? { certificate, others: [], cardNo: undefined } : undefined;
}

/** RFC 5652 with one signer, over exactly this message, within or detached. */
async function readCms(der: Buffer, message: Buffer): Promise<Signed | undefined> {
  const content = ContentInfo.fromBER(der);
  if (content.contentType !== SIGNED_DATA) return undefined;
  const signed = new SignedData({ schema: content.content as unknown });
  const [signer, second] = signed.signerInfos;
  if (!signer || second || !STRONG_DIGEST.test(signer.digestAlgorithm.algorithmId)) return undefined;
  const inside = signed.encapContentInfo.eContent?.getValue();
  if (inside && !message.equals(Buffer.from(inside))) return undefined;
  const certificates = (signed.certificates ?? []).filter((each) => each instanceof Certificate);
  if (certificates.length > MAX_CERTIFICATES) return undefined;
  const outcome = await signed.verify({ signer: 0, data: toArrayBuffer(message), extendedMode: true });
  const certificate = outcome.signerCertificate;
  if (outcome.signatureVerified !== true || !certificate || !isStrongKey(certificate)) return undefined;
  const numbers = signer.signedAttrs?.attributes.filter(({ type }) => type === CARD_NUMBER).flatMap(textsOf);
  return {
    certificate,
    others: certificates.filter((each) => each !== certificate),
    cardNo: numbers?.[0]?.slice(0, 64),
  };
}

function isStrongKey(certificate: Certificate): boolean {
  const key = publicKeyOf(certificate);
  if (key.asymmetricKeyType === 'rsa') return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
  return key.asymmetricKeyType === 'ec';
}

function publicKeyOf({ subjectPublicKeyInfo }: Certificate) {
  const key = Buffer.from(subjectPublicKeyInfo.toSchema().toBER(false));
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
