import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import type { Trx } from '#db/idp/tables.ts';
import { readiness } from '#kit/http/readiness.ts';
import { type Failure, boundary } from '#kit/http/boundary.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { CookieSignatures } from '#kit/http/cookie-signatures.ts';
import { cookieName } from '#kit/http/cookies.ts';
import type { Locale } from '#kit/http/locale.ts';
import { rememberLocale } from '#kit/http/remember-locale.ts';
import { requestState } from '#kit/http/request.ts';
import { sameOriginOnly } from '#kit/http/same-origin.ts';
import { scanUploads } from '#kit/http/scan-uploads.ts';
import { securityHeaders } from '#kit/http/security-headers.ts';
import {
  changeRoutes,
  correctionRoutes,
  newRequestRoutes,
  ownRequestRoutes,
} from './access-requests/index.ts';
import { type Caller, recordInfected } from './audit/index.ts';
import { listDemoCodes } from './authenticators/index.ts';
import type { AppDeps } from './app-deps.ts';
import { bindingRoutes, listBoundAccounts } from './bindings/index.ts';
import { front } from './front.ts';
import {
  federationRegistrationRoutes,
  linkRoutes,
  upstreamCallbackRoutes,
  upstreamLogoutRoutes,
} from './federation/index.ts';
import { findHolder } from './accounts/index.ts';
import { certificationRoutes } from './certification/index.ts';
import { announcementRoutes } from './announcements/index.ts';
import {
  type EnrollmentDeps,
  applicationRoutes,
  cardRoutes,
  confirmationRoutes,
  progressRoutes,
} from './enrollments/index.ts';
import { impersonationRoutes } from './impersonations/index.ts';
import { helpRoutes } from './help-pages/index.ts';
import { passwordChangeRoutes } from './password-change/index.ts';
import { recoveryRoutes } from './recovery/index.ts';
import {
  answerForSuite,
  cookieKeys,
  createProofPort,
  createSignInPort,
  createSignInRequestPort,
} from './oidc/index.ts';
import { mailboxRoutes } from './notifications/index.ts';
import { type DirectoryApiDeps, directoryApiRoutes } from './directory-api/index.ts';
import { createConsoleGate } from './console/index.ts';
import { consoleRouters } from './console-app.ts';
import { consentRoutes } from './consents/index.ts';
import { dataRightsRoutes } from './data-rights/index.ts';
import { managerWork } from './manager-work.ts';
import { messageRoutes } from './messages/index.ts';
import { ownAuthenticatorRoutes } from './own-authenticators/index.ts';
import { profileRoutes } from './profile/index.ts';
import { createGate, groupPlaces, idleRoutes, portalRoutes } from './portal/index.ts';
import { maintenanceGuard, pageNotices } from './service-status/index.ts';
import { endEverywhere, sessionRoutes } from './sessions/index.ts';
import { statusRoutes } from './status-page/index.ts';
import { signInRequestRoutes } from './sign-in-requests/index.ts';
import { signInRoutes } from './sign-in/index.ts';
import { responderRoutes, virtualCardRoutes } from './virtual-cards/index.ts';
import { listConsoleAlarms } from './signing-keys/index.ts';
import { unitRoutes } from './units/index.ts';

/**
 * Every route and the order of what stands before it: the only list. Protocol requests go straight to the
 * Provider in use; everything else is a page.
 */
export function createApp(deps: AppDeps): RequestListener {
  const pages = createPages(deps).callback();
  return front(deps, (req, res) => {
    const url = req.url ?? '/';
    if (url.startsWith('/oidc/') || url.startsWith('/.well-known/')) deps.holder.handle(req, res);
    else void pages(req, res);
  });
}

