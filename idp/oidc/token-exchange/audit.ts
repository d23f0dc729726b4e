import type { AccessToken } from 'oidc-provider';
import type { ActingFacts } from '../storage/facts.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { ExchangeContext } from './parameters.ts';
import type { Actor, SubjectToken } from './types.ts';

/** Every exchange, granted or refused, is one audit record; a token's text is in none of them. */
export function auditExchange(
  clientId: string,
  facts: { reason?: string; token?: AccessToken; target?: ActingFacts | undefined },
): void {
  const { writes, grants, hints } = currentWork();
  const from = grants.get(facts.token?.grantId ?? '')?.subsystemAccountId;
  writes.audits.push({
    type: 'account.switched',
    clientId,
    caller: { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId },
    ...(facts.reason !== undefined && { reason: facts.reason }),
    ...(facts.token && { accountId: facts.token.accountId }),
    ...(facts.token?.sessionUid && { sessionUid: facts.token.sessionUid }),
    ...(from !== undefined && { fromSubsystemAccountId: from }),
    ...(facts.target && { toSubsystemAccountId: facts.target.id }),
  });
}

/** What is known of a delegation, more with every step. */
export interface DelegationRecord {
  target: string;
  subject?: SubjectToken;
  act?: Actor;
  scopes?: string[];
  rule?: string;
  reason?: string;
}

/** Person, acting client and those before it, account, audience, scopes and the rule that allowed it. */
export function auditDelegation(ctx: ExchangeContext, record: DelegationRecord): void {
  const { writes, hints } = currentWork();
  const { subject, act, scopes, rule, reason, target } = record;
  const { clientId } = ctx.oidc.client;
  writes.audits.push({
    type: 'account.delegated',
    clientId,
    caller: { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId },
    ...(reason !== undefined && { reason }),
    ...(subject && { accountId: subject.accountId }),
    ...(subject?.sessionUid !== undefined && { sessionUid: subject.sessionUid }),
    ...(subject?.subsystemAccountId !== undefined && { fromSubsystemAccountId: subject.subsystemAccountId }),
    details: {
      audience: target,
      issued_to: subject?.clientId ?? null,
      actors: actorsOf(act ?? { sub: clientId, ...(subject?.act && { act: subject.act }) }),
      ...(scopes && { scopes }),
      ...(rule !== undefined && { rule }),
    },
  });
}

/** The newest first. */
function actorsOf({ sub, act }: Actor): string[] {
  return [sub, ...(act ? actorsOf(act) : [])];
}
