import type { Certificate } from 'pkijs';
import { SUBJECT_TYPE, CARD_NUMBER } from './policy.ts';
import { holderOf, isForSigning, isWithinValidity, serialOf } from './certificate.ts';
import { issuerNameOf } from './names.ts';
import { buildPath } from './path.ts';
import { checkRevocation } from './revocation/check.ts';
import { readSigned } from './signature.ts';
import type { CardFailure, CardSettings, CardVerdict, CardVerifier, Signed } from './types.ts';

/** What a verifier works with: certificates read already. */
export interface VerifierDeps {
  settings: CardSettings;
  anchors: Certificate[];
  intermediates: Certificate[];
  fetch: typeof fetch;
}

/** The one judge of what a card signed, for institutions and professionals alike. */
export function createCardVerifier(deps: VerifierDeps): CardVerifier {
  return {
    settings: deps.settings,
    async verify(answer, message, now) {
      const signed = await readSigned(answer, message);
      if (!signed) return failed('SIG');
      const failure = await failureOf(deps, signed, now);
      return failure === undefined ? accept(signed) : failed(failure);
    },
  };
}

async function failureOf(deps: VerifierDeps, signed: Signed, now: Date): Promise<CardFailure | undefined> {
  const { certificate, others } = signed;
  if (!isWithinValidity(certificate, now)) return 'EXPIRED';
  const path = await buildPath(certificate, [...deps.intermediates, ...others], deps.anchors, now);
  if (!path) return 'CHAIN';
  if (!isForSigning(certificate)) return 'KEY_USAGE';
  if (holderOf(certificate).kind === undefined) return 'NOT_HCA';
  return revocationOf(deps, path, now);
}

/** Each certificate below the anchor must be in force, the card's first. */
async function revocationOf(
  { settings, fetch }: VerifierDeps,
  path: Certificate[],
  now: Date,
): Promise<CardFailure | undefined> {
  const network = { hosts: settings.revocationHosts, fetch };
  const { ocspUrl, crlUrl } = settings;
  for (const [at, certificate] of path.slice(0, -1).entries()) {
    const issuer = path[at + 1];
    if (!issuer) return 'CHAIN';
    const fallback = at === 0 ? { ocspUrl, crlUrl } : { ocspUrl: undefined, crlUrl: undefined };
    const status = await checkRevocation(network, { certificate, issuer, now }, fallback);
    if (status !== 'good') return status === 'revoked' ? 'REVOKED' : 'REVOCATION_UNAVAILABLE';
  }
  return undefined;
}

function accept({ certificate, cardNo }: Signed): CardVerdict {
  const { kind, commonName, values } = holderOf(certificate);
  if (!kind) return failed('NOT_HCA');
  values.delete(`sda:${SUBJECT_TYPE}`);
  const named = cardNo ?? values.get(`sda:${CARD_NUMBER}`)?.[0]?.slice(0, 64);
  const card = { kind, commonName, values, cardNo: named };
  return { ok: true, card: { ...card, issuer: issuerNameOf(certificate), serial: serialOf(certificate) } };
}

function failed(failure: CardFailure): CardVerdict {
  return { ok: false, failure };
}
