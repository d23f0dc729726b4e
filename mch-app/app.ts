import Router from '@koa/router';
import Koa from 'koa';
import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { boundary } from '#kit/http/boundary.ts';
import { readiness } from '#kit/http/readiness.ts';
import type { Middleware, Next } from '#kit/http/context.ts';
import { rememberLocale } from '#kit/http/remember-locale.ts';
import { requestState } from '#kit/http/request.ts';
import { sameOriginOnly } from '#kit/http/same-origin.ts';
import { scanUploads } from '#kit/http/scan-uploads.ts';
import { securityHeaders } from '#kit/http/security-headers.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Log } from '#kit/log.ts';
import { within } from '#kit/within.ts';
import type { Assets } from '#templates/assets.ts';
import type { Renderer } from '#templates/engine.ts';
import { AREAS } from './areas/index.ts';
import { callerOf } from './audit/index.ts';
import type { Config } from './config.ts';
import { CONFIGURATION_PATH, createEntity, publishEntity } from './federation/index.ts';
import { group, home } from './home/index.ts';
import { changePages, changeTodo } from './change-pages.ts';
import { contentPages } from './content-pages.ts';
import { createDeskLookup, deskPages } from './desk-pages.ts';
import { ownPages } from './own-pages.ts';
import { menuOf } from './places.ts';
import { type FormRoute, KEPT_PLACE, keepForm, showKeptForm } from './kept-forms/index.ts';
import { createOfficeApi, officePages, officeTodos, unlessOver } from './office-pages.ts';
import { frameOf, recordPages } from './record-pages.ts';
import type { Area } from './records/index.ts';
import {
  type IdentityProvider,
  type RelyingParty,
  backchannelLogout,
  callback,
  comeBack,
  keepFresh,
  localPlace,
  signIn,
  signOut,
  switchAccount,
} from './relying-party/index.ts';
import {
  type SignedInContext,
  type SignedInState,
  browserCookie,
  endSession,
  idleSecondsLeft,
  keepAlive,
  peekSession,
  refuseDeedsForOthers,
  signedInOnly,
  tellActing,
} from './sessions/index.ts';
import { showTodos } from './todos/index.ts';
import { lookUpUnits } from './units/index.ts';
import {
  actingForm,
  askSignOut,
  createShell,
  limitExports,
  recordInfected,
  showFailure,
  signedOut,
} from './shell/index.ts';

export interface AppDeps {
  config: Config;
  db: Db;
  clock: Clock;
  keyring: Keyring;
  log: Log;
  assets: Assets;
  renderer: Renderer;
  provider: IdentityProvider;
  /** Whether this process wants requests; the database is asked beside it. */
  isReady: () => boolean;
  /** How the single entry's directory API is called; `fetch` unless told. */
  callApi?: (url: string, init: RequestInit) => Promise<Response>;
  /** Other business areas than this system's own. */
  areas?: readonly Area[];
}

/** Reached from other sites: each brings a proof of its own, or does nothing by itself. */
const FROM_OUTSIDE = ['/backchannel-logout', '/sign-in'];

/** A balancer that asks each second wants an answer before it asks again. */
const READY_MS = 900;

const LEFT: ReadonlySet<unknown> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

