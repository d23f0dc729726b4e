import type { Grant } from 'oidc-provider';
import { randomToken } from '#kit/random.ts';
import { type Choice, decideChoice, openAccountHandle } from '../account-switching/index.ts';
import { requiredAcr } from '../bindings/index.ts';
import { RUN_SESSION } from '../readiness/index.ts';
import type { RegisteredClient } from '../subsystems/index.ts';
import { assertImpersonable, impersonationOf, limitGrant } from './impersonation.ts';
import type { AccountCandidate } from './storage/facts.ts';
import { readPerson } from './storage/read-session.ts';
import { type UnitOfWork, currentWork } from './storage/unit-of-work.ts';
import type { OidcContext, OidcDeps } from './types.ts';
import { isUnattended, noteSignIn } from './waiting/unattended.ts';

/** The account an authorization request names: by `account`, or by a handle of ours in `login_hint`. */
export function wantedAccount(
  deps: Pick<OidcDeps, 'keyring' | 'clock'>,
  params: { account?: unknown; login_hint?: unknown },
): string | undefined {
  if (typeof params.account === 'string' && params.account !== '') return params.account;
  if (typeof params.login_hint !== 'string') return undefined;
  return openAccountHandle(deps.keyring, deps.clock, params.login_hint)?.subsystemAccountId;
}

/**
 * The library's `loadExistingGrant`: the session's grant when it is for the right account and covers what is
 * asked, else a new one tied to the chosen account. A grant never changes its account and never grows.
 * @returns undefined when the person has to be asked first; the prompts' checks then find out why
 */
export async function loadGrant(deps: OidcDeps, ctx: OidcContext): Promise<Grant | undefined> {
  const { client, session, account } = ctx.oidc;
  const work = currentWork();
  const registered = client && deps.registry.find(client.clientId);
  if (!client || !session || !account || !registered) return undefined;
  assertImpersonable(ctx, registered);

  const choice = await choose(deps, ctx, work, registered, account.accountId);
  work.selection = choice;
  if (choice && choice.kind !== 'account') return undefined;

  const wantedId = choice?.id;
  const currentId = isUnattended(ctx) ? undefined : session.grantIdFor(client.clientId);
  const current = currentId ? await ctx.oidc.provider.Grant.find(currentId) : undefined;
  if (current && currentId && work.grants.get(currentId)?.subsystemAccountId === wantedId) {
    if (covers(ctx, current)) return current;
  }
  const consented =
    registered.metadata['first_party'] === true ||
    ctx.oidc.result?.consent !== undefined ||
    session.uid.startsWith(RUN_SESSION); // a check gives away nothing of anybody's
  return consented ? makeGrant(deps, ctx, work, wantedId) : undefined;
}

const NOTHING_KNOWN = { nextAccountId: undefined, currentAccountId: undefined };

/** What to do about the account; undefined for a client that belongs to no subsystem. */
async function choose(
  deps: OidcDeps,
  ctx: OidcContext,
  work: UnitOfWork,
  registered: RegisteredClient,
  accountId: string,
): Promise<Choice | undefined> {
  const { subsystem } = registered;
  if (!subsystem) return undefined;
  const picked = pickedAccount(ctx);
  const wanted = wantedAccount(deps, ctx.oidc.params ?? {});
  const named = picked ?? wanted;
  const known = work.choice?.candidates.some((candidate) => candidate.id === named) ?? false;
  if (!work.choice || (named !== undefined && !known && named !== work.hints.choice?.wantedAccountId)) {
    const { next, current } = { next: work.choice?.nextAccountId, current: work.choice?.currentAccountId };
    const read = await readPerson(deps.database, accountId, {
      clientId: registered.clientId,
      subsystemCode: subsystem.code,
      wantedAccountId: named,
    });
    work.choice = { ...read.choice, nextAccountId: next, currentAccountId: current };
  }
  // what this browser does says nothing of the device that asks
  const { nextAccountId: next, currentAccountId: current } = isUnattended(ctx) ? NOTHING_KNOWN : work.choice;
  return decideChoice({
    picked,
    wanted,
    next,
    current,
    mustAsk: ctx.oidc.promptPending('select_account'),
    candidates: candidatesOf(work).map(({ id, role }) => ({
      id,
      requiredAcr: requiredAcr(subsystem.manifest, role),
    })),
    acr: ctx.oidc.session?.acr,
  });
}

function candidatesOf(work: UnitOfWork): AccountCandidate[] {
  const { candidates = [] } = work.choice ?? {};
  const only = impersonationOf(work)?.subsystemAccountId;
  return only === undefined ? candidates : candidates.filter(({ id }) => id === only);
}

/** The account the sign-in journey's own page was answered with. */
export function pickedAccount(ctx: OidcContext): string | undefined {
  const result = ctx.oidc.result?.['select_account'] as { account?: string } | undefined;
  return result?.account;
}

function covers(ctx: OidcContext, grant: Grant): boolean {
  const scopes = new Set(grant.getOIDCScope().split(' '));
  const claims = new Set(grant.getOIDCClaims());
  return (
    [...ctx.oidc.requestParamOIDCScopes].every((scope) => scopes.has(scope)) &&
    [...ctx.oidc.requestParamClaims].every((claim) => claims.has(claim)) &&
    Object.entries(ctx.oidc.resourceServers ?? {}).every(([resource, server]) => {
      const granted = new Set(grant.getResourceScope(resource).split(' '));
      return [...ctx.oidc.requestParamScopes].every((s) => !server.scopes.has(s) || granted.has(s));
    })
  );
}

async function makeGrant(
  deps: OidcDeps,
  ctx: OidcContext,
  work: UnitOfWork,
  subsystemAccountId: string | undefined,
): Promise<Grant> {
  const { provider, client, session, account } = ctx.oidc;
  const grant = new provider.Grant({ accountId: account?.accountId, clientId: client?.clientId });
  grant.jti = randomToken();
  grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(' '));
  grant.addOIDCClaims([...ctx.oidc.requestParamClaims]);
  for (const [resource, server] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    const scopes = [...ctx.oidc.requestParamScopes].filter((scope) => server.scopes.has(scope));
    grant.addResourceScope(resource, scopes.join(' '));
  }
  const impersonation = impersonationOf(work);
  if (impersonation) limitGrant(grant, deps.config, deps.registry.find(client?.clientId ?? ''));
  const sessionUid = isUnattended(ctx) ? undefined : session?.uid;
  if (session && sessionUid === undefined) {
    noteSignIn(grant, { acr: session.acr, amr: session.amr, authTime: session.authTime() });
  }
  work.boundTo.set(grant.jti, { subsystemAccountId, acting: undefined, sessionUid });
  await grant.save();
  if (subsystemAccountId !== undefined) {
    if (!impersonation) work.writes.used = { subsystemAccountId, at: deps.clock() };
    recordEntry(ctx, work, subsystemAccountId);
  }
  return grant;
}

/** P-46: that a person entered a subsystem as one of their accounts, with or without being asked anything. */
function recordEntry({ oidc }: OidcContext, work: UnitOfWork, subsystemAccountId: string): void {
  const { writes, hints } = work;
  const impersonation = impersonationOf(work);
  const { client, session, account } = oidc;
  if (!client || !account) return;
  writes.audits.push({
    type: 'subsystem_account.entered',
    accountId: account.accountId,
    clientId: client.clientId,
    ...(session && { sessionUid: session.uid }),
    toSubsystemAccountId: subsystemAccountId,
    ...(impersonation && {
      actorAccountId: impersonation.operator.accountId,
      details: { target: `impersonation:${impersonation.id}` },
    }),
    caller: { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId },
  });
}
