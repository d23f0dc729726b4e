import { taipeiDay } from '#kit/clock.ts';
import type { Context } from '#kit/http/context.ts';
import { Fault } from '#kit/errors.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter } from '../permissions/index.ts';
import type { Period } from './policy.ts';
import { type DelegationDeps, nameDeputy, revokeDelegation } from './service.ts';
import { listDelegations } from './store.ts';
import type { DelegationRefusal } from './types.ts';
import { type TypedDelegation, delegationsView } from './view.ts';
import { DELEGATIONS } from './words.ts';

interface RouteDeps extends Omit<DelegationDeps, 'config'> {
  config: { issuer: string; trustedProxyHops: number };
  renderer: Renderer;
  console: ConsoleGate;
}

const MAX_REASON = 200;
/** The field each refusal is about. */
const FIELDS: Partial<Record<DelegationRefusal, string>> = {
  deputy_unknown: 'deputy',
  deputy_self: 'deputy',
  deputy_unproven: 'deputy',
  overlaps: 'deputy',
  too_many: 'deputy',
  delegator_unavailable: 'deputy',
};

/** One's deputies: who, from when to when; named and ended here. */
export function delegationConsoleRoutes(deps: RouteDeps): ConsoleRouter {
  const { renderer, console, config } = deps;
  const router = new ConsoleRouter(console);

  const show = async (
    ctx: Context,
    caller: ConsoleCaller,
    typed?: TypedDelegation,
    errors: FieldError[] = [],
  ) => {
    const { locale } = ctx.state;
    const found = await listDelegations(deps.db, caller.accountId);
    const done = `console-delegations.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
    const status = hasText(locale, done) && ({ status: { kind: 'success', key: done } } as const);
    const crumbs = [{ label: translate(locale, 'console-delegations.title') }];
    if (errors.length > 0) ctx.status = 422;
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-delegations',
      { ...console.page(ctx, caller, { crumbs, ...status }), path: DELEGATIONS },
      delegationsView(found, caller.accountId, typed ?? today(deps.clock()), errors, deps.clock()),
    );
  };

  router.get(DELEGATIONS, 'delegations.manage', (ctx, caller) => show(ctx, caller));

  router.post(DELEGATIONS, 'delegations.manage', async (ctx, caller) => {
    const typed = readTyped(await readForm(ctx));
    const { deputy, reason } = typed;
    const period = readPeriod(typed, deps.clock());
    const from = callerOf(ctx, config.trustedProxyHops);
    const refusal = await nameDeputy(deps, caller, { deputyLoginName: deputy, period, reason }, from);
    if (refusal === undefined) return seeOther(ctx, `${DELEGATIONS}?done=given`);
    const error = { field: FIELDS[refusal] ?? 'until', key: `console-delegations.refused-${refusal}` };
    return show(ctx, caller, typed, [error]);
  });

  router.post(`${DELEGATIONS}/:id/revocation`, 'delegations.manage', async (ctx, caller) => {
    const id = ctx.params['id'] ?? '';
    const from = callerOf(ctx, config.trustedProxyHops);
    const isOurs = /^[0-9a-f-]{36}$/.test(id) && (await revokeDelegation(deps, caller, id, from));
    if (!isOurs) throw new Fault('not_found');
    seeOther(ctx, `${DELEGATIONS}?done=revoked`);
  });
  return router;
}

function readTyped(form: Form): TypedDelegation {
  const text = (name: string, max: number) => form.get(name).replaceAll(/\p{C}/gu, '').trim().slice(0, max);
  return {
    deputy: text('deputy', 100),
    from: text('from', 10),
    until: text('until', 10),
    reason: text('reason', MAX_REASON),
  };
}

/** From the beginning of the first day in Taipei, or now when that is past, to the end of the last. */
function readPeriod({ from, until }: TypedDelegation, now: Date): Period | undefined {
  const [first, last] = [from, until].map((day) => new Date(`${day}T00:00:00+08:00`));
  if (!first || !last || Number.isNaN(first.getTime()) || Number.isNaN(last.getTime())) return undefined;
  const end = new Date(last.getTime() + 24 * 3_600_000);
  return { from: first < now && end > now ? now : first, until: end };
}

function today(now: Date): TypedDelegation {
  const day = taipeiDay(now);
  return { deputy: '', from: day, until: '', reason: '' };
}
