import type Provider from 'oidc-provider';
import { type AccessToken, type Grant, type TokenEndpointGrantContext, errors } from 'oidc-provider';
import { digest, randomToken } from '#kit/random.ts';
import { decideSwitch } from '../account-switching/index.ts';
import { requiredAcr } from '../bindings/index.ts';
import { toAccount } from './claims.ts';
import * as helpers from './grant-internals.ts';
import { placeOf } from './storage/artefact-id.ts';
import type { ActingFacts } from './storage/facts.ts';
import { readExchange } from './storage/read-artefact.ts';
import { rememberArtefact } from './storage/artefact-adapter.ts';
import { touchSession } from './storage/session-adapter.ts';
import { currentWork } from './storage/unit-of-work.ts';
import type { OidcDeps } from './types.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

export const EXCHANGE_PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'account',
  'scope',
  'resource',
  'audience',
  'actor_token',
  'actor_token_type',
] as const;

type Parameters = Partial<Record<(typeof EXCHANGE_PARAMETERS)[number], string>>;
type ExchangeContext = TokenEndpointGrantContext<Parameters>;

/**
 * Account switch as token exchange (RFC 8693): the client's own access token, bound to one account of a person,
 * for tokens bound to another. The subject stays the person, so there is no `act`. The browser session is
 * re-pointed and the old grant ends in the same statement that stores the new tokens.
 */
export function createTokenExchange(provider: Provider, deps: OidcDeps) {
  return async function tokenExchange(ctx: ExchangeContext): Promise<void> {
    const params = readParameters(ctx.oidc.params);
    const dPoP = await helpers.validateDpop(provider, ctx);
    helpers.checkDpopRequired(provider, ctx, dPoP, errors.InvalidRequest);
    const { token, grant, target } = await findSubject(provider, deps, ctx, params);
    if (token.jkt && token.jkt !== dPoP?.thumbprint)
      throw new errors.InvalidRequest('failed jkt verification');
    await helpers.checkDpopReplay(provider, ctx, dPoP, ctx.oidc.client.clientId, errors.InvalidRequest);

    const acting = decide(deps, ctx, token, target);
    if (!acting) return;
    const scopes = narrowScopes(ctx, token, grant);
    await issue(provider, deps, ctx, { token, grant, acting, scopes, jkt: dPoP?.thumbprint });
  };
}

interface ExchangeParameters {
  subjectToken: string;
  account: string;
}

function readParameters(params: Parameters): ExchangeParameters {
  const { subject_token: subjectToken, subject_token_type: type, account } = params;
  if (!subjectToken) throw new errors.InvalidRequest('missing required parameter subject_token');
  if (type !== ACCESS_TOKEN) throw new errors.InvalidRequest('subject_token_type is not supported');
  if ((params.requested_token_type ?? ACCESS_TOKEN) !== ACCESS_TOKEN) {
    throw new errors.InvalidRequest('requested_token_type is not supported');
  }
  if (params.actor_token !== undefined || params.actor_token_type !== undefined) {
    throw new errors.InvalidRequest('actor_token is not supported');
  }
  if (params.audience !== undefined) throw new errors.InvalidTarget('audience is not supported');
  if (!account) throw new errors.InvalidRequest('missing required parameter account');
  return { subjectToken, account };
}

/** One read: the token, its grant, session and person, and the target account. */
async function findSubject(
  provider: Provider,
  deps: OidcDeps,
  ctx: ExchangeContext,
  params: ExchangeParameters,
): Promise<{ token: AccessToken; grant: Grant; target: ActingFacts | undefined }> {
  const { clientId } = ctx.oidc.client;
  const subsystem = deps.registry.find(clientId)?.subsystem;
  if (!subsystem?.manifest.exchange.allowed) {
    audit(clientId, { reason: 'exchange_not_allowed' });
    throw new errors.UnauthorizedClient();
  }
  const place = placeOf(params.subjectToken);
  const read =
    place &&
    (await readExchange(deps.database, place, digest(params.subjectToken), {
      subsystemAccountId: params.account,
      subsystemCode: subsystem.code,
    }));
  const work = currentWork();
  rememberArtefact(work, params.subjectToken, read?.artefact);
  const token = await provider.AccessToken.find(params.subjectToken);
  const grant = token?.grantId ? await provider.Grant.find(token.grantId) : undefined;
  if (!token || !grant || token.clientId !== clientId || token.aud !== undefined) {
    audit(clientId, { reason: 'subject_token_invalid' });
    throw new errors.InvalidRequest('subject_token is invalid, expired, or was issued to another client');
  }
  return { token, grant, target: read?.target };
}

/** @returns the account to act as, or undefined when the answer (a wish for a stronger sign-in) is made */
function decide(
  deps: OidcDeps,
  ctx: ExchangeContext,
  token: AccessToken,
  target: ActingFacts | undefined,
): ActingFacts | undefined {
  const { clientId } = ctx.oidc.client;
  const manifest = deps.registry.find(clientId)?.subsystem?.manifest;
  const acr = currentWork().sessions.get(token.sessionUid ?? '')?.payload.acr;
  const decision = decideSwitch({
    exchangeAllowed: manifest?.exchange.allowed === true,
    target: target && { id: target.id, requiredAcr: requiredAcr(manifest, target.role) },
    acr,
  });
  if (decision.allowed) return target;
  audit(clientId, { reason: decision.reason, token, target });
  switch (decision.reason) {
    case 'exchange_not_allowed':
      throw new errors.UnauthorizedClient();
    case 'target_not_available':
      throw new errors.InvalidTarget('the account is not available');
    case 'stronger_sign_in_needed':
      // an extension modelled on RFC 9470 §3: what the next sign-in has to reach
      ctx.status = 400;
      ctx.body = {
        error: 'insufficient_user_authentication',
        error_description: 'a stronger or fresher authentication is required for this account',
        acr_values: decision.acr,
      };
      return undefined;
  }
}

