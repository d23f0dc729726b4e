import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { RequestRow } from '#templates/views/access-requests.ts';
import type { SubsystemLabel, Views } from '#templates/views.ts';
import { type ClientRegistry, type Manifest, choiceLines } from '../subsystems/index.ts';
import { mayWithdraw } from './policy.ts';
import type { AccessRequest, OwnRequest, RequestEvent, ReviewerContact } from './types.ts';
import { ACCESS_REQUESTS } from './words.ts';

type Registry = Pick<ClientRegistry, 'subsystem'>;
type Fact = { key: string; value: string };

const STATES = { approved: 'success', returned: 'warning', withdrawn: 'info' } as const;

export function systemLabel(registry: Registry, locale: Locale, code: string): SubsystemLabel {
  const subsystem = registry.subsystem(code);
  return { code, name: subsystem?.name[locale] ?? code, colour: subsystem?.colour ?? 1 };
}

export function labelIn(
  list: Manifest['roles'] | Manifest['duties'] | undefined,
  code: string,
  locale: Locale,
): string {
  return list?.find((entry) => entry.code === code)?.label[locale] ?? code;
}

/** Menu roles in the manifest's words and order. */
export function menuRoleNames(manifest: Manifest | undefined, codes: string[], locale: Locale): string {
  const known = (manifest?.menuRoles ?? []).filter(({ code }) => codes.includes(code));
  const names = known.map(({ label }) => label[locale]);
  const unknown = codes.filter((code) => !known.some((each) => each.code === code));
  const all = [...names, ...unknown];
  return all.length === 0
    ? translate(locale, 'access-requests.none-chosen')
    : all.join(translate(locale, 'bindings.list-comma'));
}

/** A request as a line of a list. */
export function requestRow(registry: Registry, locale: Locale, request: OwnRequest): RequestRow {
  const { subsystemCode, unitCode, unitName, unitNameEn } = request;
  return {
    subsystem: systemLabel(registry, locale, subsystemCode),
    kind: { key: `access-requests.kind-${request.kind}` },
    state: stateOf(request),
    unit: { code: unitCode, name: locale === 'en' ? unitNameEn : unitName },
    roleLabel: labelIn(registry.subsystem(subsystemCode)?.manifest.roles, request.role, locale),
    requestedAt: request.createdAt,
    address: `${ACCESS_REQUESTS}/${request.id}`,
  };
}

function stateOf({ status, chain, step, level }: AccessRequest): RequestRow['state'] {
  if (status !== 'submitted') return { key: `access-requests.state-${status}`, kind: STATES[status] };
  const waits = level === 'own' ? (chain[step] ?? 'nobody') : level;
  return { key: `access-requests.waits-${waits}`, kind: 'info' };
}

/** One of one's own requests as a page. */
export function requestView(
  registry: Registry,
  locale: Locale,
  request: OwnRequest,
  found: { events: RequestEvent[]; reviewers: ReviewerContact[]; unitNames: Map<string, string> },
): Views['idp/access-request'] {
  const address = `${ACCESS_REQUESTS}/${request.id}`;
  const { status, step, chain } = request;
  return {
    ...requestRow(registry, locale, request),
    reason: request.reason,
    facts: factsOf(registry, locale, request, found.unitNames),
    changes: changesOf(registry, locale, request, found.unitNames),
    chain: chain.map((code, at) => ({
      key: `access-requests.step-${code}`,
      state:
        status === 'approved' || (status === 'submitted' && at < step)
          ? 'done'
          : status === 'submitted' && at === step
            ? 'current'
            : 'open',
    })),
    reviewers: found.reviewers.map(({ name, phone, unitName, unitNameEn }) => ({
      name,
      phone,
      unit: locale === 'en' ? unitNameEn : unitName,
    })),
    history: found.events.map(({ at, deed, round, actorName, onBehalfOfName, comment }) => ({
      at,
      key: `access-requests.event-${deed === 'submitted' && round > 1 ? 'resubmitted' : deed}`,
      // one's own name needs no telling
      who: deed === 'approved' || deed === 'returned' ? (actorName ?? '') : '',
      instead: onBehalfOfName ?? '',
      comment: deed === 'approved' || deed === 'returned' ? comment : '',
    })),
    correctUrl: status === 'returned' ? `${address}/correction` : '',
    withdrawUrl: mayWithdraw(status) ? `${address}/withdrawal` : '',
    backUrl: ACCESS_REQUESTS,
  };
}

function factsOf(
  registry: Registry,
  locale: Locale,
  request: OwnRequest,
  unitNames: Map<string, string>,
): Fact[] {
  const subsystem = registry.subsystem(request.subsystemCode);
  const { kind, subsystemAccountId, unitCode, role, duty, menuRoles, fields } = request;
  const account: Fact[] =
    subsystemAccountId === null ? [] : [{ key: 'access-requests.fact-account', value: subsystemAccountId }];
  if (kind !== 'account') return account;
  const manifest = subsystem?.manifest;
  const choice = { code: request.subsystemCode, role: '', duty: '', menuRoles: [], fields };
  const extra = subsystem ? choiceLines(choice, subsystem, locale) : [];
  return [
    ...account,
    { key: 'access-requests.fact-unit', value: `${unitCode} ${unitNames.get(unitCode) ?? ''}` },
    { key: 'access-requests.fact-role', value: labelIn(manifest?.roles, role, locale) },
    { key: 'access-requests.fact-duty', value: labelIn(manifest?.duties, duty, locale) },
    { key: 'access-requests.fact-menu_roles', value: menuRoleNames(manifest, menuRoles, locale) },
    ...extra.map((value) => ({ key: 'access-requests.fact-field', value })),
  ];
}

/** What a change changes, in the manifest's words. */
export function changesOf(
  registry: Registry,
  locale: Locale,
  request: AccessRequest,
  unitNames: Map<string, string>,
): { key: string; before: string; after: string }[] {
  const { before, kind } = request;
  if (!before) return [];
  if (kind === 'disable') {
    const [active, disabled] = ['active', 'disabled'].map((status) =>
      translate(locale, `access-requests.status-${status}`),
    );
    return [{ key: 'access-requests.fact-status', before: active ?? '', after: disabled ?? '' }];
  }
  const manifest = registry.subsystem(request.subsystemCode)?.manifest;
  const unit = (code: string): string => `${code} ${unitNames.get(code) ?? ''}`;
  const rows = [
    { key: 'unit', before: unit(before.unitCode), after: unit(request.unitCode) },
    {
      key: 'role',
      before: labelIn(manifest?.roles, before.role, locale),
      after: labelIn(manifest?.roles, request.role, locale),
    },
    {
      key: 'duty',
      before: labelIn(manifest?.duties, before.duty, locale),
      after: labelIn(manifest?.duties, request.duty, locale),
    },
    {
      key: 'menu_roles',
      before: menuRoleNames(manifest, before.menuRoles, locale),
      after: menuRoleNames(manifest, request.menuRoles, locale),
    },
  ];
  return rows
    .filter((row) => row.before !== row.after)
    .map((row) => ({ ...row, key: `access-requests.fact-${row.key}` }));
}
