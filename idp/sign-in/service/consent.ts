import { type Caller, recordAudit } from '../../audit/index.ts';
import type { SignInDeps } from '../deps.ts';
import type { InteractionFacts, SignInResult } from '../types.ts';

/** Records what the person decided about the client's wishes. @returns the result when they agreed */
export async function decideConsent(
  deps: SignInDeps,
  facts: InteractionFacts,
  result: SignInResult,
  allowed: boolean,
  caller: Caller,
): Promise<SignInResult | undefined> {
  const { authorizationDetails = [] } = facts;
  await recordAudit(deps.db, {
    type: allowed ? 'consent.granted' : 'consent.refused',
    ...(!allowed && { reason: 'person_refused' }),
    accountId: result.accountId,
    clientId: facts.clientId,
    caller,
    details: {
      scopes: facts.scopes ?? [],
      ...(authorizationDetails.length > 0 && { authorizationDetails: authorizationDetails.map(inWords) }),
    },
  });
  return allowed ? { ...result, consent: 'granted' } : undefined;
}

type Described = NonNullable<InteractionFacts['authorizationDetails']>[number];

const inWords = ({ label, facts }: Described): string =>
  [label.en, ...facts.map((fact) => `${fact.label.en}: ${fact.value}`)].join('; ');
