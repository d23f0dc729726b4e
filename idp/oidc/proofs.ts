import { digest } from '#kit/random.ts';
import type { ProofPort } from '../directory-api/index.ts';
import { ALGORITHMS } from './algorithms.ts';
import { createNonces } from './dpop-nonces.ts';
import { certificateThumbprint, originOf, takeCertificate } from './mutual-tls.ts';
import { rememberOnce } from './storage/replay.ts';
import type { OidcDeps } from './types.ts';

/** Proofs and certificates at resources of our own, judged by the nonces and the memory of the protocol's endpoints. */
export function createProofPort(deps: OidcDeps): ProofPort {
  const nonces = createNonces(deps.keyring);
  const issuer = new URL(deps.config.issuer);
  return {
    algorithms: ALGORITHMS.dPoPSigningAlgValues ?? [],
    nextNonce: () => nonces.next(),
    isNonce: (nonce) => nonces.isOwn(nonce),
    isFirst: (clientId, jti) => rememberOnce(deps, digest(`${clientId}${jti}`).toString('base64url')),
    certificateOf(req) {
      takeCertificate(deps, req);
      return certificateThumbprint(req);
    },
    originOf: (req) => originOf(deps, issuer, req),
  };
}
