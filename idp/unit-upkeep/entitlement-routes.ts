import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { FieldError } from '#templates/views.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { type UnitConsoleDeps, deedOf, pageOf, unitInReach } from './console-routes.ts';
import type { UpkeepDeps } from './deps.ts';
import { entitlementFaults, readValue } from './policy.ts';
import { endUnitEntitlement, entitleUnit } from './service/entitle.ts';
import { listEntitlements } from './store/entitlements.ts';
import type { Entitlement, WholeUnit } from './types.ts';
import { unitName } from './view.ts';

const NOTHING: Entitlement = {
  ...{ subsystemCode: '', menuRole: '', validFrom: '', validTo: '', approvalNo: '', basis: '' },
};

/** §2.4: what a unit may give at subsystems, kept by the agency. */
export function addEntitlementRoutes(router: ConsoleRouter, deps: UnitConsoleDeps): void {
  const { db, registry, renderer } = deps;
  const show = async (
    ctx: Context,
    caller: ConsoleCaller,
    unit: WholeUnit,
    typed: Entitlement,
    errors: FieldError[] = [],
  ): Promise<void> => {
    if (errors.length > 0) ctx.status = 422;
    const { locale } = ctx.state;
    const here = `/console/units/${unit.code}/entitlements`;
    const done = new URLSearchParams(ctx.querystring).get('done') === 'yes' && errors.length === 0;
    const status = { kind: 'success' as const, key: 'console-unit-entitlements.done' };
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-unit-entitlements',
      pageOf(deps, ctx, caller, unit, done ? status : undefined),
      {
        name: unitName(unit, locale),
        action: here,
        endAction: `${here}/end`,
        backUrl: `/console/units/${unit.code}`,
        entitlements: (await listEntitlements(db, unit.code)).map((one) => ({
          ...one,
          value: [one.subsystemCode, one.menuRole, one.validFrom].join(' '),
          label: roleLabel(registry, one.subsystemCode, one.menuRole, locale),
        })),
        choices: offeredRoles(registry, unit.kind).map(({ subsystemCode, menuRole }) => ({
          value: `${subsystemCode} ${menuRole}`,
          label: roleLabel(registry, subsystemCode, menuRole, locale),
          selected: subsystemCode === typed.subsystemCode && menuRole === typed.menuRole,
        })),
        typed,
        errors,
      },
    );
  };

  router.get('/console/units/:code/entitlements', 'units.entitle', async (ctx, caller) => {
    await show(ctx, caller, await unitInReach(deps, ctx, caller, 'units.entitle'), NOTHING);
  });

  router.post('/console/units/:code/entitlements', 'units.entitle', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.entitle');
    const sent = await readForm(ctx);
    const [subsystemCode = '', menuRole = ''] = sent.get('menu_role').split(' ');
    const typed: Entitlement = {
      ...{ subsystemCode, menuRole, validFrom: sent.get('valid_from'), validTo: sent.get('valid_to') },
      ...{ approvalNo: readValue(sent.get('approval_no')), basis: readValue(sent.get('basis')) },
    };
    const offered = offeredRoles(registry, unit.kind).filter((role) => role.subsystemCode === subsystemCode);
    const faults = entitlementFaults(
      typed,
      offered.map((role) => role.menuRole),
    );
    const errors = faults.map(({ field, why }) => ({ field, key: `console-unit-entitlements.fault-${why}` }));
    if (errors.length > 0) return show(ctx, caller, unit, typed, errors);
    if (await entitleUnit(deps, deedWithout(deps, ctx, caller), unit.code, typed)) {
      return seeOther(ctx, `/console/units/${unit.code}/entitlements?done=yes`);
    }
    return show(ctx, caller, unit, typed, [
      { field: 'menu_role', key: 'console-unit-entitlements.fault-there' },
    ]);
  });

  router.post('/console/units/:code/entitlements/end', 'units.entitle', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.entitle');
    const sent = await readForm(ctx);
    const [subsystemCode = '', menuRole = '', validFrom = ''] = sent.get('which').split(' ');
    const which = { subsystemCode, menuRole, validFrom };
    const deed = deedWithout(deps, ctx, caller);
    if (await endUnitEntitlement(deps, deed, unit.code, which, sent.get('valid_to'))) {
      return seeOther(ctx, `/console/units/${unit.code}/entitlements?done=yes`);
    }
    return show(ctx, caller, unit, NOTHING, [{ field: '', key: 'console-unit-entitlements.fault-end' }]);
  });
}

function deedWithout(deps: UnitConsoleDeps, ctx: Context, caller: ConsoleCaller) {
  return deedOf(deps, ctx, caller, { get: () => '' });
}

/** Every menu role that a unit of this kind can have, by the subsystems' manifests. */
function offeredRoles(registry: UpkeepDeps['registry'], kind: string) {
  const manifests = registry.list().flatMap(({ subsystem }) => subsystem?.manifest ?? []);
  return manifests.flatMap(({ code, duties }) => {
    const fitting = duties.filter(({ unitKinds }) => unitKinds.length === 0 || unitKinds.includes(kind));
    return [...new Set(fitting.flatMap(({ menuRoles }) => menuRoles))].map((menuRole) => ({
      ...{ subsystemCode: code, menuRole },
    }));
  });
}

function roleLabel(
  registry: UpkeepDeps['registry'],
  subsystem: string,
  role: string,
  locale: Locale,
): string {
  const manifest = registry.subsystem(subsystem)?.manifest;
  const label = manifest?.menuRoles.find(({ code }) => code === role)?.label[locale] ?? role;
  return `${manifest?.shortName[locale] ?? subsystem} · ${label}`;
}
