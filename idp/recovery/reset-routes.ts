import Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { cookieName, readCookie, setCookie } from '#kit/http/cookies.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { type Caller, callerOf } from '../audit/index.ts';
import type { RecoveryRouteDeps } from './deps.ts';
import { type Visit, chooseNewPassword, proveSecondFactor, readVisit } from './service/reset.ts';
import type { LinkStep, ResetLink } from './types.ts';
import { FORGOT, RESET, resetUrl } from './view.ts';

const UNPROCESSABLE = 422;
const GONE = 410;

/** What a page of the link is shown for. */
interface Opened {
  token: string;
  link: ResetLink;
  form: Form;
  caller: Caller;
}

/**
 * The pages a mailed link opens: second factor, new password. Each form counts only while its step is due, and
 * which step that is says the database.
 */
export function resetRoutes(deps: RecoveryRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: RESET });
  const visitOf = (ctx: Context, token: string): Promise<Visit> =>
    readVisit(deps, token, readCookie(ctx.req, cookieOf(deps)));

  router.get('/', async (ctx) => {
    const token = tokenOf(ctx);
    showStep(ctx, deps, token, await visitOf(ctx, token), []);
  });

  const takes = (
    step: 'second-factor' | 'new-password',
    take: (ctx: Context, opened: Opened) => Promise<FieldError[]>,
  ): void => {
    router.post(`/${step}`, async (ctx) => {
      const token = tokenOf(ctx);
      const visit = await visitOf(ctx, token);
      const form = await readForm(ctx);
      if (visit.next.step !== step || !visit.link) return seeOther(ctx, resetUrl(token));
      const caller = callerOf(ctx, deps.trustedProxyHops);
      const errors = await take(ctx, { token, link: visit.link, form, caller });
      if (errors.length === 0) return undefined;
      showStep(ctx, deps, token, visit, errors);
      ctx.status = UNPROCESSABLE;
      return undefined;
    });
  };

  takes('second-factor', async (ctx, { token, link, form, caller }) => {
    const outcome = await proveSecondFactor(deps, link, form.get('code'), caller);
    if ('errors' in outcome) return outcome.errors;
    setCookie(ctx, cookieOf(deps), outcome.browser, attributesOf(deps));
    seeOther(ctx, resetUrl(token));
    return [];
  });

  takes('new-password', async (ctx, { link, form, caller }) => {
    const typed = { password: form.get('new_password'), repeat: form.get('repeat_password') };
    const errors = await chooseNewPassword(deps, link, typed, caller);
    if (errors.length > 0) return errors;
    setCookie(ctx, cookieOf(deps), null, attributesOf(deps));
    seeOther(ctx, `${RESET}/done`);
    return [];
  });

  router.get('/done', (ctx) => {
    show(ctx, deps, 'idp/password-reset-done', { signInUrl: '/sign-in' });
  });
  return router;
}

function showStep(
  ctx: Context,
  deps: RecoveryRouteDeps,
  token: string,
  { next, link }: Visit,
  errors: FieldError[],
): void {
  if (next.step === 'closed' || !link) return showClosed(ctx, deps, next);
  if (next.step === 'second-factor') {
    const action = resetUrl(token, '/second-factor');
    const demoCodes = deps.demo && { demoCodesUrl: '/demo/codes' };
    return show(ctx, deps, 'idp/second-factor', { action, errors, ...demoCodes, cancelUrl: '/' });
  }
  const { loginName } = link.owner;
  const action = resetUrl(token, '/new-password');
  return show(ctx, deps, 'idp/change-password', { action, reason: 'forgotten', errors, loginName });
}

function showClosed(ctx: Context, deps: RecoveryRouteDeps, next: LinkStep): void {
  const reason = next.step === 'closed' ? next.reason : 'unknown';
  show(ctx, deps, 'idp/password-reset-closed', { reason, againUrl: FORGOT, signInUrl: '/sign-in' });
  ctx.status = GONE;
}

function show<V extends keyof Views>(ctx: Context, deps: RecoveryRouteDeps, view: V, data: Views[V]): void {
  ctx.type = 'html';
  ctx.body = deps.renderer.page(view, deps.gate.page(ctx, undefined), data);
}

function tokenOf(ctx: Context): string {
  return new URLSearchParams(ctx.querystring).get('token') ?? '';
}

function cookieOf({ secure }: RecoveryRouteDeps): string {
  return cookieName('idp', 'reset', secure, RESET);
}

function attributesOf({ secure }: RecoveryRouteDeps) {
  return { path: RESET, secure, sameSite: 'lax' } as const; // the link is followed from a mail
}
