import type { errors } from 'oidc-provider';
import { addFormTargets } from '#kit/http/security-headers.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { PageContext } from '#templates/views.ts';
import type { OidcContext, OidcDeps } from './types.ts';

/** Routes a browser is sent to; every other one answers programs, with the standard's JSON. */
const PAGE_ROUTES = new Set([
  'authorization',
  'resume',
  'end_session',
  'end_session_confirm',
  'end_session_success',
  'code_verification',
  'device_resume',
]);

const HOME = { url: '/', key: 'common.to-home' };

type BareContext = Pick<OidcContext, 'state' | 'url'>;

export function pageContext(ctx: BareContext): PageContext {
  return { locale: ctx.state['locale'] as Locale, path: ctx.url, app: 'idp' };
}

/** The way back from a sign-in is looked at before the library has named the request's route. */
const isPage = (ctx: OidcContext): boolean => PAGE_ROUTES.has(ctx.oidc?.route ?? 'resume');

/** An error the library cannot send back to the client: a page that says what happened and a way on. */
export function renderProtocolError(
  deps: OidcDeps,
  ctx: OidcContext,
  out: { error: string; error_description?: string | undefined },
  error: errors.OIDCProviderError | Error,
): void {
  if (!isPage(ctx)) {
    ctx.body = out;
    return;
  }
  const expired = error.name === 'SessionNotFound';
  const code = expired ? 'interaction_expired' : out.error === 'server_error' ? 'unexpected' : 'protocol';
  const protocolError = {
    error: out.error,
    ...(out.error_description !== undefined && { description: out.error_description }),
  };
  renderFault(deps, ctx, code, HOME, code === 'protocol' ? protocolError : undefined);
}

function renderFault(
  deps: OidcDeps,
  ctx: OidcContext,
  code: string,
  wayOn: { url: string; key: string },
  protocolError?: { error: string; description?: string },
): void {
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/error', pageContext(ctx), {
    code,
    params: {},
    status: ctx.status,
    requestId: String(ctx.state['requestId']),
    wayOn,
    ...(protocolError && { protocolError }),
  });
}

const RETRY_SECONDS = '2';

/** The database is away for a moment: say so, and when to come back. */
export function renderUnavailable(deps: OidcDeps, ctx: OidcContext): void {
  ctx.status = 503;
  ctx.set('Retry-After', RETRY_SECONDS);
  if (!isPage(ctx)) {
    ctx.body = { error: 'temporarily_unavailable', error_description: 'please try again' };
    return;
  }
  const again = ctx.method === 'GET' ? { url: ctx.url, key: 'common.try-again' } : HOME;
  renderFault(deps, ctx, 'service_unavailable', again);
}

/** An address under the protocol's paths that means nothing. */
export function renderNotFound(deps: OidcDeps, ctx: OidcContext): void {
  if (ctx.accepts('json', 'html') !== 'html') {
    ctx.body = { error: 'not_found' };
  } else {
    renderFault(deps, ctx, 'not_found', HOME);
  }
  ctx.status = 404;
}

/**
 * RP-Initiated Logout 1.0: the person confirms, unless an `id_token_hint` of this very session shows that they
 * come from a client of theirs, where they have decided already.
 */
export function renderSignOut(deps: OidcDeps, ctx: OidcContext): void {
  const { session, client, params } = ctx.oidc;
  const secret = (session?.state as { secret?: string } | undefined)?.secret ?? '';
  const target = params?.['post_logout_redirect_uri'];
  if (typeof target === 'string') addFormTargets(ctx.res, [new URL(target).origin]);
  const subsystem = client && deps.registry.find(client.clientId)?.subsystem;
  const { locale } = pageContext(ctx);
  ctx.body = deps.renderer.page('idp/sign-out', pageContext(ctx), {
    action: ctx.oidc.urlFor('end_session_confirm'),
    fields: [{ name: 'xsrf', value: secret }],
    confirmed: isOwnHint(ctx),
    ...(subsystem && {
      for: { code: subsystem.code, name: subsystem.name[locale], colour: subsystem.colour },
    }),
  });
}

function isOwnHint(ctx: OidcContext): boolean {
  const { session, client, entities } = ctx.oidc;
  const hint = (entities.IdTokenHint as { payload: { sub?: string; sid?: string } } | undefined)?.payload;
  if (!session || !client || !hint) return false;
  return (
    hint.sub === session.accountId && hint.sid !== undefined && hint.sid === session.sidFor(client.clientId)
  );
}

export function renderSignedOut(deps: OidcDeps, ctx: OidcContext): void {
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/signed-out', pageContext(ctx), { homeUrl: '/' });
}
