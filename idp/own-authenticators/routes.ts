import Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { FieldError, PageContext, Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { offerTotp } from '../authenticators/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import { addPasskeyRoutes } from './passkey-routes.ts';
import { type CardRouteDeps, addCardRoutes } from './card-routes.ts';
import { getFactor, readFactors, removeFactor, renameFactor } from './service/factors.ts';
import { addTotp, countCodesLeft, renewRecoveryCodes } from './service/totp.ts';
import { SECURITY, enrolmentView, factorRow, securityView } from './view.ts';

export interface OwnAuthenticatorRouteDeps extends CardRouteDeps {
  renderer: Renderer;
  /** Where accounts at institutions are linked; empty where there is none to link. */
  linksUrl: () => string;
  config: { trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    freshSession(ctx: Context, deed: 'read' | 'write', back?: string): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

const DEEDS = ['added', 'removed', 'renamed'];
const TOTP = `${SECURITY}/authenticator`;

type Visit = Context & { params: Record<string, string> };
type Run = (ctx: Visit, session: BrowserSession) => Promise<void>;

/** The person's second factors: the list, and what changes it, which asks for a sign-in of the last minutes. */
export function ownAuthenticatorRoutes(deps: OwnAuthenticatorRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: SECURITY });
  const caller = (ctx: Context) => callerOf(ctx, deps.config.trustedProxyHops);
  const idOf = (ctx: Visit): string => ctx.params['id'] ?? '';

  const signedIn = (run: Run) => async (ctx: Visit) => {
    const session = await deps.gate.requireSession(ctx);
    if (session) await run(ctx, session);
  };
  /**
   * Whoever finds a browser open may look, but not change how one signs in; nor may whom a provider alone vouched for:
   * what is added here would outlast its word, and count for more.
   */
  const freshly = (run: Run) => async (ctx: Visit) => {
    const session =
      ctx.method === 'GET'
        ? await deps.gate.freshSession(ctx, 'read')
        : await deps.gate.freshSession(ctx, 'write', SECURITY);
    if (session?.provenElsewhere) return seeOther(ctx, `${SECURITY}?failed=own-proof`);
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

  router.get(
    '/',
    signedIn(async (ctx, session) => {
      const query = new URLSearchParams(ctx.querystring);
      const done = query.get('done') ?? '';
      const own = await readFactors(deps, session.accountId);
      const codesLeft = await countCodesLeft(deps.db, session.accountId);
      const status =
        query.get('failed') === 'own-proof'
          ? { status: { kind: 'error' as const, key: 'security.own-proof-needed' } }
          : DEEDS.includes(done) && { status: { kind: 'success' as const, key: `security.${done}` } };
      show(
        ctx,
        session,
        'idp/security',
        securityView(ctx.state.locale, {
          ...own,
          ...{ codesLeft, takesCards: deps.cards !== undefined, linksUrl: deps.linksUrl() },
        }),
        status || {},
      );
    }),
  );

  const showEnrolment = (
    ctx: Context,
    session: BrowserSession,
    form: { again?: string; name: string; errors: FieldError[] },
  ): void => {
    const { again, name, errors } = form;
    const person = { loginName: session.loginName, now: deps.clock() };
    const offer = offerTotp(deps.keyring, scopeOf(session), {
      ...person,
      ...(again !== undefined && { again }),
    });
    if (errors.length > 0) ctx.status = 422;
    const around = { action: TOTP, cancelUrl: SECURITY, name, errors, forced: false };
    show(ctx, session, 'idp/totp-enrolment', enrolmentView(offer, around));
  };

  router.get(
    '/authenticator',
    freshly((ctx, session) => Promise.resolve(showEnrolment(ctx, session, { name: '', errors: [] }))),
  );
  router.post(
    '/authenticator',
    freshly(async (ctx, session) => {
      const form = await readForm(ctx);
      const answer = { sealed: form.get('offer'), typed: form.get('code'), name: form.get('name') };
      if (await addTotp(deps, scopeOf(session), answer, caller(ctx))) {
        return seeOther(ctx, `${SECURITY}?done=added`);
      }
      const key = answer.typed.trim() === '' ? 'second-factor.required' : 'security.wrong-code';
      const kept = { again: answer.sealed, name: answer.name.slice(0, 64).toWellFormed() };
      return showEnrolment(ctx, session, { ...kept, errors: [{ field: 'code', key }] });
    }),
  );

  addPasskeyRoutes(router, deps, {
    freshly,
    callerOf: caller,
    show: (ctx, session, data) => show(ctx, session, 'idp/passkey', data),
  });
  addCardRoutes(router, deps, {
    freshly,
    callerOf: caller,
    show: (ctx, session, data) => show(ctx, session, 'idp/own-card', data),
  });

  router.post(
    '/recovery-codes',
    freshly(async (ctx, session) => {
      const codes = await renewRecoveryCodes(deps, session, caller(ctx));
      show(ctx, session, 'idp/recovery-codes', { codes, backUrl: SECURITY }, { path: SECURITY });
    }),
  );

  router.get(
    '/factors/:id',
    freshly(async (ctx, session) => {
      const factor = await getFactor(deps, session.accountId, idOf(ctx));
      show(ctx, session, 'idp/factor', { ...factorRow(ctx.state.locale, factor), backUrl: SECURITY });
    }),
  );
  router.post(
    '/factors/:id/name',
    freshly(async (ctx, session) => {
      await renameFactor(deps, session, idOf(ctx), (await readForm(ctx)).get('name'), caller(ctx));
      seeOther(ctx, `${SECURITY}?done=renamed`);
    }),
  );
  router.get(
    '/factors/:id/removal',
    freshly(async (ctx, session) => {
      const factor = await getFactor(deps, session.accountId, idOf(ctx));
      show(ctx, session, 'idp/factor-removal', {
        ...factorRow(ctx.state.locale, factor),
        backUrl: SECURITY,
      });
    }),
  );
  router.post(
    '/factors/:id/removal',
    freshly(async (ctx, session) => {
      const refused = await removeFactor(deps, session, idOf(ctx), caller(ctx));
      if (!refused) return seeOther(ctx, `${SECURITY}?done=removed`);
      const factor = await getFactor(deps, session.accountId, idOf(ctx));
      const page = { status: { kind: 'error' as const, key: 'security.last-required' } };
      const view = { ...factorRow(ctx.state.locale, factor), backUrl: SECURITY };
      ctx.status = 409;
      return show(ctx, session, 'idp/factor-removal', view, page);
    }),
  );
  return router;
}

function scopeOf(session: BrowserSession): { accountId: string; within: string } {
  return { accountId: session.accountId, within: session.uid };
}
