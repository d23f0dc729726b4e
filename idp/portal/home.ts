import type { Context } from '#kit/http/context.ts';
import { cookieName, setCookie } from '#kit/http/cookies.ts';
import type { Views } from '#templates/views.ts';
import { type Reader, lineView, listAnnouncements } from '../announcements/index.ts';
import { listBoundAccounts } from '../bindings/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { dayOf } from '../visits/index.ts';
import { groupHomePlaces } from './places.ts';
import type { PortalDeps } from './routes.ts';
import { portalView } from './view.ts';

const LATEST = 6;

/** The public home (P-01), which opens with what is new; or a person's own, which opens with their work (P-20). */
export async function renderHome(deps: PortalDeps, ctx: Context): Promise<string> {
  const session = await deps.gate.session(ctx);
  return session ? renderOwn(deps, ctx, session) : renderPublic(deps, ctx);
}

async function renderPublic(deps: PortalDeps, ctx: Context): Promise<string> {
  countVisit(deps, ctx);
  return deps.renderer.page('idp/home', deps.gate.page(ctx, undefined), {
    signInUrl: '/sign-in',
    news: await listNews(deps, ctx, undefined),
    places: groupHomePlaces(),
    visits: deps.visits.totals(),
  });
}

async function renderOwn(deps: PortalDeps, ctx: Context, session: BrowserSession): Promise<string> {
  const { registry, board, config } = deps;
  const { locale } = ctx.state;
  const [{ accounts }, news] = await Promise.all([
    listBoundAccounts(deps.db, registry, { accountId: session.accountId }),
    listNews(deps, ctx, session.accountId),
  ]);
  ctx.state.formTargets = entryOrigins(registry);
  const view = portalView(
    { registry, board, now: deps.clock(), demo: config.demo },
    { session, accounts, news, requests: deps.gate.waitingRequests(session) },
    locale,
  );
  return deps.renderer.page('idp/portal', deps.gate.page(ctx, session), view);
}

async function listNews(
  deps: PortalDeps,
  ctx: Context,
  accountId: string | undefined,
): Promise<Views['idp/home']['news']> {
  const reader: Reader = { accountId, now: deps.clock() };
  const { lines } = await listAnnouncements(deps.db, reader, { kind: 'announcement', limit: LATEST });
  return lines.map((line) => lineView(deps.registry, ctx.state.locale, line));
}

/**
 * P-03: a visit is a browser's first look at the home on a day. The cookie holds the day and ends with the
 * browser; it tells nobody apart.
 */
function countVisit({ config, visits, clock }: PortalDeps, ctx: Context): void {
  if (ctx.method !== 'GET') return;
  const name = cookieName('idp', 'visit', config.secure);
  const today = dayOf(clock());
  if (ctx.cookies.get(name, { signed: false }) === today) return;
  setCookie(ctx, name, today, { secure: config.secure });
  visits.hit();
}

/** Entering a subsystem leads by its own addresses back here and on to it. */
function entryOrigins(registry: ClientRegistry): string[] {
  const uris = registry.list().flatMap((client) => {
    const { initiate_login_uri: uri, redirect_uris: redirects } = client.metadata;
    return [uri, ...(Array.isArray(redirects) ? (redirects as unknown[]) : [])];
  });
  return uris
    .filter((uri): uri is string => typeof uri === 'string' && URL.canParse(uri))
    .map((uri) => new URL(uri).origin);
}
