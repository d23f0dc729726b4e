import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { type AccessRequestRouteDeps, type Visit, callerIn, show, signedIn } from './routes-shared.ts';
import { findOwn, listOwnRows, ownRequestView } from './service/own.ts';
import { withdrawRequest } from './service/withdraw.ts';
import { ACCESS_REQUESTS } from './words.ts';

const DONE = ['sent', 'resent', 'withdrawn'];

/** P-29: one's own requests: the list, each as a page, taking one back. */
export function ownRequestRoutes(deps: AccessRequestRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: ACCESS_REQUESTS });
  const done = (ctx: Visit) => {
    const said = new URLSearchParams(ctx.querystring).get('done') ?? '';
    if (said === 'too-late') return { status: { kind: 'warning' as const, key: 'access-requests.too-late' } };
    return DONE.includes(said)
      ? { status: { kind: 'success' as const, key: `access-requests.${said}` } }
      : {};
  };

  router.get(
    '/',
    signedIn(deps, async (ctx, session) => {
      const rows = await listOwnRows(deps, session.accountId, ctx.state.locale);
      const data = { newUrl: `${ACCESS_REQUESTS}/new`, ...rows };
      show(deps, ctx, session, { view: 'idp/access-requests', data, path: ACCESS_REQUESTS, ...done(ctx) });
    }),
  );

  router.get(
    '/:id',
    signedIn(deps, async (ctx, session) => {
      const request = await findOwn(deps, session.accountId, ctx.params['id'] ?? '');
      if (!request) throw new Fault('not_found');
      const data = await ownRequestView(deps, request, ctx.state.locale);
      show(deps, ctx, session, { view: 'idp/access-request', data, path: ctx.path, ...done(ctx) });
    }),
  );

  router.post(
    '/:id/withdrawal',
    signedIn(deps, async (ctx, session) => {
      await readForm(ctx);
      const id = ctx.params['id'] ?? '';
      const { accountId } = session;
      const isBack = await withdrawRequest(deps, { id, accountId }, callerIn(deps, ctx));
      seeOther(ctx, isBack ? `${ACCESS_REQUESTS}?done=withdrawn` : `${ACCESS_REQUESTS}/${id}?done=too-late`);
    }),
  );
  return router;
}
