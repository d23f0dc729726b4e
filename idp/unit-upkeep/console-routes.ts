import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Form as SentForm, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { MANAGER_QUOTA } from '../enrollments/index.ts';
import { readManagerQuota } from '../entitlements/index.ts';
import { type ConsoleCaller, ConsoleRouter, type Deed, reachOf, reachesUnit } from '../permissions/index.ts';
import { isUnitCode, listUnitManagers } from '../units/index.ts';
import { addEntitlementRoutes } from './entitlement-routes.ts';
import { addClosureRoutes } from './closure-routes.ts';
import type { Deed as DoneDeed, UpkeepDeps } from './deps.ts';
import { unitList } from './list.ts';
import { addMergerRoutes } from './merger-routes.ts';
import { ALL_FIELDS, CONTACT_FIELDS, mergeEdits, valuesOf } from './policy.ts';
import { editUnit } from './service/edit.ts';
import { listUnitEvents } from './store/history.ts';
import { countUse, findWholeUnit } from './store/unit.ts';
import type { UnitUse, UnitValues, WholeUnit } from './types.ts';
import { type Form, editView, faultErrors, unitName, unitView } from './view.ts';

export interface UnitConsoleDeps extends UpkeepDeps, ListDeps {
  clock: () => Date;
}

const EVENTS = 30;

/** M-37: the console's pages about units. */
export function unitConsoleRoutes(deps: UnitConsoleDeps): ConsoleRouter {
  const { db, registry, renderer, console } = deps;
  const router = new ConsoleRouter(console);
  addConsoleList(router, deps, unitList(db));

  router.get('/console/units/:code', 'units.read', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.read');
    const use = await countUse(db, unit.code);
    const quotas = await managerQuotas(deps, unit.code, use);
    const view = unitView(
      registry,
      caller,
      {
        ...{ unit, use, quotas },
        managers: await listUnitManagers(db, unit.code, deps.clock()),
        events: await listUnitEvents(db, unit.code, EVENTS),
      },
      ctx.state.locale,
    );
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-unit', pageOf(deps, ctx, caller, unit, doneStatus(ctx)), view);
  });

  const showForm = (ctx: Context, caller: ConsoleCaller, form: Form): void => {
    if (form.errors !== undefined || form.changed !== undefined) ctx.status = form.errors ? 422 : 409;
    ctx.type = 'html';
    const page = pageOf(deps, ctx, caller, form.unit);
    ctx.body = renderer.page('idp/console-unit-edit', page, editView(form, ctx.state.locale));
  };

  router.get('/console/units/:code/edit', 'units.change_contact', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.change_contact');
    const values = valuesOf(unit);
    showForm(ctx, caller, { unit, fields: fieldsOf(caller), version: unit.version, values, was: values });
  });

  router.post('/console/units/:code/edit', 'units.change_contact', async (ctx, caller) => {
    const unit = await unitInReach(deps, ctx, caller, 'units.change_contact');
    const sent = await readForm(ctx);
    const fields = fieldsOf(caller);
    const typed = { ...valuesOf(unit), ...readValues(sent, '', fields) };
    const was = { ...valuesOf(unit), ...readValues(sent, 'was.', ALL_FIELDS) };
    const version = Number(sent.get('version'));
    if (!Number.isInteger(version)) throw new Fault('bad_request');
    const deed = deedOf(deps, ctx, caller, sent);
    const outcome = await editUnit(deps, deed, { code: unit.code, version, values: typed, fields });
    if (outcome.done) return seeOther(ctx, `/console/units/${unit.code}?done=changed`);
    const form = { unit, fields, version, values: typed, was, reason: deed.reason };
    switch (outcome.reason) {
      case 'not_found':
        throw new Fault('not_found');
      case 'faulty':
        return showForm(ctx, caller, { ...form, errors: faultErrors(outcome.faults) });
      case 'kind_in_use':
        return showForm(ctx, caller, {
          ...form,
          errors: [{ field: 'kind', key: 'console-unit-edit.kind_in_use' }],
        });
      case 'changed_meanwhile': {
        const now = valuesOf(outcome.now);
        const { values, changed } = mergeEdits(was, typed, now);
        const { version: newest } = outcome.now;
        return showForm(ctx, caller, { ...form, version: newest, values, was: now, changed });
      }
    }
  });

  addClosureRoutes(router, deps);
  addMergerRoutes(router, deps);
  addEntitlementRoutes(router, deps);
  return router;
}

/** Managers of the unit, used and allowed, at the single entry and at each subsystem it has accounts of. */
async function managerQuotas({ db, registry }: UpkeepDeps, unitCode: string, use: UnitUse) {
  const codes = [...new Set(use.subsystems.map(({ subsystemCode }) => subsystemCode))];
  const manifests = codes.flatMap((code) => registry.subsystem(code)?.manifest ?? []);
  const others = await Promise.all(
    manifests.map(async (manifest) => ({
      subsystemCode: manifest.code,
      ...(await readManagerQuota(db, { unitCode, manifest })),
    })),
  );
  return [{ subsystemCode: '', used: use.managers, limit: MANAGER_QUOTA }, ...others];
}

/** National administrators change everything, others how a unit is reached. */
function fieldsOf(caller: ConsoleCaller) {
  return reachOf(caller, 'units.change') ? ALL_FIELDS : CONTACT_FIELDS;
}

function readValues(
  sent: SentForm,
  prefix: string,
  fields: readonly (keyof UnitValues)[],
): Partial<UnitValues> {
  return Object.fromEntries(fields.map((field) => [field, sent.get(`${prefix}${field}`)]));
}

/** The unit of the address; another's is as good as unknown. @throws Fault not_found */
export async function unitInReach(
  { db }: UpkeepDeps,
  ctx: { params: Record<string, string> },
  caller: ConsoleCaller,
  deed: Deed,
): Promise<WholeUnit> {
  const code = ctx.params['code'] ?? '';
  const reach = reachOf(caller, deed);
  const unit =
    isUnitCode(code) && reach && reachesUnit(reach, code) ? await findWholeUnit(db, code) : undefined;
  if (!unit) throw new Fault('not_found');
  return unit;
}

/** Who does it, from where and why. */
export function deedOf(
  deps: ListDeps,
  ctx: Context,
  actor: ConsoleCaller,
  sent: Pick<SentForm, 'get'>,
): DoneDeed {
  const reason = sent.get('reason').trim().slice(0, 500);
  return { actor, from: callerOf(ctx, deps.config.trustedProxyHops), reason };
}

/** The page around a unit's page. */
export function pageOf(
  { console }: ListDeps,
  ctx: Context,
  caller: ConsoleCaller,
  unit: WholeUnit,
  status?: { kind: 'success'; key: string },
) {
  const { locale } = ctx.state;
  const crumbs = [
    { label: translate(locale, 'console-units.title'), url: '/console/units' },
    { label: unitName(unit, locale), url: `/console/units/${unit.code}` },
  ];
  return console.page(ctx, caller, { crumbs, ...(status && { status }) });
}

const DONE = ['changed', 'closed', 'reopened', 'merged'];

function doneStatus(ctx: Context): { kind: 'success'; key: string } | undefined {
  const done = new URLSearchParams(ctx.querystring).get('done') ?? '';
  return DONE.includes(done) ? { kind: 'success', key: `console-unit.done-${done}` } : undefined;
}
