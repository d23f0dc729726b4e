import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import { callerOf } from '../../audit/index.ts';
import { readManagerQuota } from '../../entitlements/index.ts';
import {
  type ConsoleCaller,
  type ConsoleRouter,
  reachOf,
  reachesSubsystem,
} from '../../permissions/index.ts';
import { decisionRefusal } from '../policy.ts';
import { decideRequest } from '../service/decide.ts';
import { readFacts } from '../service/facts.ts';
import { withdrawRequest } from '../service/submit.ts';
import { findParty, findRequest } from '../store.ts';
import type { PermissionRequest } from '../types.ts';
import { PERMISSION_REQUESTS } from '../words.ts';
import type { PermissionConsoleDeps } from './routes.ts';
import { effectsOf, permissionReview } from './view.ts';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One request: to be read by its unit, decided by the agency, taken back by its applicant. */
export function decisionRoutes(router: ConsoleRouter, deps: PermissionConsoleDeps): void {
  router.get(`${PERMISSION_REQUESTS}/:id`, 'permission_requests.read', async (ctx, caller) => {
    await show(deps, ctx, caller, await loadInReach(deps, caller, ctx.params['id'] ?? ''));
  });

  router.post(`${PERMISSION_REQUESTS}/:id/withdrawal`, 'permission_requests.create', async (ctx, caller) => {
    const { id } = await loadInReach(deps, caller, ctx.params['id'] ?? '');
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    if (!(await withdrawRequest(deps, caller, id, from))) throw new Fault('conflict');
    seeOther(ctx, `${PERMISSION_REQUESTS}/${id}?done=withdrawn-deed`);
  });

  router.post(`${PERMISSION_REQUESTS}/:id/decision`, 'permission_requests.decide', async (ctx, caller) => {
    const request = await loadInReach(deps, caller, ctx.params['id'] ?? '');
    const form = await readForm(ctx);
    const decision = (['allow', 'refuse'] as const).find((each) => each === form.get('decision'));
    if (!decision) throw new Fault('bad_request');
    const comment = form
      .get('reason')
      .replaceAll(/[^\P{C}\n]/gu, '')
      .trim()
      .slice(0, 500)
      .toWellFormed();
    if (decision === 'refuse' && comment === '') {
      ctx.status = 422;
      const error = { field: 'reason', key: 'console-review.comment-missing' };
      return show(deps, ctx, caller, request, { comment, errors: [error] });
    }
    if (form.get('confirmed') !== 'yes') return confirm(deps, ctx, caller, request, { decision, comment });
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const decided = await decideRequest(deps, caller, { id: request.id, decision, reason: comment }, from);
    if (decided.done) return seeOther(ctx, `${PERMISSION_REQUESTS}?done=${decision}`);
    if (decided.reason === 'not_found') throw new Fault('not_found');
    ctx.status = 409;
    const status = { kind: 'error', key: `console-permission.refused-${decided.reason}` } as const;
    return show(deps, ctx, caller, await loadInReach(deps, caller, request.id), { comment, status });
  });
}

/** @throws Fault not_found for what is none of the caller's, whatever it is */
async function loadInReach(
  { db }: PermissionConsoleDeps,
  caller: ConsoleCaller,
  id: string,
): Promise<PermissionRequest> {
  const reach = reachOf(caller, 'permission_requests.read');
  const request = reach && ID.test(id) ? await findRequest(db, id) : undefined;
  if (!reach || !request || !reachesSubsystem(reach, request.subsystemCode, request.unitCode)) {
    throw new Fault('not_found');
  }
  return request;
}

async function factsOf(deps: PermissionConsoleDeps, request: PermissionRequest) {
  const rules = await readFacts(deps.db, deps, request);
  const { manifest, candidate } = rules;
  const quota = manifest && (await readManagerQuota(deps.db, { unitCode: request.unitCode, manifest }));
  const shown = { request, subsystem: deps.registry.subsystem(request.subsystemCode), candidate, quota };
  return { shown, rules };
}

async function show(
  deps: PermissionConsoleDeps,
  ctx: Context,
  caller: ConsoleCaller,
  request: PermissionRequest,
  said: { comment?: string; errors?: FieldError[]; status?: PageContext['status'] } = {},
): Promise<void> {
  const { locale } = ctx.state;
  const { shown, rules } = await factsOf(deps, request);
  const decides = reachOf(caller, 'permission_requests.decide') !== undefined;
  const people = {
    decider: await findParty(deps.db, caller.accountId, deps.clock()),
    applicant: await findParty(deps.db, request.applicantAccountId, deps.clock()),
  };
  const asked = { decision: 'refuse', reason: 'asked' } as const;
  const refusal = decides ? decisionRefusal(request, people, asked, rules) : 'not_pending';
  const isOver = refusal === undefined || refusal === 'not_pending';
  const view = permissionReview(
    shown,
    {
      mayDecide: refusal === undefined,
      refusalKey: isOver ? '' : `console-permission.refused-${refusal}`,
      mayWithdraw: request.status === 'submitted' && request.applicantAccountId === caller.accountId,
      comment: said.comment ?? '',
      errors: said.errors ?? [],
    },
    locale,
  );
  const done = `console-permission.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
  const status =
    said.status ?? (hasText(locale, done) ? ({ kind: 'success', key: done } as const) : undefined);
  const crumbs = [
    { label: translate(locale, 'console-permission.title'), url: PERMISSION_REQUESTS },
    { label: view.title },
  ];
  const page = deps.console.page(ctx, caller, { crumbs, ...(status && { status }) });
  const path = `${PERMISSION_REQUESTS}/${request.id}`;
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-review', { ...page, path }, view);
}

async function confirm(
  deps: PermissionConsoleDeps,
  ctx: Context,
  caller: ConsoleCaller,
  request: PermissionRequest,
  { decision, comment }: { decision: 'allow' | 'refuse'; comment: string },
): Promise<void> {
  const { locale } = ctx.state;
  const { shown } = await factsOf(deps, request);
  const effects =
    decision === 'allow'
      ? effectsOf(shown, locale)
      : [translate(locale, 'console-permission.effect-refuse'), comment];
  const address = `${PERMISSION_REQUESTS}/${request.id}`;
  const crumbs = [{ label: translate(locale, 'console-permission.title'), url: PERMISSION_REQUESTS }];
  const fields = { decision, reason: comment, confirmed: 'yes' };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-confirm',
    { ...deps.console.page(ctx, caller, { crumbs }), path: address },
    {
      area: `console-permission.confirm-${decision}`,
      params: { no: request.no, unit: (locale === 'en' && request.unitNameEn) || request.unitName },
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
