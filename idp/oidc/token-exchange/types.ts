import type { PersonFacts } from '../storage/facts.ts';

/** Who acts, and for whom that one acted before (RFC 8693 §4.1): the latest outermost. */
export interface Actor {
  sub: string;
  act?: Actor;
}

/** How the person signed in, as the subject token tells: copied, never raised. */
export interface Authentication {
  acr?: string | undefined;
  amr?: string[] | undefined;
  auth_time?: number | undefined;
}

/** A live token for a person, whoever it was issued to, with the grant it rests on. */
export interface SubjectToken {
  accountId: string;
  clientId: string;
  grantId: string;
  sessionUid: string | undefined;
  subsystemAccountId: string | undefined;
  person: PersonFacts;
  scopes: Set<string>;
  /** Whose resource it is for; undefined: the provider's own userinfo. */
  audience: string | undefined;
  /** In seconds since 1970. */
  expiresAt: number;
  jkt: string | undefined;
  certificate: string | undefined;
  act: Actor | undefined;
  mayAct: string | undefined;
  authentication: Authentication;
}

/** What a delegation is decided from; nothing is looked up later. */
export interface DelegationFacts {
  clientId: string;
  /** A client of another organisation acts for nobody. */
  thirdParty: boolean;
  /** Identifiers of the resources the client's own subsystem declares. */
  ownResources: readonly string[];
  subject: {
    clientId: string;
    thirdParty: boolean;
    audience: string | undefined;
    scopes: ReadonlySet<string>;
    act: Actor | undefined;
    mayAct: string | undefined;
  };
  target:
    | {
        identifier: string;
        scopes: readonly string[];
        /** Scopes of the target that the subject token's own grant has; only at a resource of the client's own. */
        granted: ReadonlySet<string>;
        rules: readonly DelegationRule[];
      }
    | undefined;
  /** undefined: as much as there is. */
  asked: ReadonlySet<string> | undefined;
}

export interface DelegationRule {
  client: string;
  tokensOf: readonly string[];
  needs: readonly string[];
  resource: string;
  scopes: readonly string[];
}

export type DelegationDecision =
  | { allowed: true; scopes: string[]; rule: string; act: Actor }
  | {
      allowed: false;
      reason:
        | 'subject_token_not_for_client'
        | 'other_actor_named'
        | 'chain_too_long'
        | 'third_party'
        | 'target_not_allowed'
        | 'scope_not_allowed';
    };
