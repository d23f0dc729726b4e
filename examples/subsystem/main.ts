import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import Router from '@koa/router';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import Koa, { type Context } from 'koa';
import * as oidc from 'openid-client';
import { loadAccounts } from './accounts.ts';
import { VERIFICATION, guard, isProtocolRefusal } from './guard.ts';
import { type Manifest, type SubsystemAccount, createPages, localeOf } from './page.ts';
import { type Session, createSessions, freshTokens } from './sessions.ts';
import { verification } from './verification.ts';

/*
 * A subsystem of the single entry, complete: sign-in, entry from the portal, account switch, sign-out at both
 * ends. Copy this folder and put your pages behind `currentSession`.
 *
 *   ISSUER=… ORIGIN=… PORT=… CLIENT_SECRET=… node examples/subsystem/main.ts MANIFEST
 */
const { ISSUER = 'http://localhost:3000', ORIGIN = 'http://localhost:4001', PORT = '4001' } = process.env;
const manifest = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Manifest;
const { client_id: clientId, scope } = manifest.client;

const config = await oidc.discovery(
  new URL(ISSUER),
  clientId,
  { id_token_signed_response_alg: 'ES256' },
  oidc.ClientSecretBasic(process.env['CLIENT_SECRET']),
  {
    execute: [
      oidc.enableNonRepudiationChecks, // the ID token's signature counts, not only the connection it came by
      ...(ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : []), // the loopback demo only
    ],
  },
);
const { issuer, jwks_uri: jwksUri = '' } = config.serverMetadata();
const issuerKeys = createRemoteJWKSet(new URL(jwksUri));
const sessions = createSessions(clientId, ORIGIN.startsWith('https:'));
const pages = createPages(manifest, ISSUER);
const router = new Router();

/** The person's session with a token that is still good; undefined once the single entry has ended it. */
async function currentSession(ctx: Context): Promise<Session | undefined> {
  const session = sessions.find(ctx);
  if (!session || session.freshUntil > Date.now()) return session;
  try {
    const tokens = await oidc.refreshTokenGrant(config, session.refreshToken);
    return Object.assign(session, freshTokens(tokens, session.refreshToken));
  } catch (error) {
    if (!(error instanceof oidc.ResponseBodyError)) throw error; // away, not refused: ask again later
    sessions.end(ctx);
    return undefined;
  }
}

/** Sends the browser to the single entry; `extra` may hold a hint, an account, a stronger class of sign-in. */
async function startSignIn(ctx: Context, extra: Record<string, string> = {}): Promise<void> {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  const url = await oidc.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: `${ORIGIN}/callback`,
    scope,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ui_locales: localeOf(ctx),
    ...extra,
  });
  sessions.remember(ctx, checks);
  ctx.redirect(url.href);
}

router.get('/', async (ctx) => {
  const session = await currentSession(ctx);
  if (!session) return pages.message(ctx, 'signedOut');
  const person = await oidc.fetchUserInfo(config, session.accessToken, session.sub);
  const acting = person['subsystem_account'] as unknown as SubsystemAccount;
  const others = (person['accounts'] ?? []) as unknown as SubsystemAccount[];
  pages.home(ctx, person.name ?? '', acting, others);
});

/** Whether this browser is signed in: what the readiness check of the single entry asks. */
router.get('/session', (ctx) => {
  ctx.status = sessions.find(ctx) ? 204 : 401;
});

/** The sign-in button, and the `initiate_login_uri` that a tile of the portal leads to. */
router.get('/login', async (ctx) => {
  const { iss = issuer, login_hint: hint } = ctx.query;
  if (iss !== issuer) return pages.message(ctx, 'failed', 400);
  await startSignIn(ctx, typeof hint === 'string' ? { login_hint: hint } : {});
});

/** openid-client checks state, nonce, `iss`, the PKCE verifier and the ID token. */
router.get('/callback', async (ctx) => {
  const checks = sessions.recall(ctx);
  if (checks) sessions.open(ctx, await oidc.authorizationCodeGrant(config, new URL(ctx.url, ORIGIN), checks));
  ctx.redirect('/');
});

/** Another account without a sign-in page: the access token is exchanged for one of that account. */
router.post('/switch', async (ctx) => {
  const account = new URLSearchParams(await text(ctx.req)).get('account') ?? '';
  const session = await currentSession(ctx);
  if (!session) return ctx.redirect('/');
  try {
    const tokens = await oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: session.accessToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      account,
    });
    sessions.open(ctx, tokens);
    ctx.redirect('/');
  } catch (error) {
    const refusal = error instanceof oidc.ResponseBodyError ? error : undefined;
    if (refusal?.error !== 'insufficient_user_authentication') throw error;
    await startSignIn(ctx, { account, acr_values: (refusal.cause['acr_values'] ?? '') as string });
  }
});

router.post('/sign-out', (ctx) => {
  const session = sessions.find(ctx);
  sessions.end(ctx);
  const back = { post_logout_redirect_uri: `${ORIGIN}/`, client_id: clientId };
  const url = oidc.buildEndSessionUrl(config, session ? { ...back, id_token_hint: session.idToken } : back);
  ctx.redirect(url.href);
});

/** The single entry says that a session ended there (OpenID Connect Back-Channel Logout 1.0, §2.6). */
router.post('/backchannel-logout', async (ctx) => {
  const token = new URLSearchParams(await text(ctx.req)).get('logout_token') ?? '';
  const { payload } = await jwtVerify(token, issuerKeys, {
    ...{ issuer, audience: clientId, algorithms: ['ES256'], typ: 'logout+jwt' },
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  });
  const { events, sub, sid, nonce } = payload;
  const isLogout = Object.hasOwn(events as object, 'http://schemas.openid.net/event/backchannel-logout');
  if (!isLogout || nonce !== undefined || (sub ?? sid) === undefined) return ctx.throw(400);
  sessions.endNamed(sub, sid);
  ctx.body = '';
});

/** Accounts this system had before: the single entry asks when somebody binds one. */
const accounts = loadAccounts(manifest.code);
if (accounts) {
  const own = { issuer, endpoint: ORIGIN + VERIFICATION, keys: issuerKeys };
  router.post(VERIFICATION, verification(own, accounts));
}

const app = new Koa();
app.use(guard(ORIGIN, ISSUER));
app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const isOver = error instanceof oidc.WWWAuthenticateChallengeError;
    if (!isOver && !isProtocolRefusal(error)) throw error;
    if (isOver) sessions.end(ctx);
    pages.message(ctx, isOver ? 'signedOut' : 'failed', isOver ? 200 : 400);
  }
});
app.use(router.routes()).use(router.allowedMethods());

const server = app.listen(Number(PORT), '127.0.0.1', () => process.send?.({ ready: true }));
for (const end of ['SIGTERM', 'SIGINT', 'disconnect'])
  process.once(end, () => server.close(() => process.exit()));
