import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import { MAX_WISH, mayShowNationalId } from './policy.ts';
import { type CopyDeps, copyOwnData } from './service/copy.ts';
import { askAboutData, withdraw } from './service/requests.ts';
import { listOwnRequests } from './store/requests.ts';
import { DATA, dataRightsView, requestErrors } from './view.ts';

export interface DataRightsRouteDeps extends CopyDeps {
  renderer: Renderer;
  config: { issuer: string; trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

const DEEDS = ['asked', 'withdrawn'];
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const NOTHING = { typed: { kind: '', wish: '' }, errors: [] as FieldError[] };

/** the person's own data: a copy of it, and requests about it. */
export function dataRightsRoutes(deps: DataRightsRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: DATA });
  const { db, gate } = deps;
  const caller = (ctx: Context) => callerOf(ctx, deps.config.trustedProxyHops);

  const show = async (ctx: Context, session: BrowserSession, form = NOTHING): Promise<void> => {
    const done = new URLSearchParams(ctx.querystring).get('done') ?? '';
    const status = DEEDS.includes(done) && {
      status: { kind: 'success' as const, key: `data-rights.${done}` },
    };
    const now = deps.clock();
    const requests = await listOwnRequests(db, session.accountId);
    const view = dataRightsView(requests, now, mayShowNationalId(session.loginAt, now), form);
    if (form.errors.length > 0) ctx.status = 422;
    ctx.type = 'html';
    ctx.body = deps.renderer.page(
      'idp/data-rights',
      { ...gate.page(ctx, session), path: DATA, ...status },
      view,
    );
  };

  router.get('/', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (session) await show(ctx, session);
  });

  router.get('/copy', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const copy = await copyOwnData(deps, session, caller(ctx));
    ctx.attachment(`single-entry-${session.loginName}-${deps.clock().toISOString().slice(0, 10)}.json`);
    ctx.set('Cache-Control', 'no-store');
    ctx.type = 'json';
    ctx.body = copy;
  });

  router.post('/', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const form = await readForm(ctx);
    const typed = { kind: form.get('kind'), wish: form.get('wish') };
    const problems = await askAboutData(deps, session.accountId, typed, caller(ctx));
    if (problems.length === 0) return seeOther(ctx, `${DATA}?done=asked`);
    const wish = typed.wish.slice(0, MAX_WISH * 2).toWellFormed();
    await show(ctx, session, { typed: { ...typed, wish }, errors: requestErrors(problems) });
  });

  router.post('/:id/withdrawal', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const id = ctx.params['id'] ?? '';
    if (!ID.test(id)) throw new Fault('not_found');
    await withdraw(deps, session.accountId, id, caller(ctx));
    seeOther(ctx, `${DATA}?done=withdrawn`);
  });
  return router;
}
