import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FlowSteps } from '#templates/views/enrollment.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { findAccount } from '../accounts/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { Subsystem } from '../subsystems/index.ts';
import { type Unit, findUnit, pickUnits, unitLabel } from '../units/index.ts';
import { type Chosen, choiceOfKind, readChoice } from './form.ts';
import {
  type AccessRequestRouteDeps,
  type Visit,
  callerIn,
  listActive,
  offerAt,
  quotaView,
  readRequestId,
  refusedBecause,
  show,
  signedIn,
} from './routes-shared.ts';
import { submitRequest } from './service/submit.ts';
import { systemLabel } from './view.ts';
import { ACCESS_REQUESTS } from './words.ts';

const NEW = `${ACCESS_REQUESTS}/new`;
const STEPS = ['system', 'unit', 'details'] as const;
const addressOf = (step: (typeof STEPS)[number], query: Record<string, string>): string =>
  `${step === 'system' ? NEW : `${NEW}/${step}`}?${new URLSearchParams(query).toString()}`;

/** P-29: asking for an account, in three steps that addresses carry: subsystem, unit, then what its manifest offers. */
export function newRequestRoutes(deps: AccessRequestRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: ACCESS_REQUESTS });

  router.get(
    '/new',
    signedIn(deps, async (ctx, session) => {
      const asked = ctx.URL.searchParams;
      const systems = listActive(deps).map(({ code }) => ({
        ...systemLabel(deps.registry, ctx.state.locale, code),
        selected: asked.get('system') === code,
      }));
      const errors = asked.has('missing')
        ? [{ field: 'system', key: 'access-requests.system-required' }]
        : [];
      const data = { steps: stepsAt('system', {}), errors, action: `${NEW}/unit`, systems };
      show(deps, ctx, session, { view: 'idp/access-request-system', data });
    }),
  );

  router.get(
    '/new/unit',
    signedIn(deps, async (ctx, session) => {
      const query = ctx.URL.searchParams;
      const code = query.get('system') ?? '';
      const subsystem = listActive(deps).find((each) => each.code === code);
      if (!subsystem) return seeOther(ctx, `${NEW}?missing=`);
      const person = await findAccount(deps.db, session.accountId);
      const home = await findUnit(deps.db, person?.unitCode ?? '');
      const picked = await pickUnits(deps.db, query, home, ctx.state.locale);
      const words = (key: string): string =>
        translate(ctx.state.locale, `access-requests.${key}`, { system: subsystem.name[ctx.state.locale] });
      const data = {
        steps: stepsAt('unit', { system: code }),
        errors: query.has('missing') ? [{ field: 'unit', key: 'enrollment.unit-required' }] : [],
        title: words('unit-title'),
        lead: words('unit-lead'),
        picker: {
          ...picked,
          searchUrl: `${NEW}/unit`,
          action: `${NEW}/details`,
          method: 'get' as const,
          hidden: [{ name: 'system', value: code }],
        },
      };
      show(deps, ctx, session, { view: 'idp/access-request-unit', data });
    }),
  );

  router.get(
    '/new/details',
    signedIn(deps, async (ctx, session) => {
      const query = ctx.URL.searchParams;
      const [system, unitCode] = [query.get('system') ?? '', query.get('unit') ?? ''];
      if (unitCode === '') return seeOther(ctx, addressOf('unit', { system, missing: '' }));
      const { unit, subsystem } = await offerAt(deps, unitCode, system);
      if (!subsystem) {
        if (!listActive(deps).some(({ code }) => code === system)) throw new Fault('not_found');
        return showRefused(deps, ctx, session, { system, unit });
      }
      await showDetails(deps, ctx, session, { unit, subsystem, id: crypto.randomUUID() });
    }),
  );

  router.post(
    '/',
    signedIn(deps, async (ctx, session) => {
      const form = await readForm(ctx);
      const id = readRequestId(form.get('request'));
      const { unit, subsystem } = await offerAt(deps, form.get('unit'), form.get('system'));
      if (!subsystem) throw new Fault('bad_request');
      const { chosen, errors } = readChoice(
        form,
        subsystem,
        'account',
        unit.kind,
        undefined,
        ctx.state.locale,
      );
      const page = { unit, subsystem, id, typed: chosen };
      if (errors.length > 0) return showDetails(deps, ctx, session, { ...page, errors });
      const wish = {
        ...{ id, kind: 'account' as const, accountId: session.accountId, subsystemCode: subsystem.code },
        ...{ unitCode: unit.code, ...chosen, subsystemAccountId: null, before: null, reason: '' },
      };
      const outcome = await submitRequest(deps, wish, callerIn(deps, ctx));
      if (outcome.sent) return seeOther(ctx, `${ACCESS_REQUESTS}?done=sent`);
      await showDetails(deps, ctx, session, { ...page, errors: refusedBecause(outcome.reason) });
    }),
  );
  return router;
}

async function showDetails(
  deps: AccessRequestRouteDeps,
  ctx: Visit,
  session: BrowserSession,
  page: { unit: Unit; subsystem: Subsystem; id: string; typed?: Chosen; errors?: FieldError[] },
): Promise<void> {
  const { unit, subsystem, id, typed, errors = [] } = page;
  const { locale } = ctx.state;
  const system = subsystem.code;
  const quota = await quotaView(deps, unit.code, subsystem);
  const data: Views['idp/access-request-details'] = {
    steps: stepsAt('details', { system, unit: unit.code }),
    errors,
    title: { key: 'access-requests.details-title' },
    lead: { key: 'access-requests.details-lead' },
    action: ACCESS_REQUESTS,
    hidden: Object.entries({ request: id, system, unit: unit.code }).map(([name, value]) => ({
      name,
      value,
    })),
    subsystem: systemLabel(deps.registry, locale, system),
    facts: [{ key: 'access-requests.fact-unit', value: unitLabel(unit, locale) }],
    choice: choiceOfKind(subsystem, 'account', unit.kind, typed, locale, quota.isFull),
    quota,
    asksReason: false,
    reason: '',
    returned: '',
    backUrl: addressOf('unit', { system }),
  };
  const path = addressOf('details', { system, unit: unit.code });
  show(deps, ctx, session, { view: 'idp/access-request-details', data, path, isBad: errors.length > 0 });
}

/** The unit has nothing to do at the subsystem: another one has to be chosen. */
async function showRefused(
  deps: AccessRequestRouteDeps,
  ctx: Visit,
  session: BrowserSession,
  { system, unit }: { system: string; unit: Unit },
): Promise<void> {
  const { locale } = ctx.state;
  const words = (key: string): string =>
    translate(locale, `access-requests.${key}`, { system: systemLabel(deps.registry, locale, system).name });
  const picked = await pickUnits(deps.db, new URLSearchParams(), unit, locale);
  const data = {
    steps: stepsAt('unit', { system }),
    errors: [{ field: 'unit', key: 'access-requests.refused-duty_not_allowed' }],
    title: words('unit-title'),
    lead: words('unit-lead'),
    picker: {
      ...picked,
      searchUrl: `${NEW}/unit`,
      action: `${NEW}/details`,
      method: 'get' as const,
      hidden: [{ name: 'system', value: system }],
    },
  };
  show(deps, ctx, session, { view: 'idp/access-request-unit', data, isBad: true });
}

function stepsAt(current: (typeof STEPS)[number], query: Record<string, string>): FlowSteps {
  const at = STEPS.indexOf(current);
  return STEPS.map((step, place) => ({
    key: `access-requests.step-new-${step}`,
    state: place < at ? 'done' : place === at ? 'current' : 'open',
    url: addressOf(step, query),
  }));
}
