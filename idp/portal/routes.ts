import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { after } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Keyring } from '#kit/keyring.ts';
import { randomToken } from '#kit/random.ts';
import { formatMinute } from '#templates/dates.ts';
import type { Renderer } from '#templates/engine.ts';
import type { Config } from '../config.ts';
import { callerOf } from '../audit/index.ts';
import { ACR_MFA, ACR_PHISHING_RESISTANT } from '../authenticators/index.ts';
import { HANDLE_MS, makeAccountHandle } from '../account-switching/index.ts';
import { listBoundAccounts, setFavourite } from '../bindings/index.ts';
import type { LogoutOffers } from '../federation/index.ts';
import { type BrowserSession, rememberNextAccount, signOut } from '../sessions/index.ts';
import { type StatusBoard, setRetryAfter } from '../service-status/index.ts';
import { type ClientRegistry, PORTAL_CLIENT, type RegisteredClient } from '../subsystems/index.ts';
import type { VisitCounter } from '../visits/index.ts';
import { type Gate, openReturnPath, sealReturnPath } from './gate.ts';
import { renderHome } from './home.ts';

export interface PortalDeps {
  config: Config;
  db: Db;
  registry: ClientRegistry;
  keyring: Keyring;
  clock: Clock;
  renderer: Renderer;
  gate: Gate;
  board: StatusBoard;
  visits: VisitCounter;
  /** For sessions that came by an institution's provider. */
  logoutOffers: LogoutOffers;
}

/** A sign-in so old is still taken for a new one; short of what the pages that ask for it allow. */
const FRESH_SECONDS = 180;
const FACTORS: Record<string, string | undefined> = { yes: ACR_MFA, passkey: ACR_PHISHING_RESISTANT };

/** @param within fewer seconds, where the page says so */
function freshSeconds(within: string | null): string {
  return String(
    within !== null && /^\d{1,9}$/.test(within) ? Math.min(Number(within), FRESH_SECONDS) : FRESH_SECONDS,
  );
}

/** The portal's pages: the public home, the signed-in home with its tiles, entering a subsystem, signing out. */
export function portalRoutes(deps: PortalDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  const { renderer, gate } = deps;

  router.get('/', async (ctx) => {
    ctx.type = 'html';
    ctx.body = await renderHome(deps, ctx);
  });

  router.get('/sign-in', async (ctx) => {
    const query = new URLSearchParams(ctx.querystring);
    const state = sealReturnPath(deps.keyring, query.get('return_to') ?? '');
    const freshly = query.get('fresh') === 'yes'; // the page to come asks for a sign-in of the last minutes
    const factor = FACTORS[query.get('factor') ?? '']; // or for a second factor, or for the strongest there is
    const session = freshly || factor ? undefined : await gate.session(ctx);
    seeOther(
      ctx,
      session
        ? openReturnPath(deps.keyring, state)
        : authorizationUrl(deps.config.issuer, state || randomToken(), {
            ...(freshly && { max_age: freshSeconds(query.get('within')) }),
            ...(factor && { acr_values: factor }),
          }),
    );
  });

  // the code is left to expire: the portal uses the session that the sign-in made
  router.get('/signed-in', (ctx) => {
    seeOther(ctx, openReturnPath(deps.keyring, new URLSearchParams(ctx.querystring).get('state') ?? ''));
  });

  router.get('/signed-out', (ctx) => {
    ctx.set('Clear-Site-Data', '"cache"');
    ctx.type = 'html';
    const query = new URLSearchParams(ctx.querystring);
    const again = {
      again: `/sign-in?${new URLSearchParams({ return_to: query.get('return_to') ?? '/' }).toString()}`,
    };
    const offer = query.get('institution') ?? '';
    const institution = deps.logoutOffers.read(offer, ctx.state.locale);
    const onward = institution?.onward ?? deps.logoutOffers.readOnward(query.get('state') ?? '');
    const view = {
      homeUrl: '/',
      ...(query.get('idle') === 'yes' && again),
      ...(institution && { institution }),
      ...(onward && { onward: { name: onward.name[ctx.state.locale], url: onward.url } }),
      ...(offer === 'unavailable' && { institutionUnavailable: true }),
    };
    ctx.body = renderer.page('idp/signed-out', gate.page(ctx, undefined), view);
  });

  router.post('/sign-out', async (ctx) => {
    const session = await gate.session(ctx);
    if (!session) return seeOther(ctx, '/signed-out');
    const offer = await deps.logoutOffers.offer(session.uid);
    await signOut(deps, ctx, session, callerOf(ctx, deps.config.trustedProxyHops));
    seeOther(ctx, offer === undefined ? '/signed-out' : `/signed-out?institution=${offer}`);
  });

  router.post('/accounts/:id/entry', async (ctx) => {
    const session = await gate.session(ctx);
    seeOther(ctx, session ? await enter(deps, ctx, session, ctx.params['id'] ?? '') : '/sign-in');
  });

  router.post('/accounts/:id/entry/favourite', async (ctx) => {
    const session = await gate.session(ctx);
    if (session) await toggleFavourite(deps, session, ctx.params['id'] ?? '');
    seeOther(ctx, '/');
  });
  return router;
}

