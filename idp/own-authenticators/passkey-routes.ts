import type Router from '@koa/router';
import type { RouterMiddleware } from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { Caller } from '../audit/index.ts';
import type { PasskeyDeps } from '../authenticators/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { FactorDeps } from './service/deps.ts';
import { addPasskey, startPasskey } from './service/passkeys.ts';
import { SECURITY } from './view.ts';

const MAX_ECHOED = 64;

type Middleware = RouterMiddleware<RequestState>;
type Run = (ctx: Context, session: BrowserSession) => Promise<void>;

/** The page that adds a passkey. Each drawing of it asks with a new challenge. */
export function addPasskeyRoutes(
  router: Router<RequestState>,
  deps: FactorDeps & PasskeyDeps,
  page: {
    freshly: (run: Run) => Middleware;
    show: (ctx: Context, session: BrowserSession, data: Views['idp/passkey']) => void;
    callerOf: (ctx: Context) => Caller;
  },
): void {
  const draw = async (
    ctx: Context,
    session: BrowserSession,
    form: { name: string; errors: FieldError[] },
  ): Promise<void> => {
    const options = JSON.stringify(await startPasskey(deps, session));
    if (form.errors.length > 0) ctx.status = 422;
    page.show(ctx, session, { action: `${SECURITY}/passkey`, backUrl: SECURITY, options, ...form });
  };

  router.get(
    '/passkey',
    page.freshly((ctx, session) => draw(ctx, session, { name: '', errors: [] })),
  );
  router.post(
    '/passkey',
    page.freshly(async (ctx, session) => {
      const form = await readForm(ctx);
      const typed = { answer: form.get('response'), name: form.get('name') };
      if (await addPasskey(deps, session, typed, page.callerOf(ctx))) {
        return seeOther(ctx, `${SECURITY}?done=added`);
      }
      const errors = [{ field: 'passkey', key: 'security.passkey-failed' }];
      return draw(ctx, session, { name: typed.name.slice(0, MAX_ECHOED).toWellFormed(), errors });
    }),
  );
}
