import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { Subsystem } from '../subsystems/index.ts';
import { type Unit, findUnit, unitLabel } from '../units/index.ts';
import { type Chosen, choiceOfKind, readChoice, readReason } from './form.ts';
import { changeRefusal } from './policy.ts';
import {
  type AccessRequestRouteDeps,
  type Visit,
  callerIn,
  offerAt,
  quotaView,
  refusedBecause,
  show,
  signedIn,
} from './routes-shared.ts';
import { findOwn } from './service/own.ts';
import { resubmitRequest } from './service/submit.ts';
import { listEvents } from './store/history.ts';
import type { OwnRequest } from './types.ts';
import { labelIn, systemLabel } from './view.ts';
import { ACCESS_REQUESTS } from './words.ts';

/** SM-04: a returned request is corrected, beginning with what was chosen before, and sent again. */
export function correctionRoutes(deps: AccessRequestRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: ACCESS_REQUESTS });

  router.get(
    '/:id/correction',
    signedIn(deps, async (ctx, session) => {
      const request = await returnedOf(deps, ctx, session);
      if (!request) return seeOther(ctx, `${ACCESS_REQUESTS}/${ctx.params['id'] ?? ''}`);
      await showForm(deps, ctx, session, { request, ...(await placeOf(deps, request)) });
    }),
  );

  router.post(
    '/:id/correction',
    signedIn(deps, async (ctx, session) => {
      const request = await returnedOf(deps, ctx, session);
      if (!request) return seeOther(ctx, `${ACCESS_REQUESTS}?done=resent`); // the form came twice
      const form = await readForm(ctx);
      const { unit, subsystem } = await placeOf(deps, request);
      const { id, kind, before, accountId, unitCode } = request;
      const now = before ? { ...before, fields: {} } : undefined;
      const { chosen, errors } = readChoice(form, subsystem, kind, unit.kind, now, ctx.state.locale);
      const explained = kind === 'account' ? { reason: '', errors: [] } : readReason(form);
      const { reason } = explained;
      const page = { request, unit, subsystem, typed: chosen, reason };
      const bad = [...errors, ...explained.errors];
      if (bad.length > 0) return showForm(deps, ctx, session, { ...page, errors: bad });
      const wish = { kind, subsystemCode: subsystem.code, unitCode, ...chosen };
      const nothing = before && changeRefusal(kind, subsystem.manifest, before, wish);
      if (nothing) return showForm(deps, ctx, session, { ...page, errors: refusedBecause(nothing) });
      const asked = { id, accountId, unitCode, ...chosen, reason };
      const outcome = await resubmitRequest(deps, asked, callerIn(deps, ctx));
      if (outcome.sent || outcome.reason === 'not_returned') {
        return seeOther(ctx, `${ACCESS_REQUESTS}?done=resent`);
      }
      await showForm(deps, ctx, session, { ...page, errors: refusedBecause(outcome.reason) });
    }),
  );
  return router;
}

/** @returns undefined when it is not returned (any more). @throws Fault not_found when it is not the person's */
async function returnedOf(
  deps: AccessRequestRouteDeps,
  ctx: Visit,
  session: BrowserSession,
): Promise<OwnRequest | undefined> {
  const request = await findOwn(deps, session.accountId, ctx.params['id'] ?? '');
  if (!request) throw new Fault('not_found');
  return request.status === 'returned' ? request : undefined;
}

async function placeOf(
  deps: AccessRequestRouteDeps,
  { kind, unitCode, subsystemCode }: OwnRequest,
): Promise<{ unit: Unit; subsystem: Subsystem }> {
  const offer =
    kind === 'disable'
      ? { unit: await findUnit(deps.db, unitCode), subsystem: deps.registry.subsystem(subsystemCode) }
      : await offerAt(deps, unitCode, subsystemCode);
  const { unit, subsystem } = offer;
  if (!unit || !subsystem) throw new Fault('not_found');
  return { unit, subsystem };
}

async function showForm(
  deps: AccessRequestRouteDeps,
  ctx: Visit,
  session: BrowserSession,
  page: {
    request: OwnRequest;
    unit: Unit;
    subsystem: Subsystem;
    typed?: Chosen;
    reason?: string;
    errors?: FieldError[];
  },
): Promise<void> {
  const { request, unit, subsystem, typed, errors = [] } = page;
  const { kind, subsystemAccountId, before } = request;
  const { locale } = ctx.state;
  const address = `${ACCESS_REQUESTS}/${request.id}`;
  const events = await listEvents(deps.db, request.id);
  const quota = kind !== 'menu_roles' && kind !== 'disable' && (await quotaView(deps, unit.code, subsystem));
  const isFull = quota !== false && quota.isFull;
  const returned = events.findLast(({ deed }) => deed === 'returned');
  const facts = {
    ...(subsystemAccountId !== null && { account: subsystemAccountId }),
    unit: unitLabel(unit, locale),
    ...(before && { role: labelIn(subsystem.manifest.roles, before.role, locale) }),
  };
  const data: Views['idp/access-request-details'] = {
    steps: [],
    errors,
    title: { key: `access-requests.kind-${kind}` },
    lead: {
      key: kind === 'account' ? 'access-requests.details-lead' : `access-requests.change-lead-${kind}`,
    },
    action: `${address}/correction`,
    hidden: [],
    subsystem: systemLabel(deps.registry, locale, request.subsystemCode),
    facts: Object.entries(facts).map(([fact, value]) => ({ key: `access-requests.fact-${fact}`, value })),
    choice: choiceOfKind(subsystem, kind, unit.kind, typed ?? request, locale, isFull),
    quota,
    asksReason: kind !== 'account',
    reason: page.reason ?? request.reason,
    returned: returned?.comment ?? '',
    backUrl: address,
  };
  const path = `${address}/correction`;
  show(deps, ctx, session, { view: 'idp/access-request-details', data, path, isBad: errors.length > 0 });
}
