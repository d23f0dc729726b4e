import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import { type ConsoleCaller, type ConsoleRouter, reachOf, reachesUnit } from '../permissions/index.ts';
import { isUnitCode } from '../units/index.ts';
import { type Typed, readExpected, refusalErrors, refusedLine } from './closure-routes.ts';
import { type UnitConsoleDeps, deedOf, pageOf, unitInReach } from './console-routes.ts';
import { livingAccounts } from './policy.ts';
import { type MergerPreview, mergeUnits, previewMerger } from './service/merge.ts';
import { countUse } from './store/unit.ts';
import type { Refusal, WholeUnit } from './types.ts';
import { unitName } from './view.ts';

/** Merging a unit into another: into which, what would happen, then yes or no. */
export function addMergerRoutes(router: ConsoleRouter, deps: UnitConsoleDeps): void {
  const { renderer } = deps;
  const ask = (
    ctx: Context,
    caller: ConsoleCaller,
    unit: WholeUnit,
    into: string,
    refusal?: Refusal,
  ): void => {
    if (refusal) ctx.status = 422;
    const here = `/console/units/${unit.code}`;
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-unit-merge', pageOf(deps, ctx, caller, unit), {
      code: unit.code,
      name: unitName(unit, ctx.state.locale),
      action: `${here}/merge`,
      into,
      cancelUrl: here,
      errors: refusal ? [{ field: 'into', key: `unit-refusal.${refusal}` }] : [],
    });
  };
  const confirm = async (
    ctx: Context,
    caller: ConsoleCaller,
    unit: WholeUnit,
    into: string,
    typed: Typed,
  ): Promise<void> => {
    const preview = await previewMerger(deps, caller, { from: unit.code, into }, deps.clock());
    if (!preview?.into || preview.refusal === 'same_unit') {
      return ask(ctx, caller, unit, into, preview?.refusal ?? 'target_unknown');
    }
    if (typed.refusal) ctx.status = 422;
    const view = await mergerView(deps, ctx, preview, preview.into, typed);
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-confirm', pageOf(deps, ctx, caller, unit), view);
  };

  router.get('/console/units/:code/merge', 'units.merge', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.merge');
    const into = readCode(new URLSearchParams(ctx.querystring).get('into') ?? '');
    if (into === '') return ask(ctx, caller, unit, '');
    if (!mayTake(caller, into)) return ask(ctx, caller, unit, into, 'target_unknown');
    return confirm(ctx, caller, unit, into, { reason: '' });
  });

  router.post('/console/units/:code/merge', 'units.merge', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.merge');
    const sent = await readForm(ctx);
    const into = readCode(sent.get('into'));
    if (!mayTake(caller, into)) return ask(ctx, caller, unit, into, 'target_unknown');
    const deed = deedOf(deps, ctx, caller, sent);
    const outcome = await mergeUnits(deps, deed, { from: unit.code, into }, readExpected(sent), deps.clock());
    if (outcome.done) return seeOther(ctx, `/console/units/${into}?done=merged`);
    return confirm(ctx, caller, unit, into, { reason: deed.reason, refusal: outcome.reason });
  });
}

const readCode = (typed: string): string => typed.normalize('NFKC').trim().toUpperCase().slice(0, 10);

/** F3: a merger needs the right to both units. */
function mayTake(caller: ConsoleCaller, into: string): boolean {
  const reach = reachOf(caller, 'units.merge');
  return reach !== undefined && isUnitCode(into) && reachesUnit(reach, into);
}

async function mergerView(
  { db }: UnitConsoleDeps,
  ctx: Context,
  { from, use, refusal }: MergerPreview,
  into: WholeUnit,
  { reason, refusal: refused }: Typed,
): Promise<Views['idp/console-confirm']> {
  const { locale } = ctx.state;
  const say = (key: string, params: Record<string, string | number> = {}) =>
    translate(locale, `console-unit-merger.${key}`, params);
  const line = (label: string, effect: string) => ({ label, effect, refused: false });
  const living = livingAccounts(use);
  const theirs = await countUse(db, into.code);
  const lines = [
    line(say('accounts', { count: use.activeAccounts + use.disabledAccounts }), say('moved')),
    line(say('subsystem-accounts', { count: living }), say('grants')),
    line(
      say('managers', { count: use.managers }),
      say('managers-what', { total: use.managers + theirs.managers }),
    ),
    line(say('applications', { count: use.waiting }), say('moved')),
    line(say('close'), say('close-what')),
  ];
  if (refusal) lines.unshift(refusedLine(say('refused'), refusal, locale));
  return {
    area: 'console-unit-merger',
    params: {
      ...{ code: from.code, name: unitName(from, locale), into: into.code, intoName: unitName(into, locale) },
    },
    action: `/console/units/${from.code}/merge`,
    cancelUrl: `/console/units/${from.code}`,
    fields: [
      { name: 'into', value: into.code },
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