/** The MCH system: the order of the middleware, and every route. */
export function createApp(deps: AppDeps): Koa {
  const { config, db, clock } = deps;
  const limits = config.sessions;
  const areas = deps.areas ?? AREAS;
  const menu = menuOf(areas);
  const routes: FormRoute[] = [];
  const keptForms = { ...deps, routes: () => routes };
  const party: RelyingParty = {
    ...deps,
    origin: config.origin,
    limits,
    refreshSeconds: limits.refreshSeconds,
    sessionCookie: browserCookie('session', config.secure),
    signInCookie: browserCookie('sign_in', config.secure),
    keepForm: keepForm(keptForms),
    callerOf: (ctx) => callerOf(ctx, config.trustedProxyHops),
    landingFor: (account, path) => (menu.isForbiddenGroup(account, path.split('?')[0] ?? '/') ? '/' : path),
  };
  const api = createOfficeApi(party, deps.callApi ?? fetch);
  const desk = createDeskLookup({ ...deps, menu }, areas, changeTodo, officeTodos(api, menu, clock));
  const show = createShell({
    renderer: deps.renderer,
    issuer: config.issuer,
    menu,
    ...limits,
    deskOf: (ctx) => desk.of(ctx),
  });
  const guard = {
    ...party,
    keepFresh: keepFresh.bind(undefined, party),
    comeBack: comeBack.bind(undefined, party),
  };
  const known = signedInOnly(guard);
  const signedIn = (ctx: SignedInContext, next: Next) =>
    known(ctx, () => refuseDeedsForOthers(ctx, () => desk.look(ctx, next)));
  const place = (target: string) => localPlace(target, config.origin);

  const router = new Router<SignedInState>();
  router.get('/', signedIn, home(show, menu, limits.idleSeconds, desk));
  router.get(
    '/common/todo',
    signedIn,
    showTodos({ show, frameOf: (ctx) => frameOf(ctx, menu, 'common/todo'), db, todosOf: desk.todosOf }),
  );
  for (const path of menu.groups) router.get(`/${path}`, signedIn, group(show, path, menu));
  router.get('/units', signedInOnly(guard, 'script'), lookUpUnits(db));
  const exports = limitExports(db, (ctx) => party.callerOf(ctx), config.exportRows);
  const pageDeps = {
    ...deps,
    show,
    menu,
    exports,
    issuer: config.issuer,
    origin: config.origin,
    localPlace: place,
  };
  routes.push(
    ...deskPages(pageDeps),
    ...contentPages({ ...pageDeps, callerOf: (ctx) => party.callerOf(ctx) }),
    ...ownPages({ ...pageDeps, party }),
    ...officePages({ ...pageDeps, api, party }),
    ...changePages(pageDeps, areas),
    ...recordPages(pageDeps, areas),
  );
  for (const { method, path, handle } of routes) router[method](path, signedIn, handle);
  router.get(KEPT_PLACE, signedIn, unlessOver(party, showKeptForm(keptForms)));

  router.get('/sign-in', signIn(party));
  router.post('/sign-in', signIn(party));
  router.get('/callback', callback(party));
  router.post(
    '/account-switch',
    signedIn,
    actingForm(
      show,
      {},
      (ctx, form) => switchAccount(party, ctx, form),
      (account, form) => party.landingFor(account, place(form.get('return_to')) ?? '/'),
    ),
  );
  router.get('/sign-out', signedIn, askSignOut(show));
  router.post('/sign-out', signOut(party));
  router.get(
    '/signed-out',
    signedOut({
      show,
      portalUrl: `${config.issuer}/`,
      peek: (ctx) => peekSession(party, ctx),
      secondsLeft: (session) => idleSecondsLeft(session, clock(), limits),
      endIdle: (ctx, session) => endSession(party, session.digest, 'idle', party.callerOf(ctx)),
      localPlace: place,
    }),
  );
  router.post('/backchannel-logout', backchannelLogout(party));
  router.get('/acting', tellActing(party));
  router.post('/keep-alive', signedInOnly(guard, 'script'), keepAlive(party));
  if (config.federation) {
    const entity = createEntity(config.federation, { ...deps, call: deps.callApi ?? fetch });
    router.get(CONFIGURATION_PATH, publishEntity(entity));
  }
  router.get('/healthz', (ctx) => {
    ctx.body = 'ok\n';
  });
  const isReady = async (): Promise<boolean> => {
    const asked = db.selectFrom('logout_token_seen').select('expires_at').limit(1).execute();
    return (await within(READY_MS, asked, undefined).catch(() => undefined)) !== undefined && deps.isReady();
  };
  const notes = (): Record<string, string> =>
    deps.provider.isRefused() ? { identity_provider: 'not_trusted' } : {};
  router.get('/readyz', readiness(isReady, notes));

  const app = new Koa<SignedInState>();
  app.on('error', (error: { code?: unknown; headerSent?: unknown }) => {
    // who leaves in the middle of an answer is no fault of ours
    const isLeft = error.headerSent === true && LEFT.has(error.code);
    if (isLeft) deps.log.info({ err: error }, 'an answer was cut off');
    else deps.log.error({ err: error }, 'unhandled');
  });
  app.use(requestState());
  app.use(securityHeaders(config.secure));
  app.use(rememberLocale(config.secure));
  app.use(deps.assets.middleware());
  app.use(boundary(deps.log, showFailure(show)));
  app.use(
    scanUploads(
      config.clamd,
      recordInfected(db, (ctx) => party.callerOf(ctx)),
    ),
  );
  app.use(exceptFor(FROM_OUTSIDE, sameOriginOnly(config.origin)));
  app.use(router.routes());
  app.use(router.allowedMethods({ throw: true, methodNotAllowed, notImplemented: methodNotAllowed }));
  return app;
}

const methodNotAllowed = () => new Fault('method_not_allowed');

function exceptFor(paths: string[], middleware: Middleware): Middleware {
  return (ctx, next) => (paths.includes(ctx.path) ? next() : middleware(ctx, next));
}
