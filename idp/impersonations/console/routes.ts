import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import { type Caller, callerOf } from '../../audit/index.ts';
import { type ListDeps, addConsoleList } from '../../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter } from '../../permissions/index.ts';
import { MINUTES, approverRefusal } from '../policy.ts';
import { mayApprove } from '../rights.ts';
import { prepareImpersonation } from '../service/begin.ts';
import { decideImpersonation } from '../service/decide.ts';
import { endImpersonation } from '../service/end.ts';
import { requestImpersonation, withdrawImpersonation } from '../service/request.ts';
import { findHelper, findImpersonation, findSubject } from '../store.ts';
import type { Impersonation, ImpersonationDeps } from '../types.ts';
import { ENTRANCE, IMPERSONATIONS } from '../words.ts';
import { impersonationList } from './list.ts';
import { BLANK, type Typed, codeView, impersonationView, requestView } from './view.ts';

type Deps = ListDeps & ImpersonationDeps & { config: { issuer: string; trustedProxyHops: number } };
type Visit = Context & { params: Record<string, string> };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MIN_REASON = 10;

/** Asking, approving, beginning and ending: four deeds, of two people at least. */
export function impersonationConsoleRoutes(deps: Deps): ConsoleRouter {
  const { console, config } = deps;
  const router = new ConsoleRouter(console);
  const from = (ctx: Context): Caller => callerOf(ctx, config.trustedProxyHops);
  const load = async (ctx: Visit): Promise<Impersonation> => {
    const id = ctx.params['id'] ?? '';
    const found = ID.test(id) ? await findImpersonation(deps.db, id) : undefined;
    if (!found) throw new Fault('not_found');
    return found;
  };
  const show = (ctx: Visit, caller: ConsoleCaller) => load(ctx).then((of) => showOne(deps, ctx, caller, of));

  addConsoleList(router, deps, impersonationList(deps.db));
  router.get(`${IMPERSONATIONS}/new`, 'impersonations.request', (ctx, caller) =>
    showPage(deps, ctx, caller, requestView(ctx.state.locale, BLANK, [])),
  );
  router.post(IMPERSONATIONS, 'impersonations.request', async (ctx, caller) => {
    const typed = readTyped(await readForm(ctx));
    const errors = errorsOf(typed);
    const asked = { ...typed, subsystemAccountId: typed.account, minutes: Number(typed.minutes) };
    const sent = errors.length > 0 ? undefined : await requestImpersonation(deps, caller, asked, from(ctx));
    if (sent?.sent) return seeOther(ctx, `${IMPERSONATIONS}/${sent.id}?done=requested`);
    if (sent) errors.push({ field: 'account', key: `console-impersonations.refused-${sent.reason}` });
    ctx.status = 422;
    showPage(deps, ctx, caller, requestView(ctx.state.locale, typed, errors));
  });

  router.get(`${IMPERSONATIONS}/:id`, 'impersonations.read', show);
  router.get(`${IMPERSONATIONS}/:id/decision`, 'impersonations.approve', show);
  router.post(`${IMPERSONATIONS}/:id/decision`, 'impersonations.approve', async (ctx, caller) => {
    const found = await load(ctx);
    const form = await readForm(ctx);
    const decision = (['approve', 'refuse'] as const).find((each) => each === form.get('decision'));
    if (!decision) throw new Fault('bad_request');
    const comment = longText(form, 'comment');
    if (comment === '') {
      const errors = [{ field: 'comment', key: 'console-impersonations.comment-missing' }];
      return showOne(deps, ctx, caller, found, { errors, status: 422 });
    }
    const decided = await decideImpersonation(deps, caller, { id: found.id, decision, comment }, from(ctx));
    if (decided.done) return seeOther(ctx, `${IMPERSONATIONS}/${found.id}?done=${decision}`);
    await showRefusal(deps, ctx, caller, found.id, decided.reason, comment);
  });

  router.get(`${IMPERSONATIONS}/:id/beginning`, 'impersonations.request', show);
  router.post(`${IMPERSONATIONS}/:id/beginning`, 'impersonations.request', async (ctx, caller) => {
    const found = await load(ctx);
    const prepared = await prepareImpersonation(deps, caller, found.id);
    if (!prepared.ready) return showRefusal(deps, ctx, caller, found.id, prepared.reason);
    const entrance = config.issuer + ENTRANCE;
    showPage(deps, ctx, caller, codeView(found, { ...prepared, entrance }));
  });

  router.post(`${IMPERSONATIONS}/:id/withdrawal`, 'impersonations.read', async (ctx, caller) => {
    const { id } = await load(ctx);
    const done = await withdrawImpersonation(deps, caller, id, from(ctx));
    if (!done) return showRefusal(deps, ctx, caller, id, 'not_pending');
    seeOther(ctx, `${IMPERSONATIONS}/${id}?done=withdrawn`);
  });
  router.post(`${IMPERSONATIONS}/:id/ending`, 'impersonations.read', async (ctx, caller) => {
    const { id } = await load(ctx);
    const done = await endImpersonation(deps, id, caller, from(ctx));
    if (!done) return showRefusal(deps, ctx, caller, id, 'not_pending');
    seeOther(ctx, `${IMPERSONATIONS}/${id}?done=ended`);
  });
  return router;
}

