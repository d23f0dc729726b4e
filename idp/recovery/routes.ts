import Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { cookieName, readCookie, setCookie } from '#kit/http/cookies.ts';
import { readForm } from '#kit/http/form.ts';
import { sendMedia } from '#kit/http/send-media.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { randomToken } from '#kit/random.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { captchaImage, captchaSpeech, issueCaptcha } from '../authenticators/index.ts';
import type { RecoveryRouteDeps } from './deps.ts';
import { resetRoutes } from './reset-routes.ts';
import { requestReset } from './service/request.ts';
import { FORGOT, forgotPasswordView } from './view.ts';

const UNPROCESSABLE = 422;

/** The page of the forgotten password, what it says afterwards, and the pages a mailed link opens. */
export function recoveryRoutes(deps: RecoveryRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>();

  router.get(FORGOT, async (ctx) => {
    await showForm(ctx, deps, { account: '', email: '' }, []);
  });

  router.post(FORGOT, async (ctx) => {
    const form = await readForm(ctx);
    const typed = { account: form.get('account'), email: form.get('email') };
    const caller = callerOf(ctx, deps.trustedProxyHops);
    const request = { caller, locale: ctx.state.locale };
    const captcha = form.get('captcha');
    const errors = await requestReset(deps, { ...typed, captcha }, challengeOf(ctx, deps), request);
    if (errors.length === 0) return seeOther(ctx, `${FORGOT}/sent`);
    await showForm(ctx, deps, typed, errors);
    ctx.status = UNPROCESSABLE;
  });

  router.post(`${FORGOT}/captcha`, async (ctx) => {
    const form = await readForm(ctx);
    await showForm(ctx, deps, { account: form.get('account'), email: form.get('email') }, []);
  });

  router.get(`${FORGOT}/captcha.png`, async (ctx) => {
    sendMedia(ctx, 'image/png', await captchaImage(deps.captcha, challengeOf(ctx, deps), deps.clock()));
  });
  router.get(`${FORGOT}/captcha.wav`, async (ctx) => {
    const { locale } = ctx.state;
    const speech = await captchaSpeech(deps.captcha, challengeOf(ctx, deps), locale, deps.clock());
    sendMedia(ctx, 'audio/wav', speech);
  });

  router.get(`${FORGOT}/sent`, (ctx) => {
    show(ctx, deps, 'idp/forgot-password-sent', {
      homeUrl: '/',
      againUrl: FORGOT,
      ...(deps.demo && { mailboxUrl: '/demo/mailbox' }),
    });
  });
  router.use(resetRoutes(deps).routes());
  return router;
}

/** Shows the form, always with a new captcha, which belongs to this browser by a cookie that means nothing else. */
async function showForm(
  ctx: Context,
  deps: RecoveryRouteDeps,
  typed: { account: string; email: string },
  errors: FieldError[],
): Promise<void> {
  const id = browserId(ctx, deps) ?? randomToken();
  setCookie(ctx, cookieOf(deps), id, { path: FORGOT, secure: deps.secure });
  await issueCaptcha(deps.captcha, challengeName(id), deps.clock());
  show(ctx, deps, 'idp/forgot-password', forgotPasswordView(typed, errors));
}

function show<V extends keyof Views>(ctx: Context, deps: RecoveryRouteDeps, view: V, data: Views[V]): void {
  ctx.type = 'html';
  ctx.body = deps.renderer.page(view, deps.gate.page(ctx, undefined), data);
}

function cookieOf({ secure }: RecoveryRouteDeps): string {
  return cookieName('idp', 'recovery', secure, FORGOT);
}

function browserId(ctx: Context, deps: RecoveryRouteDeps): string | undefined {
  const id = readCookie(ctx.req, cookieOf(deps));
  return id !== undefined && /^[\w-]{32}$/.test(id) ? id : undefined;
}

/** A browser without the cookie has no challenge, and so answers none. */
function challengeOf(ctx: Context, deps: RecoveryRouteDeps): string {
  return challengeName(browserId(ctx, deps) ?? 'none');
}

function challengeName(id: string): string {
  return `recovery ${id}`;
}
