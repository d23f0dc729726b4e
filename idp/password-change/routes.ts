import Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { type BrowserSession, type SessionDeps, renewSessionId } from '../sessions/index.ts';
import { type PasswordChangeDeps, changeOwnPassword } from './service.ts';

export interface PasswordChangeRouteDeps extends PasswordChangeDeps {
  renderer: Renderer;
  config: SessionDeps['config'] & { trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession): PageContext;
  };
}

const ADDRESS = '/account/password';
const UNPROCESSABLE = 422;

/** The page on which one changes one's own password. */
export function passwordChangeRoutes(deps: PasswordChangeRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: ADDRESS });

  router.get('/', async (ctx) => {
    const session = await deps.gate.requireSession(ctx);
    if (!session) return;
    const done = new URLSearchParams(ctx.querystring).get('done') === 'changed';
    showForm(ctx, deps, session, [], done);
  });

  router.post('/', async (ctx) => {
    const session = await deps.gate.requireSession(ctx);
    if (!session) return;
    const form = await readForm(ctx);
    const typed = {
      current: form.get('current_password'),
      password: form.get('new_password'),
      repeat: form.get('repeat_password'),
    };
    const caller = callerOf(ctx, deps.config.trustedProxyHops);
    const errors = await changeOwnPassword(deps, session, typed, caller);
    if (errors.length === 0) {
      await renewSessionId(deps, ctx, session);
      return seeOther(ctx, `${ADDRESS}?done=changed`);
    }
    showForm(ctx, deps, session, errors, false);
    ctx.status = UNPROCESSABLE;
  });
  return router;
}

function showForm(
  ctx: Context,
  deps: PasswordChangeRouteDeps,
  session: BrowserSession,
  errors: FieldError[],
  done: boolean,
): void {
  const page = deps.gate.page(ctx, session);
  const status = { kind: 'success', key: 'own-password.done' } as const;
  const data = { action: ADDRESS, rules: deps.rules, errors, loginName: session.loginName, cancelUrl: '/' };
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/own-password', done ? { ...page, status } : page, data);
}
