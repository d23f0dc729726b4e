import type { SignInRequest, SignInRequestPort } from '../../sign-in-requests/index.ts';
import type { ProviderHolder } from '../holder.ts';
import { knownClasses } from '../prompts.ts';
import { type AskedFacts, readAsked, readOneAsked } from '../storage/read-waiting.ts';
import { openWaiting } from '../storage/waiting-adapter.ts';
import type { OidcDeps } from '../types.ts';
import { answerRequest, signInOfSession } from './answers.ts';
import { grantableOf } from './grantable.ts';
import { clientNames } from './names.ts';

const HANDLE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The portal's view of requests that wait for its people, and what becomes of them. */
export function createSignInRequestPort(deps: OidcDeps, holder: ProviderHolder): SignInRequestPort {
  return {
    async list(accountId) {
      return (await readAsked(deps.database, accountId)).map((facts) => describe(deps, facts));
    },
    async find(accountId, handle) {
      if (!HANDLE.test(handle)) return undefined;
      const facts = await readOneAsked(deps.database, accountId, handle);
      return facts && describe(deps, facts);
    },
    approve: (answer) =>
      answerRequest(deps, holder, answer, async () => {
        const { sessionUid, subsystemAccountId } = answer;
        const signIn = await signInOfSession(deps, sessionUid);
        return signIn && { signIn, sessionUid, subsystemAccountId };
      }),
    deny: (answer) => answerRequest(deps, holder, answer, undefined),
  };
}

function describe(deps: OidcDeps, facts: AskedFacts): SignInRequest {
  const { clientId, handle, askedAt, endsAt } = facts;
  const { params = {}, scope, resource } = openWaiting(deps, facts);
  const { scopes, resources } = grantableOf(deps, { clientId, scope, resource });
  const text = (name: string): string | undefined => {
    const value = params[name];
    return typeof value === 'string' ? value : undefined;
  };
  const maxAge = params['max_age'];
  return {
    handle,
    clientId,
    clientName: clientNames(deps, clientId),
    state: stateOf(facts, deps.clock()),
    scopes: [...scopes, ...resources.flatMap((one) => one.scopes)],
    bindingMessage: text('binding_message'),
    requestedAcr: knownClasses(params['acr_values']),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    wantedAccountId: text('account'),
    askedAt,
    endsAt,
  };
}

function stateOf({ state, endsAt }: AskedFacts, now: Date): SignInRequest['state'] {
  if (state === 'approved' || state === 'denied') return state;
  return endsAt <= now ? 'expired' : 'waiting';
}
