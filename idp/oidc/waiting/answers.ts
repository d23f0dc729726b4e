import type Provider from 'oidc-provider';
import { type Grant, errors } from 'oidc-provider';
import { randomToken } from '#kit/random.ts';
import type { Caller } from '../../audit/index.ts';
import { type Answer, type Answered, requestMessage } from '../../sign-in-requests/index.ts';
import type { ProviderHolder } from '../holder.ts';
import { inUnitOfWork } from '../interactions.ts';
import { readSessionByUid } from '../storage/read-session.ts';
import { type AskedFacts, readOneAsked } from '../storage/read-waiting.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import { BY_DIGEST } from '../storage/waiting-adapter.ts';
import type { OidcDeps } from '../types.ts';
import { grantableOf } from './grantable.ts';
import { clientNames } from './names.ts';
import { type SignIn, noteSignIn } from './unattended.ts';

type Request = InstanceType<Provider['BackchannelAuthenticationRequest']>;

/** How somebody approved: signed in how, and to act as which account. */
export interface Approval {
  signIn: SignIn;
  /** Must still be there as the approval is written. */
  sessionUid?: string;
  subsystemAccountId: string | undefined;
}

/** Answers one person's request, once: whoever answers a second time finds it gone. */
export async function answerRequest(
  deps: OidcDeps,
  holder: ProviderHolder,
  { accountId, handle, caller }: Answer,
  approve: ((facts: AskedFacts) => Promise<Approval | undefined>) | undefined,
): Promise<Answered> {
  const { value, refusal } = await inUnitOfWork(deps, caller, async (): Promise<Answered> => {
    const facts = await readOneAsked(deps.database, accountId, handle);
    if (facts?.state !== 'waiting' || facts.endsAt <= deps.clock()) return 'gone';
    const provider = holder.current;
    const request = await provider.BackchannelAuthenticationRequest.find(
      BY_DIGEST + facts.digest.toString('hex'),
      { ignoreExpiration: true },
    );
    const registered = deps.registry.find(facts.clientId);
    if (!request || !registered?.active) return 'refused';
    const approval = await approve?.(facts);
    if (approve && !approval) return 'refused';
    if (approval) await grantRequest(deps, provider, request, approval, caller);
    else await provider.backchannelResult(request, new errors.AccessDenied('the person refused'));
    const about = { accountId, handle, name: clientNames(deps, facts.clientId) };
    currentWork().writes.messages.push(requestMessage(approval ? 'approved' : 'denied', about));
    return 'done';
  });
  if (refusal === undefined) return value;
  return refusal === 'answered' ? 'gone' : 'refused';
}

/** What the session says of the person's sign-in; undefined once it has ended. */
export async function signInOfSession(
  { database }: OidcDeps,
  sessionUid: string,
): Promise<SignIn | undefined> {
  const { payload } = (await readSessionByUid(database, sessionUid)) ?? {};
  return payload && { acr: payload.acr, amr: payload.amr, authTime: payload.loginTs };
}

async function grantRequest(
  deps: OidcDeps,
  provider: Provider,
  request: Request,
  { signIn, sessionUid, subsystemAccountId }: Approval,
  caller: Caller,
): Promise<void> {
  const grant = makeGrant(deps, provider, request);
  noteSignIn(grant, signIn);
  const { boundTo, writes } = currentWork();
  boundTo.set(grant.jti, { subsystemAccountId, acting: undefined, sessionUid: undefined });
  await grant.save();
  writes.heldSession = sessionUid;
  if (subsystemAccountId !== undefined) {
    writes.used = { subsystemAccountId, at: deps.clock() };
    writes.audits.push({
      type: 'subsystem_account.entered',
      accountId: request.accountId ?? '',
      clientId: request.clientId ?? '',
      ...(sessionUid !== undefined && { sessionUid }),
      toSubsystemAccountId: subsystemAccountId,
      caller,
    });
  }
  const { acr, amr, authTime } = signIn;
  await provider.backchannelResult(request, grant, { acr, amr, authTime });
}

/** All that was asked and shown, for one account: an approval is the person's consent. */
function makeGrant(deps: OidcDeps, provider: Provider, request: Request): Grant {
  const { accountId, clientId, claims } = request;
  const grant = new provider.Grant({ accountId, clientId });
  grant.jti = randomToken();
  const { scopes, resources } = grantableOf(deps, request);
  grant.addOIDCScope(scopes.join(' '));
  grant.addOIDCClaims([claims?.id_token, claims?.userinfo].flatMap((asked) => Object.keys(asked ?? {})));
  for (const { indicator, scopes: ofIt } of resources) grant.addResourceScope(indicator, ofIt.join(' '));
  return grant;
}
