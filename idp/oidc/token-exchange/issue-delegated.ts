import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import * as helpers from '../grant-internals.ts';
import { DELEGATION } from '../storage/artefact-adapter.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import { ACCESS_TOKEN, type ExchangeContext } from './parameters.ts';
import type { Target } from './target.ts';
import type { DelegationDecision, SubjectToken } from './types.ts';

interface Delegation {
  subject: SubjectToken;
  target: Target;
  decision: DelegationDecision & { allowed: true };
  jkt: string | undefined;
  certificate: ReturnType<typeof helpers.checkMtlsCert>;
}

/**
 * The token and the answer (RFC 8693 §2.2.1): for the target alone, no refresh token and no ID token, and resting on
 * the grant of the token exchanged, which is held until this is written.
 */
export async function issueDelegated(
  provider: Provider,
  deps: OidcDeps,
  ctx: ExchangeContext,
  { subject, target, decision, jkt, certificate }: Delegation,
): Promise<void> {
  const { client } = ctx.oidc;
  const work = currentWork();
  const { accessTokenSeconds, jwtAccessTokenSeconds } = deps.config.lifetimes;
  const { identifier, format, scopes } = target.resource;
  const longest = format === 'jwt' ? jwtAccessTokenSeconds : accessTokenSeconds;
  const left = Math.floor(subject.expiresAt - deps.clock().getTime() / 1000);
  if (left < 1)
    throw new errors.InvalidRequest('subject_token is invalid, expired, or was issued to another client');
  const token = new provider.AccessToken({
    accountId: subject.accountId,
    client,
    grantId: subject.grantId,
    gty: DELEGATION,
    sessionUid: subject.sessionUid,
    expiresIn: Math.min(longest, left),
  });
  token.resourceServer = new provider.ResourceServer(identifier, {
    scope: scopes.join(' '),
    audience: identifier,
    accessTokenFormat: format,
    ...(format === 'jwt' && { jwt: { sign: { alg: 'ES256' } } }),
  });
  token.scope = decision.scopes.join(' ');
  if (jkt) token.setThumbprint('jkt', jkt);
  if (certificate) token.setThumbprint('x5t', certificate);
  work.delegated = { ...subject.authentication, act: decision.act };
  work.writes.heldGrant = {
    id: subject.grantId,
    accountId: subject.accountId,
    subsystemAccountId: subject.subsystemAccountId,
  };
  const value = await token.save();
  ctx.body = helpers.buildTokenResponse(provider, {
    accessToken: value,
    expiresIn: token.expiration,
    scope: token.scope,
    tokenType: token.tokenType,
    issuedTokenType: ACCESS_TOKEN,
  });
}
