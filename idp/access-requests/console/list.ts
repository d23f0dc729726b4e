import type { Keyring } from '#kit/keyring.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { maskName, nationalIdIndexes } from '../../accounts/index.ts';
import type { ConsoleList, ListScope } from '../../console-lists/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';
import { type WorkingCalendar, dueAfter, loadCalendar } from '../../working-days/index.ts';
import {
  type ReviewableFilter,
  type ReviewableRow,
  countReviewable,
  listReviewable,
} from '../store/reviewable.ts';
import type { AccessRequestDeps, RequestKind } from '../types.ts';
import { labelIn } from '../view.ts';
import { REVIEW_PLACE } from '../words.ts';
import { reviewerFor, standingsOf } from './standing.ts';

/** The working days a review may take before it stands in red. */
export const REVIEW_DAYS = 3;

type Filter =
  | 'account'
  | 'stands_for'
  | 'kind'
  | 'unit'
  | 'unit_name'
  | 'name'
  | 'national_id'
  | 'target'
  | 'role'
  | 'from'
  | 'to';
type Row = ReviewableRow & { position: string; isOverdue: boolean };

const KINDS: RequestKind[] = ['account', 'unit', 'role', 'menu_roles', 'disable'];
const key = (name: string): string => `console-access.${name}`;

/** P-48: the requests whose step waits for the caller, the oldest first. */
export function accessRequestList(
  deps: AccessRequestDeps & { keyring: Keyring; registry: ClientRegistry },
): ConsoleList<Filter, 'submitted', Row> {
  const { db, clock, registry } = deps;
  return {
    definition: {
      name: 'access-requests',
      filters: {
        account: { max: 40 },
        stands_for: { max: 36 },
        kind: { pattern: new RegExp(`^(${KINDS.join('|')})$`) },
        unit: { max: 20 },
        unit_name: {},
        name: {},
        national_id: { max: 10, pattern: /^[A-Za-z0-9]{10}$/ },
        target: { max: 40 },
        role: { max: 40 },
        from: { isDay: true },
        to: { isDay: true },
      },
      sorts: ['submitted'],
      defaultSort: 'submitted',
    },
    path: REVIEW_PLACE,
    area: 'console-access',
    deed: 'access_requests.review',
    fields: [
      {
        name: 'account',
        key: key('account'),
        kind: 'select',
        options: (_locale, { managed }) =>
          managed.map(({ subsystemAccountId }) => ({ value: subsystemAccountId, label: subsystemAccountId })),
      },
      {
        name: 'stands_for',
        key: key('stands-for'),
        kind: 'select',
        anyKey: key('stands-for-self'),
        options: (_locale, caller) =>
          standingsOf(caller).flatMap(({ onBehalfOf, name }) =>
            onBehalfOf === undefined ? [] : [{ value: onBehalfOf, label: name }],
          ),
      },
      {
        name: 'kind',
        key: key('kind'),
        kind: 'select',
        options: (locale) =>
          KINDS.map((value) => ({ value, label: translate(locale, `access-requests.kind-${value}`) })),
      },
      { name: 'unit', key: key('unit-code'), kind: 'text' },
      { name: 'unit_name', key: key('unit-name'), kind: 'text' },
      { name: 'name', key: key('name'), kind: 'text' },
      { name: 'national_id', key: key('national-id'), kind: 'text' },
      { name: 'target', key: key('target'), kind: 'text' },
      { name: 'role', key: key('role'), kind: 'select', options: (locale) => roleOptions(registry, locale) },
      { name: 'from', key: key('from'), kind: 'date' },
      { name: 'to', key: key('to'), kind: 'date' },
    ],
    columns: [
      { name: 'name', key: key('name'), cell: ({ applicantName }) => ({ text: maskName(applicantName) }) },
      {
        name: 'submitted',
        key: key('submitted'),
        sort: 'submitted',
        cell: ({ requestedAt }) => ({ at: requestedAt }),
      },
      { name: 'kind', key: key('kind'), cell: ({ kind }) => ({ textKey: `access-requests.kind-${kind}` }) },
      {
        name: 'target',
        key: key('target'),
        cell: ({ subsystemAccountId }) => ({ text: subsystemAccountId ?? '' }),
      },
      { name: 'unit-code', key: key('unit-code'), cell: ({ unitCode }) => ({ text: unitCode }) },
      {
        name: 'unit',
        key: key('unit-name'),
        cell: (row, locale) => ({ text: (locale === 'en' && row.unitNameEn) || row.unitName }),
      },
      {
        name: 'role',
        key: key('role'),
        cell: (row, locale) => ({ text: labelOf(registry, row, 'roles', locale) }),
      },
      {
        name: 'duty',
        key: key('duty'),
        cell: (row, locale) => ({ text: labelOf(registry, row, 'duties', locale) }),
      },
      {
        name: 'state',
        key: key('state'),
        cell: ({ isOverdue }) =>
          isOverdue
            ? { textKey: key('state-overdue'), tone: 'error' }
            : { textKey: key('state-waiting'), tone: 'info' },
      },
    ],
    async load(scope, limit) {
      const reviewer = await reviewerFor(deps, scope.caller, scope.request.filters.stands_for);
      if (!reviewer) return [];
      const { after } = scope.request;
      const from = after && { after: { requestedAt: new Date(after.value), id: after.id } };
      const rows = await listReviewable(db, reviewer, filterOf(deps.keyring, scope), { limit, ...from });
      const now = clock();
      const calendar = await loadCalendar(db, now);
      return rows.map((row) => ({
        ...row,
        position: row.requestedAt.toISOString(),
        isOverdue: isOverdue(row.requestedAt, now, calendar),
      }));
    },
    async count(scope, upTo) {
      const reviewer = await reviewerFor(deps, scope.caller, scope.request.filters.stands_for);
      return reviewer ? countReviewable(db, reviewer, filterOf(deps.keyring, scope), upTo) : 0;
    },
    rowUrl: ({ id }) => `${REVIEW_PLACE}/${id}`,
    bulk: {
      action: `${REVIEW_PLACE}/decisions`,
      deeds: [
        { name: 'approve', key: key('approve'), deed: 'access_requests.review' },
        { name: 'return', key: key('return'), deed: 'access_requests.review' },
      ],
      isSelectable: () => true,
    },
  };
}