async function showRefusal(
  deps: Deps,
  ctx: Context,
  caller: ConsoleCaller,
  id: string,
  reason: string,
  comment = '',
): Promise<void> {
  const now = await findImpersonation(deps.db, id);
  if (!now) throw new Fault('not_found');
  const status = { kind: 'error', key: `console-impersonations.refused-${reason}` } as const;
  return showOne(deps, ctx, caller, now, { status: 409, said: status, comment });
}

async function showOne(
  deps: Deps,
  ctx: Context,
  caller: ConsoleCaller,
  of: Impersonation,
  more: { errors?: FieldError[]; status?: number; said?: PageContext['status']; comment?: string } = {},
): Promise<void> {
  const { locale } = ctx.state;
  const [operator, approver, subject] = await Promise.all([
    findHelper(deps.db, of.operatorAccountId),
    findHelper(deps.db, caller.accountId),
    findSubject(deps.db, of.subsystemAccountId),
  ]);
  const done = `console-impersonations.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
  const said = more.said ?? (hasText(locale, done) ? ({ kind: 'success', key: done } as const) : undefined);
  if (more.status !== undefined) ctx.status = more.status;
  const view = impersonationView(of, {
    ...{ locale, viewerId: caller.accountId, now: deps.clock(), comment: more.comment ?? '' },
    refusal: approverRefusal(approver, { operator, subject }, mayApprove),
    systemName: deps.registry.subsystem(of.subsystemCode)?.name[locale] ?? of.subsystemCode,
    errors: more.errors ?? [],
  });
  showPage(deps, ctx, caller, view, { path: `${IMPERSONATIONS}/${of.id}`, said });
}

function showPage(
  deps: Deps,
  ctx: Context,
  caller: ConsoleCaller,
  view: ConsoleCaseViews['idp/console-case'],
  { path, said }: { path?: string; said?: PageContext['status'] } = {},
): void {
  const { locale } = ctx.state;
  const crumbs = [
    { label: translate(locale, 'console-impersonations.title'), url: IMPERSONATIONS },
    { label: translate(locale, `${view.area}.title`, view.params) },
  ];
  const page = deps.console.page(ctx, caller, { crumbs, ...(said && { status: said }) });
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-case', { ...page, ...(path !== undefined && { path }) }, view);
}

function readTyped(form: Form): Typed {
  const line = (name: string, max: number): string =>
    form.get(name).replaceAll(/\p{C}/gu, '').trim().slice(0, max);
  return {
    ...{ account: line('account', 60), ticket: line('ticket', 60), minutes: line('minutes', 2) },
    reason: longText(form, 'reason'),
  };
}

function longText(form: Form, name: string): string {
  return form
    .get(name)
    .replaceAll(/[^\P{C}\n]/gu, '')
    .trim()
    .slice(0, 500)
    .toWellFormed();
}

function errorsOf({ account, reason, ticket, minutes }: Typed): FieldError[] {
  const wrong: [string, boolean][] = [
    ['account', account === ''],
    ['ticket', ticket === ''],
    ['reason', reason.length < MIN_REASON],
    ['minutes', !MINUTES.map(String).includes(minutes)],
  ];
  return wrong
    .filter(([, isWrong]) => isWrong)
    .map(([field]) => ({ field, key: `console-impersonations.${field}-missing` }));
}
