import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { Subsystem } from '../subsystems/index.ts';
import { type Unit, findUnit, pickUnits, unitLabel } from '../units/index.ts';
import { changeableView, requestedKind } from './changes-view.ts';
import { type Chosen, choiceOfKind, readChoice, readReason } from './form.ts';
import { changeRefusal } from './policy.ts';
import {
  type AccessRequestRouteDeps,
  type Visit,
  callerIn,
  offerAt,
  quotaView,
  readRequestId,
  refusedBecause,
  show,
  signedIn,
} from './routes-shared.ts';
import { submitRequest } from './service/submit.ts';
import { listOpenChanges } from './store/requests.ts';
import { type HeldRow, listHeld } from './store/wishes.ts';
import type { RequestKind } from './types.ts';
import { labelIn, menuRoleNames, systemLabel } from './view.ts';
import { ACCESS_REQUESTS } from './words.ts';

const CHANGES = `${ACCESS_REQUESTS}/changes`;

/** SM-06: asking that one's account be changed: another unit or role, other menu roles, or its end. */
export function changeRoutes(deps: AccessRequestRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: CHANGES });

  router.get(
    '/',
    signedIn(deps, async (ctx, session) => {
      const held = await listHeld(deps.db, session.accountId);
      const open = await listOpenChanges(deps.db, session.accountId);
      const data = { accounts: changeableView(deps.registry, ctx.state.locale, held, open) };
      show(deps, ctx, session, { view: 'idp/access-changes', data });
    }),
  );

  router.get(
    '/:account/unit/choice',
    signedIn(deps, async (ctx, session) => {
      const account = await ownAccount(deps, ctx, session);
      await showUnits(deps, ctx, session, account, []);
    }),
  );

  router.get(
    '/:account/:kind',
    signedIn(deps, async (ctx, session) => {
      const account = await ownAccount(deps, ctx, session);
      const kind = requestedKind(ctx.params['kind']);
      const asked = ctx.URL.searchParams.get('unit') ?? '';
      if (kind === 'unit' && asked === '') return seeOther(ctx, `${addressOf(account, kind)}/choice`);
      const place = await placeOf(deps, account, kind, asked);
      if (!place.subsystem) return showUnits(deps, ctx, session, account, ['refused-duty_not_allowed']);
      await showForm(deps, ctx, session, {
        account,
        kind,
        ...place,
        subsystem: place.subsystem,
        id: crypto.randomUUID(),
      });
    }),
  );

  router.post(
    '/:account/:kind',
    signedIn(deps, async (ctx, session) => {
      const account = await ownAccount(deps, ctx, session);
      const kind = requestedKind(ctx.params['kind']);
      const form = await readForm(ctx);
      const id = readRequestId(form.get('request'));
      const { unit, subsystem } = await placeOf(deps, account, kind, form.get('unit'));
      if (!subsystem) throw new Fault('bad_request');
      const now = { ...account, fields: {} };
      const { chosen, errors } = readChoice(form, subsystem, kind, unit.kind, now, ctx.state.locale);
      const { reason, errors: unexplained } = readReason(form);
      const page = { account, kind, unit, subsystem, id, typed: chosen, reason };
      const bad = [...errors, ...unexplained];
      if (bad.length > 0) return showForm(deps, ctx, session, { ...page, errors: bad });
      const { unitCode, role, duty, menuRoles, subsystemCode } = account;
      const wish = { kind, subsystemCode, unitCode: unit.code, ...chosen };
      const nothing = changeRefusal(kind, subsystem.manifest, account, wish);
      if (nothing) return showForm(deps, ctx, session, { ...page, errors: refusedBecause(nothing) });
      const before = { unitCode, role, duty, menuRoles };
      const of = { id, accountId: session.accountId, subsystemAccountId: account.id, before, reason };
      const outcome = await submitRequest(deps, { ...wish, ...of }, callerIn(deps, ctx));
      if (outcome.sent) return seeOther(ctx, `${ACCESS_REQUESTS}?done=sent`);
      await showForm(deps, ctx, session, { ...page, errors: refusedBecause(outcome.reason) });
    }),
  );
  return router;
}

