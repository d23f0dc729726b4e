import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { findAccount } from '../../accounts/index.ts';
import { callerOf } from '../../audit/index.ts';
import { addConsoleList } from '../../console-lists/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter, reachOf } from '../../permissions/index.ts';
import { submitRequest } from '../service/submit.ts';
import type { PermissionRequestDeps, PermissionWish, SubmissionRefusal } from '../types.ts';
import { PERMISSION_REQUESTS } from '../words.ts';
import { decisionRoutes } from './decision-routes.ts';
import { type TypedRequest, formView, pairsOf } from './form.ts';
import { permissionList } from './list.ts';

export interface PermissionConsoleDeps extends PermissionRequestDeps {
  renderer: Renderer;
  console: ConsoleGate;
  config: { issuer: string; trustedProxyHops: number; exportRows: number };
}

/** The field each refusal is about. */
const FIELDS: Record<SubmissionRefusal | 'kind_missing', string> = {
  not_permitted: 'pair',
  kind_missing: 'kind-menu_role',
  content_missing: 'content',
  target_missing: 'target',
  target_unsuitable: 'target',
  role_missing: 'role',
  role_unknown: 'role',
  already_entitled: 'role',
  already_requested: 'kind-menu_role',
};

/** M-42, M-43: what units ask the agency for. */
export function permissionConsoleRoutes(deps: PermissionConsoleDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, permissionList(deps.db));

  router.get(`${PERMISSION_REQUESTS}/new`, 'permission_requests.create', async (ctx, caller) => {
    const person = await findAccount(deps.db, caller.accountId);
    const pair = new URLSearchParams(ctx.querystring).get('pair') ?? '';
    const blank = { pair, kind: '', target: '', role: '', content: '' };
    await showForm(deps, ctx, caller, { ...blank, phone: person?.phone ?? '', email: person?.email ?? '' });
  });

  router.post(PERMISSION_REQUESTS, 'permission_requests.create', async (ctx, caller) => {
    const typed = readTyped(await readForm(ctx));
    const reach = reachOf(caller, 'permission_requests.create');
    const wish = wishOf(typed);
    // what no page of theirs offers
    if (!reach || !pairsOf(deps, caller).some(({ value }) => value === typed.pair))
      throw new Fault('not_found');
    if (!wish) return showForm(deps, ctx, caller, typed, 'kind_missing');
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const outcome = await submitRequest(deps, caller, reach, wish, from);
    if (outcome.sent) return seeOther(ctx, `${PERMISSION_REQUESTS}/${outcome.id}?done=sent`);
    return showForm(deps, ctx, caller, typed, outcome.reason);
  });

  decisionRoutes(router, deps);
  return router;
}

async function showForm(
  deps: PermissionConsoleDeps,
  ctx: Context,
  caller: ConsoleCaller,
  typed: TypedRequest,
  refusal?: SubmissionRefusal | 'kind_missing',
): Promise<void> {
  const { locale } = ctx.state;
  const errors: FieldError[] =
    refusal === undefined ? [] : [{ field: FIELDS[refusal], key: `console-permission.refused-${refusal}` }];
  if (errors.length > 0) ctx.status = 422;
  const crumbs = [
    { label: translate(locale, 'console-permission.title'), url: PERMISSION_REQUESTS },
    { label: translate(locale, 'console-permission.form-title') },
  ];
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-permission-request',
    { ...deps.console.page(ctx, caller, { crumbs }), path: `${PERMISSION_REQUESTS}/new` },
    await formView(deps, caller, typed, errors, locale),
  );
}

function readTyped(form: Form): TypedRequest {
  const line = (name: string, max: number): string =>
    form.get(name).replaceAll(/\p{C}/gu, '').trim().slice(0, max);
  return {
    ...{ pair: line('pair', 60), kind: line('kind', 20), target: line('target', 40), role: line('role', 60) },
    content: form
      .get('content')
      .replaceAll(/[^\P{C}\n]/gu, '')
      .trim()
      .slice(0, 500)
      .toWellFormed(),
    ...{ phone: line('phone', 40), email: line('email', 200) },
  };
}

function wishOf(typed: TypedRequest): PermissionWish | undefined {
  const { pair, kind, target, role, content, phone, email } = typed;
  const [subsystemCode = '', unitCode = ''] = pair.split(':');
  const common = { subsystemCode, unitCode, content, phone, email };
  if (kind === 'extra_manager') return { ...common, kind, targetId: target || null, menuRole: null };
  if (kind === 'menu_role') return { ...common, kind, targetId: null, menuRole: role || null };
  return undefined;
}
