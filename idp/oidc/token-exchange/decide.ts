import type Provider from 'oidc-provider';
import { type AccessToken, type Grant, errors } from 'oidc-provider';
import { digest } from '#kit/random.ts';
import { decideSwitch } from '../../account-switching/index.ts';
import { requiredAcr } from '../../bindings/index.ts';
import { rememberArtefact } from '../storage/artefact-adapter.ts';
import { placeOf } from '../storage/artefact-id.ts';
import type { ActingFacts } from '../storage/facts.ts';
import { readExchange } from '../storage/read-artefact.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import { signInOf } from '../waiting/unattended.ts';
import { auditExchange } from './audit.ts';
import type { ExchangeContext, SwitchParameters } from './parameters.ts';

/** One read: the token, its grant, session and person, and the target account. */
export async function findSubject(
  provider: Provider,
  deps: OidcDeps,
  ctx: ExchangeContext,
  params: SwitchParameters,
): Promise<{ token: AccessToken; grant: Grant; target: ActingFacts | undefined }> {
  const { clientId } = ctx.oidc.client;
  const subsystem = deps.registry.find(clientId)?.subsystem;
  if (!subsystem?.manifest.exchange.allowed) {
    auditExchange(clientId, { reason: 'exchange_not_allowed' });
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
    auditExchange(clientId, { reason: 'subject_token_invalid' });
    throw new errors.InvalidRequest('subject_token is invalid, expired, or was issued to another client');
  }
  return { token, grant, target: read?.target };
}

/** @returns the account to act as, or undefined when the answer (a wish for a stronger sign-in) is made */
export function decide(
  deps: OidcDeps,
  ctx: ExchangeContext,
  { token, grant }: { token: AccessToken; grant: Grant },
  target: ActingFacts | undefined,
): ActingFacts | undefined {
  const { clientId } = ctx.oidc.client;
  const manifest = deps.registry.find(clientId)?.subsystem?.manifest;
  const acr = signInOf(token, grant)?.acr;
  const decision = decideSwitch({
    exchangeAllowed: manifest?.exchange.allowed === true,
    target: target && { id: target.id, requiredAcr: requiredAcr(manifest, target.role) },
    acr,
  });
  if (decision.allowed) return target;
  auditExchange(clientId, { reason: decision.reason, token, target });
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
export function narrowScopes(ctx: ExchangeContext, token: AccessToken, grant: Grant): Set<string> {
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
