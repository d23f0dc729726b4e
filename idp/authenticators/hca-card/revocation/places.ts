import { type Certificate, CRLDistributionPoints, GeneralName, InfoAccess } from 'pkijs';

const AUTHORITY_INFO_ACCESS = '1.3.6.1.5.5.7.1.1';
const CRL_DISTRIBUTION_POINTS = '2.5.29.31';
const OCSP = '1.3.6.1.5.5.7.48.1';
const URI = 6;
/** Nobody names more; a certificate made to keep us busy might. */
const MOST = 2;

/** Where a certificate says its revocation can be asked for. */
export function placesOf(certificate: Certificate): { ocsp: string[]; crl: string[] } {
  const ocsp: string[] = [];
  const crl: string[] = [];
  for (const { extnID, parsedValue } of certificate.extensions ?? []) {
    if (extnID === AUTHORITY_INFO_ACCESS && parsedValue instanceof InfoAccess) {
      const methods = parsedValue.accessDescriptions.filter(({ accessMethod }) => accessMethod === OCSP);
      ocsp.push(...methods.flatMap(({ accessLocation }) => urisOf([accessLocation])));
    }
    if (extnID === CRL_DISTRIBUTION_POINTS && parsedValue instanceof CRLDistributionPoints) {
      crl.push(
        ...parsedValue.distributionPoints.flatMap(({ distributionPoint }) => urisOf(distributionPoint)),
      );
    }
  }
  return { ocsp: ocsp.slice(0, MOST), crl: crl.slice(0, MOST) };
}

/** The addresses among general names. */
export function urisOf(names: unknown): string[] {
  if (!Array.isArray(names)) return [];
  return names.flatMap((name: unknown) =>
    name instanceof GeneralName && name.type === URI && typeof name.value === 'string' ? [name.value] : [],
  );
}
