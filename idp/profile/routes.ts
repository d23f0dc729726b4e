import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { FieldError, PageContext, Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import { changeNationalId, changeProfile, getProfile } from './service/change.ts';
import type { ProfileDeps } from './service/deps.ts';
import { confirmEmail, isConfirmationOpen, requestEmail } from './service/email.ts';
import type { ProfileChanges } from './types.ts';
import { FIELDS, PROFILE, profileErrors, profileView } from './view.ts';

export interface ProfileRouteDeps extends ProfileDeps {
  renderer: Renderer;
  config: { trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    freshSession(ctx: Context, deed: 'read' | 'write'): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

const DEEDS = ['saved', 'national-id-saved', 'email-asked', 'email-saved'];
const MAX_ECHOED = 300;

type Run = (ctx: Context, session: BrowserSession) => Promise<void>;

/** One's own particulars: the form, and apart from it what asks for a new sign-in: ID number and e-mail. */
export function profileRoutes(deps: ProfileRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: PROFILE });
  const caller = (ctx: Context) => callerOf(ctx, deps.config.trustedProxyHops);

  const signedIn = (run: Run) => async (ctx: Context) => {
    const session = await deps.gate.requireSession(ctx);
    if (session) await run(ctx, session);
  };
  const freshly = (run: Run) => async (ctx: Context) => {
    const session = await deps.gate.freshSession(ctx, ctx.method === 'GET' ? 'read' : 'write');
    // by the address a password is had anew, which is worth more than a provider's word
    if (session?.provenElsewhere) return seeOther(ctx, `${PROFILE}?failed=own-proof`);
    if (session) await run(ctx, session);
  };
  const show = <V extends keyof Views>(
    ctx: Context,
    session: BrowserSession,
    view: V,
    data: Views[V],
    page: Partial<PageContext> = {},
  ): void => {
    ctx.type = 'html';
    ctx.body = deps.renderer.page(view, { ...deps.gate.page(ctx, session), path: ctx.path, ...page }, data);
  };

  const showProfile = async (
    ctx: Context,
    session: BrowserSession,
    form?: { typed: ProfileChanges; errors: FieldError[] },
  ): Promise<void> => {
    const profile = await getProfile(deps, session.accountId);
    const query = new URLSearchParams(ctx.querystring);
    const done = query.get('done') ?? '';
    if (form) ctx.status = 422;
    const status =
      query.get('failed') === 'own-proof'
        ? { status: { kind: 'error' as const, key: 'security.own-proof-needed' } }
        : DEEDS.includes(done) && { status: { kind: 'success' as const, key: `profile.${done}` } };
    const view = profileView(deps.keyring, ctx.state.locale, profile, form ?? { typed: profile, errors: [] });
    show(ctx, session, 'idp/profile', view, status || {});
  };

  router.get(
    '/',
    signedIn((ctx, session) => showProfile(ctx, session)),
  );
  router.post(
    '/',
    signedIn(async (ctx, session) => {
      const typed = changesIn(await readForm(ctx));
      const problems = await changeProfile(deps, session.accountId, typed, caller(ctx));
      if (problems.length === 0) return seeOther(ctx, `${PROFILE}?done=saved`);
      return showProfile(ctx, session, { typed, errors: profileErrors(problems) });
    }),
  );

  const showOne = (ctx: Context, session: BrowserSession, field: OneField, typed = '', key = ''): void => {
    const errors = key === '' ? [] : [{ field, key }];
    if (key !== '') ctx.status = 422;
    const data = { kind: field, action: ctx.path, backUrl: PROFILE, typed: echo(typed), errors };
    show(ctx, session, 'idp/profile-field', data);
  };
  router.get(
    '/national-id',
    freshly((ctx, session) => Promise.resolve(showOne(ctx, session, 'national_id'))),
  );
  router.post(
    '/national-id',
    freshly(async (ctx, session) => {
      const typed = (await readForm(ctx)).get('national_id');
      const problem = await changeNationalId(deps, session.accountId, typed, caller(ctx));
      if (!problem) return seeOther(ctx, `${PROFILE}?done=national-id-saved`);
      return showOne(ctx, session, 'national_id', typed, 'profile.national-id-invalid');
    }),
  );
  router.get(
    '/email',
    freshly((ctx, session) => Promise.resolve(showOne(ctx, session, 'email'))),
  );
  router.post(
    '/email',
    freshly(async (ctx, session) => {
      const typed = (await readForm(ctx)).get('email');
      const problem = await requestEmail(deps, session.accountId, typed, caller(ctx));
      if (!problem) return seeOther(ctx, `${PROFILE}?done=email-asked`);
      return showOne(ctx, session, 'email', typed, `profile.email-${problem}`);
    }),
  );

  router.get(
    '/email-confirmation',
    signedIn(async (ctx, session) => {
      const token = new URLSearchParams(ctx.querystring).get('token') ?? '';
      const isOpen = await isConfirmationOpen(deps, session.accountId, token);
      const data = { action: ctx.path, token: isOpen ? token : '', backUrl: PROFILE };
      show(ctx, session, 'idp/email-confirmation', data, { path: ctx.url });
    }),
  );
  router.post(
    '/email-confirmation',
    signedIn(async (ctx, session) => {
      const token = (await readForm(ctx)).get('token');
      if (!(await confirmEmail(deps, session.accountId, token, caller(ctx)))) throw new Fault('conflict');
      seeOther(ctx, `${PROFILE}?done=email-saved`);
    }),
  );
  return router;
}

type OneField = 'national_id' | 'email';

function changesIn(form: Form): ProfileChanges {
  const of = (field: keyof ProfileChanges): string => echo(form.get(FIELDS[field]));
  return {
    title: of('title'),
    phone: of('phone'),
    sparePhone: of('sparePhone'),
    unitPhone: of('unitPhone'),
    mobile: of('mobile'),
    spareEmail: of('spareEmail'),
  };
}

/** More than anything valid has; what is longer is refused for what is left of it. */
function echo(text: string): string {
  return text.slice(0, MAX_ECHOED).toWellFormed();
}
