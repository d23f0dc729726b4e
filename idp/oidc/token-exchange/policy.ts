import type { Actor, DelegationDecision, DelegationFacts } from './types.ts';

/** Services acting for each other for a person: the chain a token may tell of, the newest included. */
export const MOST_ACTORS = 4;

/**
 * Whether a client may act for a person towards a resource, and with which scopes (RFC 8693 §1.1, delegation). Its
 * own token goes to a resource of its own with what was granted there; anything else needs a rule of the target's
 * manifest: for this client, this resource and, where the token was issued to another, that other client, whose
 * token must have been meant for a resource of this one. `may_act` names the only one who may, but opens nothing.
 */
export function decideDelegation(facts: DelegationFacts): DelegationDecision {
  const { clientId, subject, target, ownResources, asked } = facts;
  const isOwn = subject.clientId === clientId;
  const isForUs = subject.audience === undefined ? isOwn : ownResources.includes(subject.audience);
  if (!isForUs) return { allowed: false, reason: 'subject_token_not_for_client' };
  if (subject.mayAct !== undefined && subject.mayAct !== clientId) {
    return { allowed: false, reason: 'other_actor_named' };
  }
  const act: Actor = { sub: clientId, ...(subject.act && { act: subject.act }) };
  if (actorsOf(act) > MOST_ACTORS) return { allowed: false, reason: 'chain_too_long' };
  if (facts.thirdParty || subject.thirdParty) return { allowed: false, reason: 'third_party' };
  if (!target) return { allowed: false, reason: 'target_not_allowed' };

  const { scopes, rule } = reachable(facts, target, isOwn);
  if (scopes.size === 0) return { allowed: false, reason: 'target_not_allowed' };
  const wanted = [...(asked ?? scopes)];
  if (wanted.length === 0 || !wanted.every((scope) => scopes.has(scope))) {
    return { allowed: false, reason: 'scope_not_allowed' };
  }
  return { allowed: true, scopes: wanted, rule, act };
}

/** Everything that could be had there, by the grant itself or by the target's rules. */
function reachable(
  { clientId, subject, ownResources }: DelegationFacts,
  target: NonNullable<DelegationFacts['target']>,
  isOwn: boolean,
): { scopes: Set<string>; rule: string } {
  if (isOwn && ownResources.includes(target.identifier)) {
    const had = subject.audience === undefined ? target.granted : subject.scopes;
    return { scopes: new Set(target.scopes.filter((scope) => had.has(scope))), rule: 'own_resource' };
  }
  const fitting = target.rules.filter(
    ({ client, tokensOf, needs, resource }) =>
      client === clientId &&
      resource === target.identifier &&
      (isOwn || tokensOf.includes(subject.clientId)) &&
      needs.every((scope) => subject.scopes.has(scope)),
  );
  const allowed = new Set(fitting.flatMap(({ scopes }) => scopes));
  return {
    scopes: new Set(target.scopes.filter((scope) => allowed.has(scope))),
    rule: isOwn ? 'manifest_own_token' : 'manifest_other_token',
  };
}

function actorsOf(actor: Actor): number {
  return 1 + (actor.act ? actorsOf(actor.act) : 0);
}

/** Reads an `act` claim that we signed or stored ourselves. */
export function readActor(value: unknown): Actor | undefined {
  if (typeof value !== 'object' || value === null || !('sub' in value)) return undefined;
  const inner = 'act' in value ? readActor(value.act) : undefined;
  return { sub: String(value.sub), ...(inner && { act: inner }) };
}
