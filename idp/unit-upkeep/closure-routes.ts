import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { type UnitConsoleDeps, deedOf, pageOf, unitInReach } from './console-routes.ts';
import { closureRefusal, livingAccounts, reopeningRefusal } from './policy.ts';
import { type Expected, closeUnit, reopenUnit } from './service/close.ts';
import { countUse, listActiveAccounts } from './store/unit.ts';
import type { Refusal, WholeUnit } from './types.ts';
import { unitName } from './view.ts';

type Confirm = Views['idp/console-confirm'];
const LISTED = 100;

/** Closing a unit, and opening it again: what would happen, then yes or no. */
export function addClosureRoutes(router: ConsoleRouter, deps: UnitConsoleDeps): void {
  const { renderer } = deps;
  const show = (ctx: Context, caller: ConsoleCaller, unit: WholeUnit, view: Confirm): void => {
    if (view.errors.length > 0) ctx.status = 422;
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-confirm', pageOf(deps, ctx, caller, unit), view);
  };
  const closing = async (ctx: Context, caller: ConsoleCaller, unit: WholeUnit, typed: Typed): Promise<void> =>
    show(ctx, caller, unit, await closureView(deps, ctx, caller, unit, typed));
  const reopening = (ctx: Context, caller: ConsoleCaller, unit: WholeUnit, typed: Typed): void =>
    show(ctx, caller, unit, reopeningView(ctx, unit, typed));

  router.get('/console/units/:code/closure', 'units.close', async (ctx, caller) => {
    await closing(ctx, caller, await unitInReach(deps, ctx, caller, 'units.close'), { reason: '' });
  });
  router.post('/console/units/:code/closure', 'units.close', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.close');
    const sent = await readForm(ctx);
    const deed = deedOf(deps, ctx, caller, sent);
    const outcome = await closeUnit(deps, deed, unit.code, readExpected(sent));
    if (outcome.done) return seeOther(ctx, `/console/units/${unit.code}?done=closed`);
    return closing(ctx, caller, unit, { reason: deed.reason, refusal: outcome.reason });
  });

  router.get('/console/units/:code/reopening', 'units.close', async (ctx, caller) => {
    reopening(ctx, caller, await unitInReach(deps, ctx, caller, 'units.close'), { reason: '' });
  });
  router.post('/console/units/:code/reopening', 'units.close', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.close');
    const deed = deedOf(deps, ctx, caller, await readForm(ctx));
    const outcome = await reopenUnit(deps, deed, unit.code);
    if (outcome.done) return seeOther(ctx, `/console/units/${unit.code}?done=reopened`);
    return reopening(ctx, caller, unit, { reason: deed.reason, refusal: outcome.reason });
  });
}

export interface Typed {
  reason: string;
  refusal?: Refusal;
}

/** What the page said would happen, as it comes back with the form. @throws Fault bad_request */
export function readExpected(sent: { get(name: string): string }): Expected {
  const [accounts, subsystemAccounts] = ['accounts', 'subsystem_accounts'].map((name) =>
    Number(sent.get(name)),
  );
  if (!Number.isInteger(accounts) || !Number.isInteger(subsystemAccounts)) throw new Fault('bad_request');
  return { accounts: accounts as number, subsystemAccounts: subsystemAccounts as number };
}

/** Why it was refused, at the reason's field when that is what is missing. */
export function refusalErrors(refusal: Refusal | undefined): Confirm['errors'] {
  if (refusal === undefined) return [];
  return [{ field: refusal === 'reason_missing' ? 'reason' : '', key: `unit-refusal.${refusal}` }];
}

async function closureView(
  { db }: UnitConsoleDeps,
  ctx: Context,
  caller: ConsoleCaller,
  unit: WholeUnit,
  { reason, refusal: refused }: Typed,
): Promise<Confirm> {
  const { locale } = ctx.state;
  const use = await countUse(db, unit.code);
  const refusal = closureRefusal(unit, use, caller);
  const people = await listActiveAccounts(db, unit.code, LISTED);
  const living = livingAccounts(use);
  const say = (key: string, params: Record<string, string | number> = {}) =>
    translate(locale, `console-unit-closure.${key}`, params);
  const lines = people.map(({ name, loginName }) => ({
    ...{ label: `${name} ${loginName}`, effect: say('account'), refused: false },
  }));
  const rest = use.activeAccounts - people.length;
  if (rest > 0) lines.push({ label: say('more', { count: rest }), effect: say('more-what'), refused: false });
  if (living > 0) {
    lines.push({
      ...{
        label: say('subsystem-accounts', { count: living }),
        effect: say('subsystem-what'),
        refused: false,
      },
    });
  }
  if (lines.length === 0) lines.push({ label: say('nobody'), effect: say('nobody-what'), refused: false });
  if (refusal) lines.unshift(refusedLine(say('refused'), refusal, locale));
  return {
    area: 'console-unit-closure',
    params: { code: unit.code, name: unitName(unit, locale) },
    action: `/console/units/${unit.code}/closure`,
    cancelUrl: `/console/units/${unit.code}`,
    fields: [
      { name: 'accounts', value: String(use.activeAccounts) },
      { name: 'subsystem_accounts', value: String(living) },
    ],
    lines,
    reason: { value: reason, required: true },
    isDangerous: true,
    isPossible: refusal === undefined,
    errors: refusalErrors(refused),
  };
}

export function refusedLine(label: string, refusal: Refusal, locale: Context['state']['locale']) {
  return { label, effect: translate(locale, `unit-refusal.${refusal}`), refused: true };
}

function reopeningView(ctx: Context, unit: WholeUnit, { reason, refusal: refused }: Typed): Confirm {
  const { locale } = ctx.state;
  const refusal = reopeningRefusal(unit);
  return {
    area: 'console-unit-reopening',
    params: { code: unit.code, name: unitName(unit, locale) },
    action: `/console/units/${unit.code}/reopening`,
    cancelUrl: `/console/units/${unit.code}`,
    fields: [],
    lines: refusal ? [refusedLine(translate(locale, 'console-unit-reopening.refused'), refusal, locale)] : [],
    reason: { value: reason, required: true },
    isDangerous: false,
    isPossible: refusal === undefined,
    errors: refusalErrors(refused),
  };
}
