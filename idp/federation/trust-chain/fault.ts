/** Why a statement, a mark or a chain of them is not believed; each the name of one rule. */
export type TrustReason =
  | 'malformed'
  | 'too_large'
  | 'wrong_type'
  | 'algorithm'
  | 'not_yet'
  | 'expired'
  | 'critical'
  | 'misplaced_claim'
  | 'keys'
  | 'signature'
  | 'not_self_issued'
  | 'broken_link'
  | 'loop'
  | 'too_deep'
  | 'too_many_hints'
  | 'unknown_anchor'
  | 'no_chain'
  | 'policy'
  | 'path_length'
  | 'name'
  | 'mark_type'
  | 'mark_subject'
  | 'mark_issuer'
  | 'mark_delegation'
  | 'mark_status'
  | 'unreachable'
  | 'limits';

/** A refusal; `about` names the entity or the parameter it is about and is never trusted text of more than that. */
export class TrustFault extends Error {
  override readonly name = 'TrustFault';
  readonly reason: TrustReason;
  readonly about: string | undefined;

  constructor(reason: TrustReason, about?: string) {
    super(about === undefined ? reason : `${reason}: ${about.slice(0, 200)}`);
    this.reason = reason;
    this.about = about;
  }

  /** OpenID Federation 1.0 §10.5: whoever is not heard today may be heard tomorrow. */
  get isTransient(): boolean {
    return this.reason === 'unreachable' || this.reason === 'limits';
  }
}
