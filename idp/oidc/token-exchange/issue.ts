import type Provider from 'oidc-provider';
import { type AccessToken, type Grant, errors } from 'oidc-provider';
import { randomToken } from '#kit/random.ts';
import { toAccount } from '../claims.ts';
import * as helpers from '../grant-internals.ts';
import type { ActingFacts } from '../storage/facts.ts';
import { touchSession } from '../storage/session-adapter.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import { type SignIn, noteSignIn, signInOf } from '../waiting/unattended.ts';
import { auditExchange } from './audit.ts';
import { ACCESS_TOKEN, type ExchangeContext } from './parameters.ts';

export interface Exchange {
  token: AccessToken;
  grant: Grant;
  acting: ActingFacts;
  scopes: Set<string>;
  jkt: string | undefined;
  certificate: ReturnType<typeof helpers.checkMtlsCert>;
}

/** The new tokens for the target account, and the answer (RFC 8693 §2.2.1). */
export async function issue(
  provider: Provider,
  deps: OidcDeps,
  ctx: ExchangeContext,
  exchange: Exchange,
): Promise<void> {
  const { token, acting, scopes, jkt, certificate } = exchange;
  const { client } = ctx.oidc;
  const work = currentWork();
  const signIn = signInOf(token, exchange.grant);
  const person = work.people.get(token.accountId);
  if (!signIn || !person || !token.grantId) throw new errors.InvalidRequest('the session has ended');

  const grant = await replaceGrant(provider, exchange, signIn);
  const account = toAccount(person, acting);
  ctx.oidc.entity('Account', account);
  ctx.oidc.entity('Grant', grant);

  const { acr, amr, authTime, sessionUid, sid } = signIn;
  const shared = {
    accountId: token.accountId,
    client,
    expiresWithSession: sessionUid !== undefined,
    grantId: grant.jti,
    gty: 'token_exchange',
    sessionUid,
    sid,
  };
  const refreshToken = new provider.RefreshToken({
    ...shared,
    acr,
    amr,
    authTime,
    claims: token.claims,
    resource: Object.keys(grant.resources ?? {}),
    scope: [...scopes].join(' '),
  });
  ctx.oidc.entity('RefreshToken', refreshToken);
  const accessToken = new provider.AccessToken(shared);
  if (jkt) accessToken.setThumbprint('jkt', jkt);
  if (certificate) accessToken.setThumbprint('x5t', certificate);
  await helpers.resolveAndApplyResource(provider, ctx, refreshToken, accessToken, grant, scopes);

  const value = await accessToken.save();
  let refreshValue: string | undefined;
  if (await helpers.shouldIssueRefreshToken(provider, ctx, refreshToken)) {
    await helpers.applyRefreshTokenBindings(provider, ctx, accessToken, refreshToken);
    refreshValue = await refreshToken.save();
  }
  if (sessionUid !== undefined) touchSession({ ...deps, lifetimes: deps.config.lifetimes }, work, sessionUid);
  work.writes.used = { subsystemAccountId: acting.id, at: deps.clock() };
  auditExchange(client.clientId, { token, target: acting });

  ctx.body = helpers.buildTokenResponse(provider, {
    accessToken: value,
    expiresIn: accessToken.expiration,
    idToken: await issueIdToken(provider, ctx, scopes, { acr, amr, auth_time: authTime, sid: shared.sid }),
    refreshToken: refreshValue,
    scope: accessToken.scope,
    tokenType: accessToken.tokenType,
    issuedTokenType: ACCESS_TOKEN,
  });
}

/** A new grant for the target; the session moves to it and the old one ends, all when the request commits. */
async function replaceGrant(provider: Provider, exchange: Exchange, signIn: SignIn): Promise<Grant> {
  const { sessionUid } = signIn;
  const { token, grant: old, acting, scopes } = exchange;
  const work = currentWork();
  const grant = new provider.Grant({ accountId: token.accountId, clientId: token.clientId });
  grant.jti = randomToken();
  grant.addOIDCScope(old.getOIDCScopeFiltered(scopes));
  grant.addOIDCClaims(old.getOIDCClaims());
  for (const resource of Object.keys(old.resources ?? {})) {
    grant.addResourceScope(resource, old.getResourceScope(resource));
  }
  if (sessionUid === undefined) {
    noteSignIn(grant, signIn);
    Object.assign(grant, { exp: old.exp }); // it ends when the first one would have
  }
  work.boundTo.set(grant.jti, { subsystemAccountId: acting.id, acting, sessionUid });
  await grant.save();
  const from = token.grantId ?? '';
  if (sessionUid === undefined) {
    work.writes.grantReplaced = from;
    return grant;
  }
  work.writes.grantMove = {
    sessionUid,
    clientId: token.clientId ?? '',
    from,
    to: grant.jti,
    subsystemAccountId: acting.id,
  };
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
  const token = new provider.IdToken({ ...claims, ...authentication }, { ctx });
  Object.assign(token, { scope: 'openid', mask: {}, rejected: [] });
  if (sid !== undefined && ctx.oidc.client.backchannelLogoutUri) token.set('sid', sid);
  return token.issue({ use: 'idtoken' });
}
