import { TrustFault, type TrustReason } from '../trust-chain/index.ts';

/** OpenID Federation 1.0 §8.9, and OpenID Connect Registration 1.0 §3.3 for what a client asks for in so many words. */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_client_metadata: 400,
  invalid_trust_chain: 400,
  invalid_trust_anchor: 404,
  invalid_metadata: 400,
  temporarily_unavailable: 503,
} as const;

const MOST_ABOUT = 300;

export type RefusalCode = keyof typeof STATUS;

/** Why a client does not come by its chain of trust. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
  readonly code: RefusalCode;
  /** The rule of the chain that is broken, where it is one. */
  readonly rule: TrustReason | undefined;
  /** Which statement or parameter; for our own eyes. */
  readonly about: string | undefined;

  constructor(code: RefusalCode, why: string, rule?: TrustReason, about?: string) {
    super(why);
    this.code = code;
    this.rule = rule;
    this.about = about;
  }

  get status(): number {
    return STATUS[this.code];
  }
}

/** One address names too many. */
export class TooManyNames extends RegistrationRefused {
  constructor() {
    super('temporarily_unavailable', 'too many requests; please try again later');
  }

  override get status(): number {
    return 429;
  }
}

/** In the words of the specification. What a fault is about is told to nobody: it may be any text of anybody's. */
export function refusalOf(error: TrustFault | RegistrationRefused): RegistrationRefused {
  if (error instanceof RegistrationRefused) return error;
  const { reason, about } = error;
  const refused = (code: RefusalCode): RegistrationRefused =>
    new RegistrationRefused(code, `the chain of trust does not hold: ${reason}`, reason, about);
  if (error.isTransient) return refused('temporarily_unavailable');
  if (reason === 'unknown_anchor') return refused('invalid_trust_anchor');
  return refused(reason === 'policy' ? 'invalid_metadata' : 'invalid_trust_chain');
}

/** @returns the refusal that an error is; anything else is thrown on */
export function asRefusal(error: unknown): RegistrationRefused {
  if (error instanceof TrustFault || error instanceof RegistrationRefused) return refusalOf(error);
  throw error;
}

/** The rule of the chain that is broken, else the error in the specification's words, and what it is about. */
export function storyOf({ rule, code, about }: RegistrationRefused): string {
  return `${rule ?? code} ${about?.slice(0, MOST_ABOUT) ?? ''}`.trim();
}
