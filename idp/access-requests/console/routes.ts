import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import { callerOf } from '../../audit/index.ts';
import { addConsoleList } from '../../console-lists/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter } from '../../permissions/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';
import { findUnit } from '../../units/index.ts';
import { loadCalendar } from '../../working-days/index.ts';
import { decideRequest } from '../service/decide.ts';
import { findNeighbours } from '../store/neighbours.ts';
import { loadReviewer } from '../store/reviewers.ts';
import type { AccessRequestDeps } from '../types.ts';
import { REVIEW_PLACE } from '../words.ts';
import { bulkRoute } from './bulk.ts';
import { accessRequestList, isOverdue } from './list.ts';
import { findForCaller } from './standing.ts';
import { accessReview, effectsOf } from './view.ts';

export interface AccessConsoleDeps extends AccessRequestDeps {
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { issuer: string; trustedProxyHops: number; exportRows: number };
}

type Found = Awaited<ReturnType<typeof findForCaller>>;

/** What a comment holds: text of its lines, nothing that acts. */
export function cleanComment(text: string): string {
  return text
    .replaceAll(/[^\P{C}\n]/gu, '')
    .trim()
    .slice(0, 500)
    .toWellFormed();
}

/** P-48, P-49, M-39b: requests for subsystem accounts and changes of them, as their reviewers decide them. */
export function accessConsoleRoutes(deps: AccessConsoleDeps): ConsoleRouter {
  const { console, config } = deps;
  const router = new ConsoleRouter(console);
  addConsoleList(router, deps, accessRequestList(deps));
  bulkRoute(router, deps);

  router.get(`${REVIEW_PLACE}/:id`, 'access_requests.review', async (ctx, caller) => {
    await show(deps, ctx, caller, await findForCaller(deps, caller, ctx.params['id'] ?? ''));
  });

  router.post(`${REVIEW_PLACE}/:id/decision`, 'access_requests.review', async (ctx, caller) => {
    const found = await findForCaller(deps, caller, ctx.params['id'] ?? '');
    const { request, standing } = found;
    const form = await readForm(ctx);
    const decision = (['approve', 'return'] as const).find((each) => each === form.get('decision'));
    if (!decision) throw new Fault('bad_request');
    const comment = cleanComment(form.get('reason'));
    if (comment === '') {
      ctx.status = 422;
      const error = { field: 'reason', key: 'console-review.comment-missing' };
      return show(deps, ctx, caller, found, { comment, errors: [error] });
    }
    const version = form.get('version');
    if (form.get('confirmed') !== 'yes')
      return confirm(deps, ctx, caller, found, { decision, comment, version });
    const reviewer = await loadReviewer(deps.db, standing.onBehalfOf ?? standing.accountId, deps.clock());
    const { previous, next = previous } = reviewer ? await findNeighbours(deps.db, reviewer, request) : {};
    const decided = await decideRequest(
      deps,
      standing,
      { requestId: request.id, decision, comment, version: /^\d{1,9}$/.test(version) ? Number(version) : -1 },
      callerOf(ctx, config.trustedProxyHops),
    );
    if (decided.done) {
      const outcome = decided.status === 'submitted' ? 'step' : decision;
      return seeOther(ctx, `${REVIEW_PLACE}${next === undefined ? '' : `/${next}`}?done=${outcome}`);
    }
    if (decided.reason === 'not_found') throw new Fault('not_found');
    ctx.status = 409;
    const status = { kind: 'error', key: `console-access.refused-${decided.reason}` } as const;
    return show(deps, ctx, caller, await findForCaller(deps, caller, request.id), { comment, status });
  });
  return router;
}

async function show(
  deps: AccessConsoleDeps,
  ctx: Context,
  caller: ConsoleCaller,
  found: Found,
  said: { comment?: string; errors?: FieldError[]; status?: PageContext['status'] } = {},
): Promise<void> {
  const { locale } = ctx.state;
  const { request, standing } = found;
  const now = deps.clock();
  const reviewer = await loadReviewer(deps.db, standing.onBehalfOf ?? standing.accountId, now);
  const unitNames = new Map<string, string>();
  for (const code of new Set([request.unitCode, request.before?.unitCode ?? request.unitCode])) {
    const unit = await findUnit(deps.db, code);
    if (unit) unitNames.set(code, locale === 'en' ? unit.nameEn : unit.name);
  }
  const waits = request.status === 'submitted';
  const view = accessReview(
    deps,
    {
      found,
      onBehalfOf: standing.name,
      unitNames,
      isOverdue: waits && isOverdue(request.submittedAt, now, await loadCalendar(deps.db, now)),
      comment: said.comment ?? '',
      errors: said.errors ?? [],
      ...(reviewer && (await findNeighbours(deps.db, reviewer, request))),
    },
    locale,
  );
  const done = `console-access.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
  const status =
    said.status ?? (hasText(locale, done) ? ({ kind: 'success', key: done } as const) : undefined);
  const crumbs = [
    { label: translate(locale, 'console-access.title'), url: REVIEW_PLACE },
    { label: view.title },
  ];
  const page = deps.console.page(ctx, caller, { crumbs, ...(status && { status }) });
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-review',
    { ...page, path: `${REVIEW_PLACE}/${request.id}` },
    view,
  );
}

/** "Really?", with what will happen. */
function confirm(
  deps: AccessConsoleDeps,
  ctx: Context,
  caller: ConsoleCaller,
  found: Found,
  asked: { decision: 'approve' | 'return'; comment: string; version: string },
): void {
  const { locale } = ctx.state;
  const { request, applicant } = found;
  const { decision, comment } = asked;
  const effects =
    decision === 'approve'
      ? [...effectsOf(deps.registry, found, locale), comment]
      : [translate(locale, 'console-access.effect-return'), comment];
  const address = `${REVIEW_PLACE}/${request.id}`;
  const crumbs = [{ label: translate(locale, 'console-access.title'), url: REVIEW_PLACE }];
  const fields = { decision, reason: comment, version: asked.version, confirmed: 'yes' };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-confirm',
    { ...deps.console.page(ctx, caller, { crumbs }), path: address },
    {
      area: `console-access.confirm-${decision}`,
      params: { account: applicant.loginName },
      action: `${address}/decision`,
      cancelUrl: address,
      fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
      lines: effects.map((effect) => ({ label: '', effect, refused: false })),
      reason: undefined,
      isDangerous: false,
      isPossible: true,
      errors: [],
    },
  );
}
