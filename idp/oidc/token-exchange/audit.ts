import type { AccessToken } from 'oidc-provider';
import type { ActingFacts } from '../storage/facts.ts';
import { currentWork } from '../storage/unit-of-work.ts';

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
