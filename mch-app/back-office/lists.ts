import { COUNTIES } from '#kit/taiwan/divisions.ts';
import type { Locale } from '#kit/http/locale.ts';
import { openCursor, sealCursor } from '#kit/list.ts';
import { translate } from '#templates/locales.ts';
import { ROLE_CODES, dutyLabel, roleLabel } from '../access/index.ts';
import { sessionOf } from '../sessions/index.ts';
import { type LogLine, listEntries } from '../sign-in-log/index.ts';
import { read } from './ask.ts';
import type { OfficeList } from './list.ts';
import type { OfficeHost } from './types.ts';
import {
  type AccountLine,
  type DecisionLine,
  type ReviewLine,
  accountPage,
  decisionPage,
  reviewPage,
} from './wire.ts';

const ACCOUNT = /^[\x21-\x7e]{1,64}$/;
const UNIT = /^[0-9A-Za-z]{1,20}$/;
const STATUSES = ['active', 'disabled', 'suspended', 'pending'];
const TONES = { active: 'success', suspended: 'warning', disabled: 'neutral', pending: 'info' } as const;

const key = (name: string): string => `office.${name}`;
const unitText = ({ unit }: { unit: AccountLine['unit'] }, locale: Locale): string =>
  `${unit.code} ${(locale === 'en' && unit.name_en) || unit.name}`;
const optionsIn = (codes: readonly string[], label: (code: string) => string) =>
  codes.map((value) => ({ value, label: label(value) }));
const countyOptions = (locale: Locale) =>
  COUNTIES.map(({ code, name, nameEn }) => ({ value: code, label: locale === 'en' ? nameEn : name }));

export function statusCell(status: string) {
  return {
    textKey: key(`status-${status}`),
    tone: TONES[status as keyof typeof TONES] ?? ('neutral' as const),
  };
}

/** M-36: the accounts of the unit; of every unit for the agency. */
export function staffList(host: OfficeHost): OfficeList<AccountLine> {
  return {
    path: 'admin/accounts/staff',
    area: 'office.staff',
    filters: {
      account: { key: key('account'), kind: 'text', pattern: ACCOUNT },
      name: { key: key('name'), kind: 'text' },
      role: { key: key('role'), kind: 'select', pattern: /^\w{1,40}$/ },
      status: { key: key('status'), kind: 'select', pattern: new RegExp(`^(${STATUSES.join('|')})$`) },
      county: { key: key('county'), kind: 'select', pattern: /^\d{5}$/ },
      unit: { key: key('unit-code'), kind: 'text', pattern: UNIT },
    },
    optionsOf: (name, locale) =>
      name === 'county'
        ? countyOptions(locale)
        : name === 'role'
          ? optionsIn(ROLE_CODES, (code) => roleLabel(code, locale))
          : optionsIn(STATUSES, (code) => translate(locale, key(`status-${code}`))),
    columns: [
      { key: key('account'), cell: ({ id }) => ({ text: id }) },
      { key: key('name'), cell: ({ holder_name: text }) => ({ text }) },
      { key: key('unit'), cell: (row, locale) => ({ text: unitText(row, locale) }) },
      { key: key('role'), cell: ({ role }, locale) => ({ text: roleLabel(role, locale) }) },
      { key: key('duty'), cell: ({ duty }, locale) => ({ text: dutyLabel(duty, locale) }) },
      { key: key('status'), cell: ({ status }) => statusCell(status) },
    ],
    async load(ctx, filters, cursor) {
      const page = await read(host, ctx, '/subsystem-accounts', accountPage, { ...filters, cursor });
      return { rows: page.accounts, next: page.next };
    },
    rowUrl: ({ id }) => `/admin/accounts/staff/${encodeURIComponent(id)}`,
  };
}

/** M-39, SM-11: suspended accounts. */
export function suspendedList(host: OfficeHost): OfficeList<AccountLine> {
  return {
    path: 'admin/accounts/reinstatement',
    area: 'office.reinstatement',
    filters: {
      account: { key: key('account'), kind: 'text', pattern: ACCOUNT },
      name: { key: key('name'), kind: 'text' },
      unit: { key: key('unit-code'), kind: 'text', pattern: UNIT },
    },
    columns: [
      { key: key('account'), cell: ({ id }) => ({ text: id }) },
      { key: key('unit'), cell: (row, locale) => ({ text: unitText(row, locale) }) },
      { key: key('name'), cell: ({ holder_name: text }) => ({ text }) },
      {
        key: 'console-suspended.because',
        cell: ({ suspended_because: why }) => ({
          textKey: `console-suspended.because-${why ?? 'manager'}`,
          tone: 'warning',
        }),
      },
      { key: 'console-suspended.since', cell: ({ status_changed_at: at }) => (at ? { at } : {}) },
      {
        key: 'console-suspended.last',
        cell: ({ last_used_at: at }) => (at ? { at } : { textKey: 'console-suspended.never' }),
      },
    ],
    async load(ctx, filters, cursor) {
      const query = { ...filters, status: 'suspended', cursor };
      const page = await read(host, ctx, '/subsystem-accounts', accountPage, query);
      return { rows: page.accounts, next: page.next };
    },
    rowUrl: ({ id }) => `/admin/accounts/reinstatement/${encodeURIComponent(id)}`,
    done: { reinstated: 'console-suspended.done-reinstated' },
  };
}

