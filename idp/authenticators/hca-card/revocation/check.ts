import type { Certificate } from 'pkijs';
import type { Network } from './ask.ts';
import { askList } from './crl.ts';
import { askResponder } from './ocsp.ts';
import { placesOf } from './places.ts';

/** Servers for a certificate that names none. */
export interface Fallback {
  ocspUrl: string | undefined;
  crlUrl: string | undefined;
}

/**
 * Whether a certificate is still in force: its responder is asked first, its list when that gives no answer. Neither
 * answering is `unavailable`, and so is a certificate its own authority does not know.
 */
export async function checkRevocation(
  network: Network,
  link: { certificate: Certificate; issuer: Certificate; now: Date },
  fallback: Fallback,
): Promise<'good' | 'revoked' | 'unavailable'> {
  const places = placesOf(link.certificate);
  for (const url of orElse(places.ocsp, fallback.ocspUrl)) {
    const status = await askResponder(network, url, link);
    if (status !== undefined) return status === 'unknown' ? 'unavailable' : status;
  }
  for (const url of orElse(places.crl, fallback.crlUrl)) {
    const status = await askList(network, url, link);
    if (status !== undefined) return status;
  }
  return 'unavailable';
}

function orElse(named: string[], fallback: string | undefined): string[] {
  return named.length > 0 || fallback === undefined ? named : [fallback];
}