function createPages(deps: AppDeps): Koa<RequestState> {
  const { config, database, registry, renderer, clock, keyring } = deps;
  const { db } = database;
  const app = new Koa<RequestState>();
  app.keys = new CookieSignatures(cookieKeys(deps)) as never; // in Keygrip's place, which the types alone ask for
  app.on('error', (error: unknown) => deps.log.warn({ err: error }, 'page answer failed'));

  app.use(securityHeaders(config.secure));
  app.use(requestState());
  app.use(rememberLocale(config.secure));
  app.use(boundary(deps.log, (ctx, failure) => renderFailure(deps, ctx, failure)));
  app.use(deps.assets.middleware());
  if (deps.virtualCards) app.use(responderRoutes(deps.virtualCards).routes());
  const isAllowedAddress: DirectoryApiDeps['isAllowedAddress'] = (role, ip) =>
    deps.allowList.isAllowed(role, ip);
  const proofs = createProofPort(deps);
  app.use(directoryApiRoutes({ db, clock, keyring, registry, config, proofs, isAllowedAddress }).routes());
  if (config.certification) {
    const answer = async (id: string, allow: boolean, caller: Caller) =>
      (await answerForSuite(deps, deps.holder, id, allow, caller)) === 'done';
    app.use(certificationRoutes({ config, answer }).routes());
  }
  const upstream = { db, clock, keyring, config, ...deps.upstreams };
  app.use(upstreamLogoutRoutes(upstream).routes());
  app.use(federationRegistrationRoutes(deps).routes());
  app.use(sameOriginOnly(config.issuer));
  app.use(scanUploads(config.clamd, recordInfected(db, config.trustedProxyHops)));
  app.use(healthRoutes(deps).routes());
  const { board, visits } = deps;
  const ofCards = { cards: deps.cards, virtualCards: deps.virtualCards };
  const notices = (locale: Locale, withLines: boolean) => pageNotices(board, registry, locale, withLines);
  const sessionCookie = cookieName('idp', 'session', config.secure);
  const mayBeSignedIn = (ctx: Context): boolean => ctx.cookies.get(sessionCookie) !== undefined;
  app.use(statusRoutes({ record: deps.record, board, registry, renderer, clock }).routes());
  app.use(maintenanceGuard({ board, clock, renderer, mayBeSignedIn }));
  app.use(upstreamCallbackRoutes(upstream).routes());
  app.use(
    signInRoutes({
      db,
      clock,
      keyring,
      renderer,
      port: createSignInPort(deps, deps.holder),
      hasher: deps.hasher,
      rules: config.passwordPolicy,
      phishingResistantRoles: config.phishingResistantRoles,
      newCaptchaAnswer: deps.newCaptchaAnswer,
      voices: deps.voices,
      issuer: config.issuer,
      trustedProxyHops: config.trustedProxyHops,
      demo: config.demo,
      ...ofCards,
      upstream,
      listBoundAccounts: (filter) => listBoundAccounts(db, registry, filter),
      pageNotices: (locale) => notices(locale, true),
      onPasswordChanged: async (trx: Trx, facts, accountId) => {
        await endEverywhere(trx, accountId, 'password_changed', facts.session?.uid);
      },
    }).routes(),
  );
  const { passwordPolicy: rules, secure, trustedProxyHops, demo } = config;
  const gate = createGate({ db, registry, clock, keyring, config, rules, pageNotices: notices });
  app.use(idleRoutes({ config, db, keyring, clock, gate }).routes());
  app.use(
    portalRoutes({
      ...{ config, db, registry, keyring, clock, renderer, gate, board, visits },
      logoutOffers: deps.logoutOffers,
    }).routes(),
  );
  app.use(announcementRoutes({ db, clock, registry, renderer, gate }).routes());
  app.use(helpRoutes({ db, renderer, gate, listPlaces: groupPlaces }).routes());
  const { hasher } = deps;
  app.use(dataRightsRoutes({ db, keyring, clock, renderer, config, gate }).routes());
  app.use(
    ownAuthenticatorRoutes({
      db,
      clock,
      keyring,
      renderer,
      config,
      gate,
      issuer: config.issuer,
      phishingResistantRoles: config.phishingResistantRoles,
      linksUrl: () => (upstream.providers.list().length > 0 ? '/account/links' : ''),
      ...ofCards,
    }).routes(),
  );
  app.use(linkRoutes({ ...upstream, renderer, gate }).routes());
  app.use(profileRoutes({ db, clock, keyring, renderer, config, gate, issuer: config.issuer }).routes());
  app.use(consentRoutes({ db, registry, renderer, config, gate }).routes());
  // before the session routes, whose `:uid` takes any name
  app.use(impersonationRoutes({ db, clock, keyring, registry, renderer, config, gate }).routes());
  app.use(sessionRoutes({ db, registry, renderer, config, gate }).routes());
  const signInRequests = createSignInRequestPort(deps, deps.holder);
  app.use(
    signInRequestRoutes({ db, clock, registry, renderer, config, gate, port: signInRequests }).routes(),
  );
  const access = { db, clock, keyring, registry, renderer, config, gate };
  // the named addresses before the one that takes any id
  for (const routes of [newRequestRoutes, changeRoutes, correctionRoutes, ownRequestRoutes]) {
    app.use(routes(access).routes());
  }
  app.use(bindingRoutes({ db, clock, keyring, hasher, registry, renderer, config, gate }).routes());
  const passwords = { db, clock, keyring, renderer, hasher, issuer: config.issuer, gate };
  const captcha = { db, keyring, voices: deps.voices, newAnswer: deps.newCaptchaAnswer };
  app.use(
    recoveryRoutes({ ...passwords, rules, captcha, secure, trustedProxyHops, demo, ...ofCards }).routes(),
  );
  app.use(passwordChangeRoutes({ ...passwords, rules, config }).routes());
  app.use(unitRoutes({ db }).routes());
  const console = createConsoleGate({
    db,
    clock,
    registry,
    gate,
    config,
    isAllowedAddress,
    listAlarms: (caller) => listConsoleAlarms(db, caller),
  });
  const consoles = consoleRouters({ ...deps, db: deps.consoleDatabase.db, console });
  for (const router of consoles) app.use(router.routes());
  const listWork = managerWork(
    { db, clock },
    consoles.flatMap(({ entries }) => entries),
  );
  app.use(messageRoutes({ db, registry, renderer, gate, listWork }).routes());
  const enrollments: EnrollmentDeps = {
    ...passwords,
    registry,
    rules,
    newCaptchaAnswer: deps.newCaptchaAnswer,
    voices: deps.voices,
    trustedProxyHops,
    secure,
    ...ofCards,
    page: (ctx) => gate.page(ctx, undefined),
  };
  app.use(applicationRoutes(enrollments).routes());
  app.use(confirmationRoutes(enrollments).routes());
  app.use(progressRoutes(enrollments).routes());
  app.use(cardRoutes(enrollments).routes());
  if (config.demo) {
    if (deps.virtualCards) {
      app.use(
        virtualCardRoutes(deps.virtualCards, (loginName) => findHolder(db, keyring, { loginName })).routes(),
      );
    }
    app.use(demoRoutes(deps).routes());
    app.use(mailboxRoutes({ db, keyring, renderer }).routes());
  }
  return app;
}