/** M-39b: what waits for one's decision, which is made at the single entry. */
export function reviewList(host: OfficeHost): OfficeList<ReviewLine> {
  return {
    path: 'admin/accounts/review',
    area: 'office.reviews',
    filters: {},
    columns: [
      {
        key: key('applicant'),
        cell: ({ applicant }) => ({ text: `${applicant.name} (${applicant.login_name})` }),
      },
      { key: key('review-kind'), cell: ({ kind }) => ({ textKey: key(`review-kind-${kind}`) }) },
      { key: key('unit'), cell: (row, locale) => ({ text: unitText(row, locale) }) },
      { key: key('role'), cell: ({ role }, locale) => ({ text: roleLabel(role, locale) }) },
      { key: key('duty'), cell: ({ duty }, locale) => ({ text: dutyLabel(duty, locale) }) },
      { key: key('requested-at'), cell: ({ requested_at: at }) => ({ at }) },
    ],
    async load(ctx, _filters, cursor) {
      const page = await read(host, ctx, '/reviews', reviewPage, { cursor });
      return { rows: page.reviews, next: page.next };
    },
    rowUrl: ({ id }) => `${host.issuer}/console/access-requests/${id}`,
    tools: [{ key: key('reviews-console'), url: `${host.issuer}/console/access-requests` }],
  };
}

const KINDS = ['access_request', 'permission_request'];
const DECISIONS = ['approved', 'returned', 'allowed', 'refused'];
const GOOD = ['approved', 'allowed'];

/** M-39a: what was decided, with its file. */
export function historyList(host: OfficeHost): OfficeList<DecisionLine> {
  return {
    path: 'admin/accounts/review-history',
    area: 'office.history',
    filters: {
      from: { key: 'console-reviews.from', kind: 'date', isDay: true },
      to: { key: 'console-reviews.to', kind: 'date', isDay: true },
      kind: { key: 'console-reviews.kind', kind: 'select', pattern: new RegExp(`^(${KINDS.join('|')})$`) },
      decision: {
        key: 'console-reviews.decision',
        kind: 'select',
        pattern: new RegExp(`^(${DECISIONS.join('|')})$`),
      },
      applicant: { key: 'console-reviews.applicant-account', kind: 'text' },
    },
    optionsOf: (name, locale) =>
      optionsIn(name === 'kind' ? KINDS : DECISIONS, (code) =>
        translate(locale, `console-reviews.${name}-${code}`),
      ),
    columns: [
      { key: 'console-reviews.at', cell: ({ at }) => ({ at }) },
      { key: 'console-reviews.kind', cell: ({ kind }) => ({ textKey: `console-reviews.kind-${kind}` }) },
      { key: key('unit'), cell: (row, locale) => ({ text: unitText(row, locale) }) },
      {
        key: 'console-reviews.applicant',
        cell: ({ applicant }) => ({ text: `${applicant.name} (${applicant.login_name})` }),
      },
      {
        key: 'console-reviews.reviewer',
        cell: ({ reviewer, on_behalf_of: name }, locale) => ({
          text: name === '' ? reviewer : translate(locale, 'console-review.for', { who: reviewer, name }),
        }),
      },
      {
        key: 'console-reviews.decision',
        cell: ({ decision }) => ({
          textKey: `console-reviews.decision-${decision}`,
          tone: GOOD.includes(decision) ? 'success' : 'warning',
        }),
      },
      { key: 'console-reviews.comment', cell: ({ comment: text }) => ({ text }) },
    ],
    async load(ctx, filters, cursor) {
      const page = await read(host, ctx, '/review-history', decisionPage, { ...filters, cursor });
      return { rows: page.decisions, next: page.next };
    },
    isExported: true,
  };
}

const PAGE_SIZE = 50;

/** M-38: who was signed in here; of the own unit, for the agency of every unit. */
export function signInList(host: OfficeHost): OfficeList<LogLine> {
  return {
    path: 'admin/accounts/logins',
    area: 'office.logins',
    filters: {
      from: { key: key('from'), kind: 'date', isDay: true },
      to: { key: key('to'), kind: 'date', isDay: true },
      account: { key: key('account'), kind: 'text', pattern: ACCOUNT },
      name: { key: key('name'), kind: 'text' },
      unit: { key: key('unit-code'), kind: 'text', pattern: UNIT },
    },
    columns: [
      { key: key('signed-in-at'), cell: ({ signedInAt: at }) => ({ at }) },
      { key: key('signed-in-how'), cell: ({ how }) => ({ textKey: key(`signed-in-how-${how}`) }) },
      { key: key('account'), cell: ({ accountId: text }) => ({ text }) },
      { key: key('name'), cell: ({ personName: text }) => ({ text }) },
      { key: key('unit'), cell: ({ unitCode, unitName }) => ({ text: `${unitCode} ${unitName}` }) },
      { key: key('ip'), cell: ({ ip: text }) => ({ text }) },
      {
        key: key('signed-out-at'),
        cell: ({ signedOutAt: at }) => (at ? { at } : { textKey: key('still-signed-in'), tone: 'info' }),
      },
      {
        key: key('end-reason'),
        cell: ({ endReason }) => (endReason === null ? {} : { textKey: key(`end-${endReason}`) }),
      },
    ],
    async load(ctx, filters, text) {
      const { account } = sessionOf(ctx);
      const scope = account.duty === 'hpa' ? ('nation' as const) : { unitCode: account.unit.code };
      const request = { filters: given(filters), faults: [], sort: 'at', descending: true };
      const after = text === undefined ? undefined : openCursor('sign-in-log', request, text, host.keyring);
      const page = { descending: true, ...(after && { after }) };
      const found = await listEntries(host.db, scope, filters, page, PAGE_SIZE + 1);
      const rows = found.slice(0, PAGE_SIZE);
      const last = found.length > PAGE_SIZE ? rows.at(-1) : undefined;
      if (!last) return { rows };
      const position = { value: last.position, id: String(last.id) };
      return { rows, next: sealCursor('sign-in-log', request, position, host.keyring) };
    },
    isExported: true,
  };
}

function given(filters: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
