import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { cookieName, readCookie, setCookie } from '#kit/http/cookies.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { type Caller, callerOf } from '../audit/index.ts';
import { readCardAnswer } from '../authenticators/index.ts';
import { addCardPage } from './card-page.ts';
import type { RecoveryRouteDeps } from './deps.ts';
import { type Visit, chooseNewPassword, readVisit } from './service/reset.ts';
import {
  type Proof,
  challengePasskey,
  proveCard,
  provePasskey,
  proveTypedFactor,
} from './service/second-factor.ts';
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
    path: string,
    step: 'second-factor' | 'new-password',
    take: (ctx: Context, opened: Opened) => Promise<FieldError[]>,
  ): void => {
    router.post(path, async (ctx) => {
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

  const proven = (ctx: Context, token: string, proof: Proof): FieldError[] => {
    if ('errors' in proof) return proof.errors;
    setCookie(ctx, cookieOf(deps), proof.browser, attributesOf(deps));
    seeOther(ctx, resetUrl(token));
    return [];
  };
  takes('/second-factor', 'second-factor', async (ctx, { token, link, form, caller }) => {
    const field = form.get('recovery_code') === '' ? 'code' : 'recovery_code';
    return proven(ctx, token, await proveTypedFactor(deps, link, { field, typed: form.get(field) }, caller));
  });
  takes('/passkey', 'second-factor', async (ctx, { token, link, form, caller }) =>
    proven(ctx, token, await provePasskey(deps, link, form.get('response'), caller)),
  );
  router.post('/passkey-challenge', async (ctx) => {
    const { next, link } = await visitOf(ctx, tokenOf(ctx));
    if (next.step !== 'second-factor' || !link) throw new Fault('conflict');
    ctx.body = await challengePasskey(deps, link);
  });

  addCardPage(router, deps, async (ctx) => {
    const token = tokenOf(ctx);
    return { token, visit: await visitOf(ctx, token) };
  });
  takes('/card', 'second-factor', async (ctx, { token, link, form, caller }) => {
    const { cards } = deps;
    if (!cards) throw new Fault('not_found');
    return proven(ctx, token, await proveCard({ ...deps, cards }, link, readCardAnswer(form), caller));
  });

  takes('/new-password', 'new-password', async (ctx, { link, form, caller }) => {
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
    return show(ctx, deps, 'idp/second-factor', factorView(deps, token, link, errors));
  }
  const { loginName } = link.owner;
  const action = resetUrl(token, '/new-password');
  const { rules } = deps;
  return show(ctx, deps, 'idp/change-password', { action, reason: 'forgotten', rules, errors, loginName });
}

function factorView(
  { demo, cards }: RecoveryRouteDeps,
  token: string,
  { owner }: ResetLink,
  errors: FieldError[],
): Views['idp/second-factor'] {
  const passkey = {
    action: resetUrl(token, '/passkey'),
    challengeUrl: resetUrl(token, '/passkey-challenge'),
  };
  return {
    action: resetUrl(token, '/second-factor'),
    errors,
    ...(!owner.hasTotp && { withoutApp: true }),
    ...(owner.hasPasskey && { passkey }),
    ...(owner.hasCard && cards && { cardUrl: resetUrl(token, '/card') }),
    ...(demo && { demoCodesUrl: '/demo/codes' }),
    cancelUrl: '/',
  };
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