function healthRoutes(deps: AppDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' };
  });
  router.get(
    '/readyz',
    readiness(() => deps.isReady()),
  );
  return router;
}

function demoRoutes(deps: AppDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  router.get('/demo/codes', async (ctx) => {
    const rows = await listDemoCodes(deps.database.db, deps.keyring, deps.clock);
    ctx.type = 'html';
    ctx.body = deps.renderer.page(
      'idp/demo-codes',
      { locale: ctx.state.locale, path: ctx.url, app: 'idp' },
      { rows },
    );
  });
  return router;
}

/** Forms that end at a relying party: only their own page may lead there, and nothing is typed in them. */
const LEADS_OUT = /^\/(interaction|impersonation|accounts\/[^/]+\/entry)/;

function renderFailure(deps: AppDeps, ctx: Context, { again, ...failure }: Failure): Promise<void> {
  const mayResend = again !== undefined && !(again.isWhole && LEADS_OUT.test(ctx.path));
  const isStep = ctx.method === 'GET' || ctx.path.startsWith('/interaction/');
  const wayOn =
    failure.code === 'service_unavailable' && isStep
      ? { url: ctx.originalUrl, key: 'common.try-again' }
      : { url: '/', key: 'common.to-home' };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/error',
    { locale: ctx.state.locale, path: ctx.url, app: 'idp' },
    { ...failure, requestId: ctx.state.requestId, wayOn, ...(mayResend && { again }) },
  );
  return Promise.resolve();
}
