import { TrustFault } from '../trust-chain/index.ts';

/** OpenID Federation 1.0 §8.9. */
export type RefusalCode =
  'invalid_trust_chain' | 'invalid_trust_anchor' | 'invalid_metadata' | 'temporarily_unavailable';

/** Why a client does not come by its chain of trust. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, why: string) {
    super(why);
    this.code = code;
  }
}

/** In the words of the specification. What a fault is about stays here: it may be any text of anybody's. */
export function refusalOf(error: TrustFault | RegistrationRefused): RegistrationRefused {
  if (error instanceof RegistrationRefused) return error;
  const { reason } = error;
  const why = `the chain of trust does not hold: ${reason}`;
  if (error.isTransient) return new RegistrationRefused('temporarily_unavailable', why);
  if (reason === 'unknown_anchor') return new RegistrationRefused('invalid_trust_anchor', why);
  return new RegistrationRefused(reason === 'policy' ? 'invalid_metadata' : 'invalid_trust_chain', why);
}
