import { type Certificate, CertificateChainValidationEngine } from 'pkijs';
import { isUnderstood } from './certificate.ts';

/**
 * The way from a certificate to an anchor (RFC 5280, 6): holder first, anchor last; undefined when there is none. An
 * anchor is trusted by configuration: it may be any CA, and nothing above it is looked at.
 */
export async function buildPath(
  certificate: Certificate,
  others: Certificate[],
  anchors: Certificate[],
  now: Date,
): Promise<Certificate[] | undefined> {
  if (anchors.some((anchor) => isSame(anchor, certificate))) return undefined; // an anchor issues, it signs nothing
  const engine = new CertificateChainValidationEngine({
    trustedCerts: anchors,
    certs: [...others.filter((other) => !isSame(other, certificate)), certificate],
    checkDate: now,
  });
  try {
    const { result, certificatePath = [] } = await engine.verify();
    const below = certificatePath.slice(0, -1);
    const anchor = certificatePath.at(-1);
    const [holder] = below;
    // the engine drops certificates that come twice, and then may judge another one of the signer's choice
    if (!result || !anchor || !holder || !isSame(holder, certificate)) return undefined;
    if (!below.every(isUnderstood)) return undefined;
    return anchors.some((each) => isSame(each, anchor)) ? certificatePath : undefined;
  } catch {
    return undefined;
  }
}

function isSame(a: Certificate, b: Certificate): boolean {
  return Buffer.from(a.toSchema().toBER(false)).equals(Buffer.from(b.toSchema().toBER(false)));
}