/** The account named in the address. @throws Fault not_found when it is not the person's own active one */
async function ownAccount(
  deps: AccessRequestRouteDeps,
  ctx: Visit,
  session: BrowserSession,
): Promise<HeldRow> {
  const held = await listHeld(deps.db, session.accountId);
  const account = held.find(({ id }) => id === ctx.params['account']);
  if (!account) throw new Fault('not_found');
  return account;
}

/** Where the account is to be, and what it may be there; of a disabled one it does not matter what. */
async function placeOf(deps: AccessRequestRouteDeps, account: HeldRow, kind: RequestKind, asked: string) {
  if (kind === 'disable') {
    const unit = await findUnit(deps.db, account.unitCode);
    const subsystem = deps.registry.subsystem(account.subsystemCode);
    if (!unit || !subsystem) throw new Fault('not_found');
    return { unit, subsystem };
  }
  return offerAt(deps, kind === 'unit' ? asked : account.unitCode, account.subsystemCode);
}

const addressOf = ({ id }: HeldRow, kind: RequestKind): string =>
  `${CHANGES}/${encodeURIComponent(id)}/${kind}`;

async function showUnits(
  deps: AccessRequestRouteDeps,
  ctx: Visit,
  session: BrowserSession,
  account: HeldRow,
  wrong: string[],
): Promise<void> {
  const { locale } = ctx.state;
  const query = ctx.URL.searchParams;
  const address = addressOf(account, 'unit');
  const system = systemLabel(deps.registry, locale, account.subsystemCode).name;
  const data = {
    steps: [],
    errors: wrong.map((key) => ({ field: 'unit', key: `access-requests.${key}` })),
    title: translate(locale, 'access-requests.unit-title'),
    lead: translate(locale, 'access-requests.unit-lead', { system }),
    picker: {
      ...(await pickUnits(deps.db, query, undefined, locale)),
      searchUrl: `${address}/choice`,
      action: address,
      method: 'get' as const,
      hidden: [],
    },
  };
  const path = `${address}/choice`;
  show(deps, ctx, session, { view: 'idp/access-request-unit', data, path, isBad: wrong.length > 0 });
}

async function showForm(
  deps: AccessRequestRouteDeps,
  ctx: Visit,
  session: BrowserSession,
  page: {
    account: HeldRow;
    kind: RequestKind;
    unit: Unit;
    subsystem: Subsystem;
    id: string;
    typed?: Chosen;
    reason?: string;
    errors?: FieldError[];
  },
): Promise<void> {
  const { account, kind, unit, subsystem, id, typed, reason = '', errors = [] } = page;
  const { locale } = ctx.state;
  const address = addressOf(account, kind);
  const unitOf = { code: account.unitCode, name: account.unitName, nameEn: account.unitNameEn };
  const quota = (kind === 'role' || kind === 'unit') && (await quotaView(deps, unit.code, subsystem));
  const isFull = quota !== false && quota.isFull;
  const facts = {
    account: account.id,
    from: unitLabel(unitOf, locale),
    ...(kind === 'unit' && { unit: unitLabel(unit, locale) }),
    role: labelIn(subsystem.manifest.roles, account.role, locale),
    duty: labelIn(deps.registry.subsystem(account.subsystemCode)?.manifest.duties, account.duty, locale),
    menu_roles: menuRoleNames(subsystem.manifest, account.menuRoles, locale),
  };
  const data: Views['idp/access-request-details'] = {
    steps: [],
    errors,
    title: { key: `access-requests.kind-${kind}` },
    lead: { key: `access-requests.change-lead-${kind}` },
    action: address,
    hidden: [
      { name: 'request', value: id },
      { name: 'unit', value: unit.code },
    ],
    subsystem: systemLabel(deps.registry, locale, account.subsystemCode),
    facts: Object.entries(facts).map(([fact, value]) => ({ key: `access-requests.fact-${fact}`, value })),
    choice: choiceOfKind(subsystem, kind, unit.kind, typed ?? { ...account, fields: {} }, locale, isFull),
    quota,
    asksReason: true,
    reason,
    returned: '',
    backUrl: CHANGES,
  };
  const path = kind === 'unit' ? `${address}?unit=${encodeURIComponent(unit.code)}` : address;
  show(deps, ctx, session, { view: 'idp/access-request-details', data, path, isBad: errors.length > 0 });
}
