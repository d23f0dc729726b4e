import { type Certificate, CertificateRevocationList, IssuingDistributionPoint } from 'pkijs';
import { MINUTE, after } from '#kit/clock.ts';
import { hasKeyUsage, isStrong } from '../certificate.ts';
import { type Network, ask } from './ask.ts';
import { urisOf } from './places.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const SKEW_MS = 5 * MINUTE;
const CRL_SIGN = 6;
const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';

/** RFC 5280, 6.3: what the list says; undefined when there is none that can be relied on. */
export async function askList(
  network: Network,
  url: string,
  { certificate, issuer, now }: { certificate: Certificate; issuer: Certificate; now: Date },
): Promise<'good' | 'revoked' | undefined> {
  const bytes = await ask(network, url, MAX_BYTES);
  if (!bytes) return undefined;
  try {
    const list = CertificateRevocationList.fromBER(bytes);
    const isCurrent =
      list.nextUpdate !== undefined &&
      list.thisUpdate.value <= after(now, SKEW_MS) &&
      now <= after(list.nextUpdate.value, SKEW_MS);
    if (!isCurrent || !isWhole(list, url) || hasKeyUsage(issuer, CRL_SIGN) === false) return undefined;
    if (!isStrong(list.signatureAlgorithm) || !(await list.verify({ issuerCertificate: issuer })))
      return undefined;
    return list.isCertificateRevoked(certificate) ? 'revoked' : 'good';
  } catch {
    return undefined;
  }
}

/** Whether it lists all that its place promises: no difference to another list, no part of the reasons, no others'. */
function isWhole({ crlExtensions, revokedCertificates }: CertificateRevocationList, url: string): boolean {
  const critical = crlExtensions?.extensions.filter((extension) => extension.critical) ?? [];
  const entries = revokedCertificates?.flatMap((entry) => entry.crlEntryExtensions?.extensions ?? []) ?? [];
  if (entries.some((extension) => extension.critical)) return false;
  return critical.every(({ extnID, parsedValue }) => {
    if (extnID !== ISSUING_DISTRIBUTION_POINT || !(parsedValue instanceof IssuingDistributionPoint))
      return false;
    const { distributionPoint, indirectCRL, onlyContainsAttributeCerts, onlySomeReasons } = parsedValue;
    const isPart = indirectCRL || onlyContainsAttributeCerts || onlySomeReasons !== undefined;
    return !isPart && (distributionPoint === undefined || urisOf(distributionPoint).includes(url));
  });
}
