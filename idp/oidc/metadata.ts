import { certificateMetadata } from './mutual-tls.ts';
import type { OidcContext, OidcDeps } from './types.ts';

const DOCUMENTS = new Set(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']);

/** What the library would advertise although no client of ours can have it. */
const NOBODYS_MODES = new Set(['fragment', 'fragment.jwt']);

/**
 * Corrects the metadata (RFC 8414, OpenID Connect Discovery 1.0): everything that is supported and nothing else;
 * members without a value are left out (RFC 8414 §3.2).
 */
export function completeMetadata({ config }: OidcDeps) {
  return async (ctx: OidcContext, next: () => Promise<void>): Promise<void> => {
    await next();
    if (!DOCUMENTS.has(ctx.path) || ctx.status !== 200) return;
    const metadata = ctx.body as Record<string, unknown>;
    const methods = metadata['token_endpoint_auth_methods_supported'] as string[];
    const algorithms = metadata['token_endpoint_auth_signing_alg_values_supported'];
    const modes = metadata['response_modes_supported'] as string[];
    const complete: Record<string, unknown> = {
      ...metadata,
      response_modes_supported: modes.filter((mode) => !NOBODYS_MODES.has(mode)),
      // a client without a secret may revoke what it has, but nobody may look at tokens without proving who it is
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== 'none'),
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      ...certificateMetadata(config.clientCertificates),
      backchannel_user_code_parameter_supported: false,
      require_pushed_authorization_requests: config.requirePushedRequests || undefined,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      claim_types_supported: ['normal'],
      ui_locales_supported: ['zh-TW', 'en'],
    };
    ctx.body = Object.fromEntries(Object.entries(complete).filter(([, value]) => !isEmpty(value)));
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