/**
 * Where entering a subsystem as a bound account leads: its `initiate_login_uri` (OpenID Connect Core §4) with a
 * short-lived handle of the account. The choice is also remembered for a client that drops the handle.
 * @throws Fault not_found when the account is not this person's to enter as, subsystem_closed while it is maintained
 */
async function enter(
  deps: PortalDeps,
  ctx: Context,
  session: BrowserSession,
  subsystemAccountId: string,
): Promise<string> {
  const { accountId } = session;
  const { accounts } = await listBoundAccounts(deps.db, deps.registry, { accountId, subsystemAccountId });
  const account = accounts[0];
  const client = account && clientOf(deps.registry, account.subsystemCode);
  const target = client?.metadata['initiate_login_uri'];
  if (!account || !client || typeof target !== 'string') throw new Fault('not_found');
  refuseClosed(deps, ctx, account.subsystemCode);
  await rememberNextAccount(deps.db, {
    sessionUid: session.uid,
    clientId: client.clientId,
    subsystemAccountId,
    until: after(deps.clock(), HANDLE_MS),
  });
  const url = new URL(target);
  url.searchParams.set('iss', deps.config.issuer);
  url.searchParams.set(
    'login_hint',
    makeAccountHandle(deps.keyring, deps.clock, accountId, subsystemAccountId),
  );
  url.searchParams.set('target_link_uri', `${url.origin}/`);
  return url.href;
}

/** @throws Fault subsystem_closed while a maintenance window closes it */
function refuseClosed({ board, clock }: PortalDeps, ctx: Context, subsystemCode: string): void {
  const restriction = board.restriction(subsystemCode);
  if (restriction?.window.mode !== 'closed') return;
  setRetryAfter(ctx, restriction, clock());
  throw new Fault('subsystem_closed', { until: formatMinute(ctx.state.locale, restriction.endsAt) });
}

function clientOf(registry: ClientRegistry, subsystemCode: string): RegisteredClient | undefined {
  return registry.list().find((client) => client.active && client.subsystem?.code === subsystemCode);
}

async function toggleFavourite(deps: PortalDeps, session: BrowserSession, id: string): Promise<void> {
  const { accounts } = await listBoundAccounts(deps.db, deps.registry, {
    accountId: session.accountId,
    subsystemAccountId: id,
  });
  const account = accounts[0];
  if (!account) throw new Fault('not_found');
  await setFavourite(deps.db, session.accountId, id, !account.favourite);
}

/** A sign-in of the portal's own: an authorization request whose code nobody will redeem. */
function authorizationUrl(issuer: string, state: string, wishes: Record<string, string> = {}): string {
  const url = new URL('/oidc/auth', issuer);
  const parameters = {
    client_id: PORTAL_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${issuer}/signed-in`,
    state,
    code_challenge: randomToken(32),
    code_challenge_method: 'S256',
    ...wishes,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
