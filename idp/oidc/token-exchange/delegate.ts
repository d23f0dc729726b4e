import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import * as helpers from '../grant-internals.ts';
import { checkCertificate } from '../mutual-tls.ts';
import type { OidcDeps } from '../types.ts';
import { type DelegationRecord, auditDelegation } from './audit.ts';
import { findActorToken } from './actor.ts';
import { issueDelegated } from './issue-delegated.ts';
import type { DelegationParameters, ExchangeContext } from './parameters.ts';
import { decideDelegation } from './policy.ts';
import { type VerifyJwt, findSubjectToken } from './subject.ts';
import { type Target, findTarget } from './target.ts';
import type { DelegationDecision, DelegationFacts, SubjectToken } from './types.ts';

type DPoP = Awaited<ReturnType<typeof helpers.validateDpop>>;

const INVALID_SUBJECT = 'subject_token is invalid, expired, or was issued to another client';

/**
 * A client acts for a person towards a resource (RFC 8693 §1.1): `act` tells of it, the token lives at most as long
 * as the one exchanged, and its holder has to prove what the client had to prove.
 * @param record what is known for the audit record, whether it is granted or refused
 */
export async function delegate(
  provider: Provider,
  deps: OidcDeps,
  verify: VerifyJwt,
  ctx: ExchangeContext,
  params: DelegationParameters,
  dPoP: DPoP,
  record: DelegationRecord,
): Promise<void> {
  const { client } = ctx.oidc;
  const subsystem = deps.registry.find(client.clientId)?.subsystem;
  if (!subsystem?.manifest.exchange.allowed) {
    record.reason = 'exchange_not_allowed';
    throw new errors.UnauthorizedClient();
  }
  const certificate = helpers.checkMtlsCert(provider, ctx, errors.InvalidRequest);
  const subject = await findSubjectToken(provider, deps, verify, params.subjectToken);
  record.reason = 'subject_token_invalid';
  if (!subject) throw new errors.InvalidRequest(INVALID_SUBJECT);
  record.subject = subject;
  const actor =
    params.actorToken === undefined
      ? undefined
      : await findActorToken(provider, verify, params.actorToken, client.clientId);
  if (params.actorToken !== undefined && !actor) {
    record.reason = 'actor_token_invalid';
    throw new errors.InvalidRequest('actor_token is invalid, expired, or was issued to another client');
  }
  for (const held of [subject, ...(actor ? [actor] : [])]) {
    if (held.jkt !== undefined && held.jkt !== dPoP?.thumbprint) {
      throw new errors.InvalidRequest('failed jkt verification');
    }
    checkCertificate(ctx, { 'x5t#S256': held.certificate });
  }
  await helpers.checkDpopReplay(provider, ctx, dPoP, client.clientId, errors.InvalidRequest);

  const target = findTarget(deps.registry, deps.config.issuer, params.target);
  const facts = await factsOf(provider, deps, ctx, subject, target);
  const decision = decideDelegation(facts);
  if (!decision.allowed) {
    record.reason = decision.reason;
    throw refusal(decision.reason);
  }
  if (!target) throw new errors.InvalidTarget();
  delete record.reason;
  Object.assign(record, { act: decision.act, scopes: decision.scopes, rule: decision.rule });
  await issueDelegated(provider, deps, ctx, {
    subject,
    target,
    decision,
    jkt: dPoP?.thumbprint,
    certificate,
  });
  auditDelegation(ctx, record);
}

async function factsOf(
  provider: Provider,
  { registry }: OidcDeps,
  ctx: ExchangeContext,
  subject: SubjectToken,
  target: Target | undefined,
): Promise<DelegationFacts> {
  const { clientId } = ctx.oidc.client;
  const isThird = (id: string): boolean => registry.find(id)?.metadata['first_party'] !== true;
  const own = subject.clientId === clientId ? await provider.Grant.find(subject.grantId) : undefined;
  const granted = target ? (own?.getResourceScope(target.resource.identifier) ?? '') : '';
  return {
    clientId,
    thirdParty: isThird(clientId),
    ownResources:
      registry.find(clientId)?.subsystem?.manifest.resources.map(({ identifier }) => identifier) ?? [],
    subject: { ...subject, thirdParty: isThird(subject.clientId) },
    target: target && {
      ...target.resource,
      granted: new Set(granted.split(' ').filter(Boolean)),
      rules: target.subsystem.manifest.delegation?.from ?? [],
    },
    asked: ctx.oidc.params.scope === undefined ? undefined : ctx.oidc.requestParamScopes,
  };
}

/** RFC 8693 §2.2.2 and RFC 6749 §5.2. */
function refusal(reason: (DelegationDecision & { allowed: false })['reason']): errors.OIDCProviderError {
  switch (reason) {
    case 'subject_token_not_for_client':
      return new errors.InvalidRequest(INVALID_SUBJECT);
    case 'other_actor_named':
      return new errors.InvalidRequest('the subject token names another actor');
    case 'chain_too_long':
      return new errors.InvalidRequest('too many act for each other');
    case 'third_party':
      return new errors.UnauthorizedClient();
    case 'target_not_allowed':
      return new errors.InvalidTarget();
    case 'scope_not_allowed':
      return new errors.InvalidScope('requested scope is not allowed', '');
  }
}
