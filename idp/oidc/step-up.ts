import { errors } from 'oidc-provider';
import { satisfiesAcr } from '../authenticators/index.ts';
import { requiredAcr } from '../bindings/index.ts';
import type { ActingFacts } from './storage/facts.ts';
import type { OidcContext, OidcDeps } from './types.ts';

/** RFC 9470 §3: the token is good, but what its holder proved at sign-in is not enough here. */
class InsufficientUserAuthentication extends errors.CustomOIDCProviderError {
  constructor() {
    super('insufficient_user_authentication', 'a stronger authentication is required for this account');
    Object.assign(this, { status: 401, statusCode: 401 });
  }
}

/**
 * Userinfo tells nothing about an account whose role has come to want a stronger sign-in than the token tells of: the
 * manifest may have changed since the token was issued.
 * @throws InsufficientUserAuthentication
 */
export function askForStrongerSignIn(
  { registry }: Pick<OidcDeps, 'registry'>,
  ctx: OidcContext,
  token: unknown,
  acting: ActingFacts | undefined,
): void {
  const manifest = registry.find(ctx.oidc.client?.clientId ?? '')?.subsystem?.manifest;
  const wanted = acting && requiredAcr(manifest, acting.role);
  if (wanted === undefined) return;
  const { extra } = token as { extra?: { acr?: string } };
  if (satisfiesAcr(extra?.acr, wanted)) return;
  ctx.state['wantedClass'] = wanted;
  throw new InsufficientUserAuthentication();
}

/** The library's challenge has no place for `acr_values`. */
export async function nameWantedClass(ctx: OidcContext, next: () => Promise<void>): Promise<void> {
  await next();
  const wanted = ctx.state['wantedClass'] as string | undefined;
  const challenge = ctx.response.get('www-authenticate');
  if (wanted !== undefined && challenge !== '') {
    ctx.set('WWW-Authenticate', `${challenge}, acr_values="${wanted}"`);
  }
}
