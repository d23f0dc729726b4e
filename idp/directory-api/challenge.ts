import type { ProofPort } from './proof.ts';
import type { Refusal } from './types.ts';

type Scheme = 'bearer' | 'dpop';

/** Who shows nothing is told of both ways (RFC 6750 §3, RFC 9449 §7.1). */
export function askForToken(port: ProofPort): Refusal {
  return { status: 401, challenges: ['Bearer', `DPoP ${algorithms(port)}`], error: 'unauthorized' };
}

/**
 * A refused token's challenge, in the scheme that counts for it, with what the error brings along: the scope that is
 * missing, or the class of sign-in that is wanted (RFC 9470 §3).
 */
export function refuseToken(
  port: ProofPort,
  scheme: Scheme,
  error: string,
  more: { status?: 401 | 403; scope?: string; acr_values?: string } = {},
): Refusal {
  const { status = 401, ...parameters } = more;
  const named = Object.entries({ error, ...parameters }).map(([name, value]) => `${name}="${value}"`);
  const challenge =
    scheme === 'dpop' ? `DPoP ${[...named, algorithms(port)].join(', ')}` : `Bearer ${named.join(', ')}`;
  return { status, challenges: [challenge], error };
}

const algorithms = (port: ProofPort): string => `algs="${port.algorithms.join(' ')}"`;
