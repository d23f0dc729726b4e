import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import { translate } from '#templates/locales.ts';
import type { Tone } from '#templates/views/console.ts';
import { maskName } from '../accounts/index.ts';
import { type ConsoleList, addConsoleList } from '../console-lists/index.ts';
import { type ConsoleGate, ConsoleRouter } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { type Decision, type HistoryFilter, countDecisions, listDecisions } from './store.ts';

interface HistoryDeps {
  db: Db;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number; exportRows: number };
}

const KINDS = ['enrollment', 'access_request', 'permission_request'];
const DECISIONS = ['approved', 'returned', 'supplement', 'allowed', 'refused'];
const TONES: Record<string, Tone> = { approved: 'success', allowed: 'success', refused: 'error' };
const key = (name: string): string => `console-reviews.${name}`;

/** M-39a: the decisions of one's units, or of all, with their export. */
export function reviewHistoryRoutes(deps: HistoryDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, historyList(deps));
  return router;
}

function historyList({ db, registry }: HistoryDeps): ConsoleList<HistoryFilter, 'at', Decision> {
  return {
    definition: {
      name: 'review-history',
      filters: {
        from: { isDay: true },
        to: { isDay: true },
        kind: { pattern: new RegExp(`^(${KINDS.join('|')})$`) },
        decision: { pattern: new RegExp(`^(${DECISIONS.join('|')})$`) },
        unit: { max: 20 },
        applicant: {},
        reviewer: {},
      },
      sorts: ['at'],
      defaultSort: 'at',
      defaultDescending: true,
    },
    path: '/console/review-history',
    area: 'console-reviews',
    deed: 'review_history.read',
    exportDeed: 'review_history.export',
    fields: [
      { name: 'from', key: key('from'), kind: 'date' },
      { name: 'to', key: key('to'), kind: 'date' },
      {
        name: 'kind',
        key: key('kind'),
        kind: 'select',
        options: (locale) =>
          KINDS.map((value) => ({ value, label: translate(locale, key(`kind-${value}`)) })),
      },
      {
        name: 'decision',
        key: key('decision'),
        kind: 'select',
        options: (locale) =>
          DECISIONS.map((value) => ({ value, label: translate(locale, key(`decision-${value}`)) })),
      },
      { name: 'unit', key: key('unit-code'), kind: 'text' },
      { name: 'applicant', key: key('applicant-account'), kind: 'text' },
      { name: 'reviewer', key: key('reviewer-account'), kind: 'text' },
    ],
    columns: [
      { name: 'at', key: key('at'), sort: 'at', cell: ({ at }) => ({ at }) },
      { name: 'kind', key: key('kind'), cell: ({ kind }) => ({ textKey: key(`kind-${kind}`) }) },
      {
        name: 'subsystem',
        key: key('subsystem'),
        cell: ({ subsystemCode }, locale) => ({
          text:
            subsystemCode === null
              ? ''
              : (registry.subsystem(subsystemCode)?.shortName[locale] ?? subsystemCode),
        }),
      },
      {
        name: 'unit',
        key: key('unit'),
        cell: (row, locale) => ({
          text: `${row.unitCode}-${(locale === 'en' && row.unitNameEn) || row.unitName}`,
        }),
      },
      {
        name: 'applicant',
        key: key('applicant'),
        cell: ({ applicant, applicantName }) => ({
          text: applicantName === null ? applicant : `${maskName(applicantName)} (${applicant})`,
        }),
      },
      {
        name: 'reviewer',
        key: key('reviewer'),
        cell: ({ reviewer, onBehalfOf }, locale) => ({
          text:
            reviewer === null || onBehalfOf === null
              ? (reviewer ?? '')
              : translate(locale, 'console-review.for', { who: reviewer, name: onBehalfOf }),
        }),
      },
      {
        name: 'decision',
        key: key('decision'),
        cell: ({ decision }) => ({
          textKey: key(`decision-${decision}`),
          tone: TONES[decision] ?? 'warning',
        }),
      },
      { name: 'comment', key: key('comment'), cell: ({ comment }) => ({ text: comment }) },
    ],
    load: ({ request, reach }, limit) => listDecisions(db, request, reach, limit),
    count: ({ request, reach }, upTo) => countDecisions(db, request, reach, upTo),
  };
}