/** What the new tokens may carry: what was asked for, never more than the subject token's grant gave. */
function narrowScopes(ctx: ExchangeContext, token: AccessToken, grant: Grant): Set<string> {
  if (ctx.oidc.params.scope === undefined) {
    const resource = ctx.oidc.params.resource;
    const extra = resource === undefined ? '' : grant.getResourceScope(resource);
    return new Set([...token.scopes, ...extra.split(' ').filter(Boolean)]);
  }
  const allowed = new Set([
    ...token.scopes,
    ...Object.keys(grant.resources ?? {}).flatMap((resource) => grant.getResourceScope(resource).split(' ')),
  ]);
  const asked = ctx.oidc.requestParamScopes;
  const broader = [...asked].filter((scope) => !allowed.has(scope));
  if (broader.length > 0) throw new errors.InvalidScope('requested scope is not allowed', broader.join(' '));
  return asked;
}

interface Exchange {
  token: AccessToken;
  grant: Grant;
  acting: ActingFacts;
  scopes: Set<string>;
  jkt: string | undefined;
}

async function issue(
  provider: Provider,
  deps: OidcDeps,
  ctx: ExchangeContext,
  exchange: Exchange,
): Promise<void> {
  const { token, acting, scopes, jkt } = exchange;
  const { client } = ctx.oidc;
  const work = currentWork();
  const session = work.sessions.get(token.sessionUid ?? '');
  const person = work.people.get(token.accountId);
  if (!session || !person || !token.grantId) throw new errors.InvalidRequest('the session has ended');

  const grant = await replaceGrant(provider, exchange, session.uid);
  const account = toAccount(person, acting);
  ctx.oidc.entity('Account', account);
  ctx.oidc.entity('Grant', grant);

  const { acr, amr, loginTs: authTime } = session.payload;
  const shared = {
    accountId: token.accountId,
    client,
    expiresWithSession: true,
    grantId: grant.jti,
    gty: 'token_exchange',
    sessionUid: session.uid,
    sid: session.clients[client.clientId]?.sid,
  };
  const refreshToken = new provider.RefreshToken({
    ...shared,
    acr,
    amr,
    authTime,
    claims: token.claims,
    resource: Object.keys(grant.resources ?? {}),
    scope: [...scopes].join(' '),
  } as never);
  ctx.oidc.entity('RefreshToken', refreshToken);
  const accessToken = new provider.AccessToken(shared as never);
  if (jkt) accessToken.setThumbprint('jkt', jkt);
  await helpers.resolveAndApplyResource(provider, ctx, refreshToken, accessToken, grant, scopes);

  const value = await accessToken.save();
  let refreshValue: string | undefined;
  if (await helpers.shouldIssueRefreshToken(provider, ctx, refreshToken)) {
    await helpers.applyRefreshTokenBindings(provider, ctx, accessToken, refreshToken);
    refreshValue = await refreshToken.save();
  }
  touchSession({ ...deps, lifetimes: deps.config.lifetimes }, work, session.uid);
  work.writes.used = { subsystemAccountId: acting.id, at: deps.clock() };
  audit(client.clientId, { token, target: acting });

  ctx.body = helpers.buildTokenResponse(provider, {
    accessToken: value,
    expiresIn: accessToken.expiration,
    idToken: await issueIdToken(provider, ctx, scopes, { acr, amr, auth_time: authTime, sid: shared.sid }),
    refreshToken: refreshValue,
    scope: accessToken.scope,
    tokenType: accessToken.tokenType,
    issuedTokenType: ACCESS_TOKEN,
  } as never);
}

/** A new grant for the target; the session moves to it and the old one ends, all when the request commits. */
async function replaceGrant(provider: Provider, exchange: Exchange, sessionUid: string): Promise<Grant> {
  const { token, grant: old, acting, scopes } = exchange;
  const work = currentWork();
  const grant = new provider.Grant({ accountId: token.accountId, clientId: token.clientId });
  grant.jti = randomToken();
  grant.addOIDCScope(old.getOIDCScopeFiltered(scopes));
  grant.addOIDCClaims(old.getOIDCClaims());
  for (const resource of Object.keys(old.resources ?? {})) {
    grant.addResourceScope(resource, old.getResourceScope(resource));
  }
  work.boundTo.set(grant.jti, { subsystemAccountId: acting.id, acting, sessionUid });
  await grant.save();
  const from = token.grantId ?? '';
  work.writes.grantMove = { sessionUid, clientId: token.clientId ?? '', from, to: grant.jti };
  work.writes.grantEnds.add(from);
  return grant;
}

async function issueIdToken(
  provider: Provider,
  ctx: ExchangeContext,
  scopes: Set<string>,
  facts: {
    acr: string | undefined;
    amr: string[] | undefined;
    auth_time: number | undefined;
    sid: string | undefined;
  },
): Promise<string | undefined> {
  const account = ctx.oidc.account;
  if (!scopes.has('openid') || !account) return undefined;
  const { sid, ...authentication } = facts;
  const claims = await account.claims('id_token', [...scopes].join(' '), {}, []);
  const token = new provider.IdToken({ ...claims, ...authentication } as never, { ctx });
  Object.assign(token, { scope: 'openid', mask: {}, rejected: [] });
  if (sid !== undefined && ctx.oidc.client.backchannelLogoutUri) token.set('sid', sid);
  return token.issue({ use: 'idtoken' });
}

/** Every exchange, granted or refused, is one audit record; a token's text is in none of them. */
function audit(
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
