import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import * as helpers from '../grant-internals.ts';
import type { PublishedKey } from '../../signing-keys/index.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import { type DelegationRecord, auditDelegation, auditExchange } from './audit.ts';
import { createExchangeBrake } from './brake.ts';
import { checkCertificate } from '../mutual-tls.ts';
import { impersonationOf } from '../impersonation.ts';
import { decide, findSubject, narrowScopes } from './decide.ts';
import { delegate } from './delegate.ts';
import { issue } from './issue.ts';
import { type ExchangeContext, type SwitchParameters, readParameters } from './parameters.ts';
import { createVerifyJwt } from './subject.ts';

export { EXCHANGE_PARAMETERS } from './parameters.ts';

/**
 * Token exchange (RFC 8693), two deeds. An account switch: the client's own access token, bound to one account of a
 * person, for tokens bound to another. The subject stays the person, so there is no `act`. The browser session is
 * re-pointed and the old grant ends in the same statement that stores the new tokens. And delegation: a client acts
 * for the person towards a resource (see delegate.ts).
 */
export function createTokenExchange(provider: Provider, deps: OidcDeps, keys: readonly PublishedKey[]) {
  const brake = createExchangeBrake(deps);
  const verify = createVerifyJwt(deps, keys);
  return async function tokenExchange(ctx: ExchangeContext): Promise<void> {
    const known: Subject = {};
    let delegation: DelegationRecord | undefined;
    brake(ctx);
    try {
      const params = readParameters(ctx.oidc.params);
      const dPoP = await helpers.validateDpop(provider, ctx);
      helpers.checkDpopRequired(provider, ctx, dPoP, errors.InvalidRequest);
      if (params.kind === 'switch') await exchange(provider, deps, ctx, params, dPoP, known);
      else {
        delegation = { target: params.target };
        await delegate(provider, deps, verify, ctx, params, dPoP, delegation);
      }
    } catch (error) {
      if (delegation) refuseDelegation(ctx, delegation, error);
      else auditRefusal(ctx, known, error);
      throw error;
    }
  };
}

/** What is known of an exchange by the time it is refused. */
type Subject = Partial<Awaited<ReturnType<typeof findSubject>>>;

async function exchange(
  provider: Provider,
  deps: OidcDeps,
  ctx: ExchangeContext,
  params: SwitchParameters,
  dPoP: Awaited<ReturnType<typeof helpers.validateDpop>>,
  known: Subject,
): Promise<void> {
  const certificate = helpers.checkMtlsCert(provider, ctx, errors.InvalidRequest);
  const { token, grant, target } = await findSubject(provider, deps, ctx, params);
  Object.assign(known, { token, target });
  // approved for one account: an operator switches to none of the person's others
  if (impersonationOf()) throw new errors.InvalidTarget('the account is not available');
  if (token.jkt && token.jkt !== dPoP?.thumbprint) throw new errors.InvalidRequest('failed jkt verification');
  checkCertificate(ctx, token);
  await helpers.checkDpopReplay(provider, ctx, dPoP, ctx.oidc.client.clientId, errors.InvalidRequest);

  const acting = decide(deps, ctx, { token, grant }, target);
  if (!acting) return;
  const scopes = narrowScopes(ctx, token, grant);
  await issue(provider, deps, ctx, { token, grant, acting, scopes, jkt: dPoP?.thumbprint, certificate });
}

/** Whatever refused it, one record says so; where the refusal named no reason of its own, the error does. */
function auditRefusal(ctx: ExchangeContext, { token, target }: Subject, error: unknown): void {
  if (currentWork().writes.audits.length > 0 || !(error instanceof errors.OIDCProviderError)) return;
  auditExchange(ctx.oidc.client.clientId, { reason: error.error, ...(token && { token }), target });
}

function refuseDelegation(ctx: ExchangeContext, record: DelegationRecord, error: unknown): void {
  if (!(error instanceof errors.OIDCProviderError)) return;
  record.reason ??= error.error;
  auditDelegation(ctx, record);
}
