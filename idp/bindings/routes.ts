import type { PrivateNetworks } from '#kit/http/outbound.ts';
import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { FieldError, PageContext, Views } from '#templates/views.ts';
import { listOpenRows } from '../access-requests/index.ts';
import { callerOf } from '../audit/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import { moveFavourite, remove, rename } from './service/arrange.ts';
import { bind } from './service/bind.ts';
import type { BindingDeps } from './service/deps.ts';
import { findOwnBinding, listOwnBindings, listUnbound, setFavourite } from './store/own.ts';
import { BINDINGS, type TypedBinding, bindingErrors, bindingRow, bindingsView } from './view.ts';

export interface BindingRouteDeps extends BindingDeps {
  renderer: Renderer;
  config: { issuer: string; demo: boolean; trustedProxyHops: number; privateNetworks: PrivateNetworks };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

const DEEDS = ['added', 'renamed', 'removed'];
const MAX_ECHOED = 64;

type Visit = Context & { params: Record<string, string> };

/** The person's bindings: the list, the form that adds one, a page each to rename and to remove. */
export function bindingRoutes(deps: BindingRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: BINDINGS });
  const signedIn =
    (run: (ctx: Visit, session: BrowserSession) => Promise<void>) =>
    async (ctx: Visit): Promise<void> => {
      const session = await deps.gate.requireSession(ctx);
      if (session) await run(ctx, session);
    };
  const caller = (ctx: Context) => callerOf(ctx, deps.config.trustedProxyHops);
  const idOf = (ctx: Visit): string => ctx.params['id'] ?? '';

  router.get(
    '/',
    signedIn(async (ctx, session) => {
      const query = new URLSearchParams(ctx.querystring);
      await showList(deps, ctx, session, {
        asked: query.get('account') ?? '',
        done: query.get('done') ?? '',
      });
    }),
  );

  router.post(
    '/',
    signedIn(async (ctx, session) => {
      const form = await readForm(ctx);
      const typed = {
        name: form.get('name'),
        subsystemCode: form.get('subsystem'),
        subsystemAccountId: form.get('subsystem_account'),
      };
      const request = { ...typed, password: form.get('subsystem_password') };
      const problems = await bind(deps, session, request, caller(ctx));
      if (problems.length === 0) return seeOther(ctx, `${BINDINGS}?done=added`);
      return showList(deps, ctx, session, { typed, errors: bindingErrors(problems) });
    }),
  );

  router.get(
    '/:id',
    signedIn((ctx, session) => showOne(deps, ctx, session, 'idp/binding')),
  );
  router.get(
    '/:id/removal',
    signedIn((ctx, session) => showOne(deps, ctx, session, 'idp/binding-removal')),
  );

  router.post(
    '/:id/name',
    signedIn(async (ctx, session) => {
      const typed = (await readForm(ctx)).get('name');
      const problem = await rename(deps, session, idOf(ctx), typed, caller(ctx));
      if (!problem) return seeOther(ctx, `${BINDINGS}?done=renamed`);
      return showOne(deps, ctx, session, 'idp/binding', { typed, errors: bindingErrors([problem]) });
    }),
  );

  router.post(
    '/:id/removal',
    signedIn(async (ctx, session) => {
      await remove(deps, session, idOf(ctx), caller(ctx));
      seeOther(ctx, `${BINDINGS}?done=removed`);
    }),
  );

  router.post(
    '/:id/favourite',
    signedIn(async (ctx, session) => {
      const favourite = (await readForm(ctx)).get('favourite') === 'yes';
      if (!(await findOwnBinding(deps.db, session.accountId, idOf(ctx)))) throw new Fault('not_found');
      await setFavourite(deps.db, session.accountId, idOf(ctx), favourite);
      seeOther(ctx, BINDINGS);
    }),
  );

  router.post(
    '/:id/position',
    signedIn(async (ctx, session) => {
      const direction = (await readForm(ctx)).get('direction');
      if (direction !== 'up' && direction !== 'down') throw new Fault('bad_request');
      await moveFavourite(deps, session, idOf(ctx), direction);
      seeOther(ctx, BINDINGS);
    }),
  );
  return router;
}

interface ListState {
  /** An account of the person's own that the form is to be filled with. */
  asked?: string;
  done?: string;
  typed?: TypedBinding;
  errors?: FieldError[];
}

async function showList(
  deps: BindingRouteDeps,
  ctx: Context,
  session: BrowserSession,
  { asked = '', done = '', typed, errors = [] }: ListState,
): Promise<void> {
  const bindings = await listOwnBindings(deps.db, session.accountId);
  const unbound = await listUnbound(deps.db, session.accountId);
  const pending = await listOpenRows(deps, session.accountId, ctx.state.locale);
  const filled = unbound.find((account) => account.id === asked);
  const start = {
    name: '',
    subsystemCode: filled?.subsystemCode ?? '',
    subsystemAccountId: filled?.id ?? '',
  };
  const page = deps.gate.page(ctx, session);
  if (errors.length > 0) ctx.status = 422;
  const status = DEEDS.includes(done) && { status: { kind: 'success' as const, key: `bindings.${done}` } };
  const form = { typed: echoed(typed ?? start), errors, demo: deps.config.demo };
  const view = bindingsView(deps.registry, ctx.state.locale, { bindings, unbound, pending }, form);
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/bindings', { ...page, path: pathOf(ctx), ...status }, view);
}

async function showOne(
  deps: BindingRouteDeps,
  ctx: Visit,
  session: BrowserSession,
  view: 'idp/binding' | 'idp/binding-removal',
  form: { typed?: string; errors: FieldError[] } = { errors: [] },
): Promise<void> {
  const binding = await findOwnBinding(deps.db, session.accountId, ctx.params['id'] ?? '');
  if (!binding) throw new Fault('not_found');
  const row = bindingRow(deps.registry, ctx.state.locale, binding);
  const page = { ...deps.gate.page(ctx, session), path: pathOf(ctx) };
  if (form.errors.length > 0) ctx.status = 422;
  const data: Views['idp/binding'] = {
    ...row,
    typed: (form.typed ?? binding.binding).slice(0, MAX_ECHOED).toWellFormed(),
    errors: form.errors,
    backUrl: BINDINGS,
  };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(view, page, data);
}

/** Where the language switch leads: never to an address that only takes forms. */
function pathOf(ctx: Context): string {
  return ctx.method === 'GET' ? ctx.path : ctx.path.replace(/\/name$/, '');
}

function echoed(typed: TypedBinding): TypedBinding {
  const cut = (text: string): string => text.slice(0, MAX_ECHOED).toWellFormed();
  const { name, subsystemCode, subsystemAccountId } = typed;
  return {
    name: cut(name),
    subsystemCode: cut(subsystemCode),
    subsystemAccountId: cut(subsystemAccountId),
  };
}