export function isOverdue(requestedAt: Date, now: Date, calendar: WorkingCalendar): boolean {
  return dueAfter(requestedAt, REVIEW_DAYS, calendar) <= now;
}

function filterOf(keyring: Keyring, { request, caller }: ListScope<Filter, 'submitted'>): ReviewableFilter {
  const { filters } = request;
  const { kind, unit, unit_name: unitName, name, national_id: nationalId, target, role, from, to } = filters;
  const managed = caller.managed.find(({ subsystemAccountId }) => subsystemAccountId === filters.account);
  const kindAsked = KINDS.find((each) => each === kind);
  const unitCode = managed?.unitCode ?? unit?.toUpperCase();
  const day = (text: string): Date => new Date(`${text}T00:00:00+08:00`);
  return {
    ...(managed && { subsystemCode: managed.subsystemCode }),
    ...(unitCode !== undefined && { unitCode }),
    ...(unitName !== undefined && { unitName }),
    ...(name !== undefined && { applicantName: name }),
    ...(nationalId !== undefined && { nationalIdIndexes: nationalIdIndexes(keyring, nationalId) }),
    ...(kindAsked && { kind: kindAsked }),
    ...(target !== undefined && { subsystemAccountId: target }),
    ...(role !== undefined && { role }),
    ...(from !== undefined && { from: day(from) }),
    ...(to !== undefined && { before: new Date(day(to).getTime() + 24 * 3_600_000) }),
  };
}

function labelOf(registry: ClientRegistry, row: Row, list: 'roles' | 'duties', locale: Locale): string {
  const code = list === 'roles' ? row.role : row.duty;
  return labelIn(registry.subsystem(row.subsystemCode)?.manifest[list], code, locale);
}

/** Every role of every subsystem, by its label. */
function roleOptions(registry: ClientRegistry, locale: Locale) {
  const subsystems = registry.list().flatMap(({ subsystem }) => subsystem ?? []);
  return subsystems.flatMap(({ shortName, manifest }) =>
    manifest.roles.map(({ code, label }) => ({
      value: code,
      label: `${shortName[locale]} ${label[locale]}`,
    })),
  );
}
