import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { EmbeddedJWK, type JWTPayload, calculateJwkThumbprint, errors, jwtVerify } from 'jose';

/** How long a proof without a nonce is fresh, as at the protocol's own endpoints. */
const FRESH_SECONDS = 300;

/** The protocol's side of sender-constrained tokens: one memory of nonces and proofs for all endpoints and replicas. */
export interface ProofPort {
  readonly algorithms: readonly string[];
  nextNonce(): string;
  isNonce(nonce: string): boolean;
  /** Whether a client's proof comes for the first time, whichever replica is asked. */
  isFirst(clientId: string, jti: string): Promise<boolean>;
  /** The thumbprint (RFC 8705 §3.1) of the certificate that our own proxy passed on. */
  certificateOf(req: IncomingMessage): string | undefined;
  /** Our own origin that the request came to: the issuer's, or the one for certificates. */
  originOf(req: IncomingMessage): string;
}

/** What a request shows of itself, as far as proofs are about it. */
export interface Shown {
  scheme: 'bearer' | 'dpop';
  token: string;
  proof: string;
  method: string;
  path: string;
  req: IncomingMessage;
}

export type ProofOutcome =
  | { proven: true; jti?: string; nonce?: string }
  | { proven: false; error: 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce' };

/**
 * Whether whoever shows a token may: bound to a key (RFC 9449 §7.1) only beside a proof by that key for this very
 * request, under the scheme `DPoP`; bound to a certificate (RFC 8705 §3) only over a connection with it; bound to
 * nothing only as a bearer. A binding nobody here knows is none that was kept.
 * @param cnf the verified token's confirmation claim
 */
export async function checkProof(
  port: ProofPort,
  shown: Shown,
  cnf: unknown,
  now: Date,
): Promise<ProofOutcome> {
  const bindings = (cnf ?? {}) as Record<string, unknown>;
  const { jkt, 'x5t#S256': certificate, ...unknown } = bindings;
  const refused = { proven: false, error: 'invalid_token' } as const;
  if (typeof bindings !== 'object' || Object.keys(unknown).length > 0) return refused;
  if (certificate !== undefined && certificate !== port.certificateOf(shown.req)) return refused;
  if (cnf !== undefined && jkt === undefined && certificate === undefined) return refused;
  if ((jkt !== undefined) !== (shown.scheme === 'dpop')) return refused;
  return jkt === undefined ? { proven: true } : checkKey(port, shown, jkt, now);
}

async function checkKey(port: ProofPort, shown: Shown, jkt: unknown, now: Date): Promise<ProofOutcome> {
  const proof = await readProof(port, shown, now);
  if (!proof || !isFor(port, shown, proof.claims)) return { proven: false, error: 'invalid_dpop_proof' };
  const { jti, iat, nonce } = proof.claims;
  const isFresh =
    typeof nonce === 'string'
      ? port.isNonce(nonce)
      : Math.abs(now.getTime() / 1000 - (iat ?? 0)) <= FRESH_SECONDS;
  if (!isFresh) return { proven: false, error: 'use_dpop_nonce' };
  if (proof.thumbprint !== jkt) return { proven: false, error: 'invalid_token' };
  return { proven: true, jti: String(jti), ...(typeof nonce === 'string' && { nonce }) };
}

interface Proof {
  claims: JWTPayload & Record<string, unknown>;
  thumbprint: string;
}

async function readProof(port: ProofPort, { proof }: Shown, now: Date): Promise<Proof | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: [...port.algorithms],
      typ: 'dpop+jwt',
      currentDate: now,
    });
    return { claims: payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk ?? {}) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** RFC 9449 §4.3: for this method, address and token, with a name and a date of its own. */
function isFor(port: ProofPort, { method, path, token, req }: Shown, claims: Proof['claims']): boolean {
  const { htm, htu, ath, jti, iat, nonce } = claims;
  const here = URL.parse(port.originOf(req) + path)?.href;
  const there = typeof htu === 'string' ? URL.parse(htu) : null;
  if (!there || here === undefined) return false;
  [there.search, there.hash] = ['', ''];
  return (
    htm === method &&
    there.href === here &&
    ath === createHash('sha256').update(token).digest('base64url') &&
    typeof jti === 'string' &&
    jti !== '' &&
    typeof iat === 'number' &&
    (nonce === undefined || typeof nonce === 'string')
  );
}
