import type { Clock } from '#kit/clock.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { translate } from '#templates/locales.ts';
import type { Cell } from '#templates/views/console.ts';
import type { ConsoleList } from '../../console-lists/index.ts';
import { type WorkingCalendar, dueAfter, loadCalendar } from '../../working-days/index.ts';
import {
  type ReviewFilter,
  type ReviewSort,
  type ReviewableRow,
  countReviewable,
  listReviewable,
} from '../store/reviewable.ts';
import type { EnrollmentStatus, PaperStatus } from '../types.ts';
import { PAPER_DAYS, statusTone } from './words.ts';

export const ENROLLMENTS = '/console/enrollments';

/** A row with what the calendar says of it. */
type Row = ReviewableRow & { isOverdue: boolean };

const STATUSES = ['all', 'active', 'returned', 'withdrawn', 'expired'];

/** P-47: applications for accounts, what waits first. */
export function enrollmentList(deps: {
  db: Db;
  keyring: Keyring;
  clock: Clock;
}): ConsoleList<ReviewFilter, ReviewSort, Row> {
  const { db, keyring, clock } = deps;
  const key = (name: string): string => `console-enrollments.${name}`;
  return {
    definition: {
      name: 'enrollments',
      filters: {
        from: { isDay: true },
        to: { isDay: true },
        unit: { max: 20 },
        unit_name: {},
        account: {},
        name: {},
        status: { pattern: new RegExp(`^(${STATUSES.join('|')})$`) },
      },
      sorts: ['submitted', 'account'],
      defaultSort: 'submitted',
    },
    path: ENROLLMENTS,
    area: 'console-enrollments',
    deed: 'enrollments.review',
    fields: [
      {
        name: 'status',
        key: key('status'),
        kind: 'select',
        anyKey: key('status-waiting'),
        options: statusOptions,
      },
      { name: 'unit', key: key('unit-code'), kind: 'text' },
      { name: 'unit_name', key: key('unit-name'), kind: 'text' },
      { name: 'account', key: key('account'), kind: 'text' },
      { name: 'name', key: key('name'), kind: 'text' },
      { name: 'from', key: key('from'), kind: 'date' },
      { name: 'to', key: key('to'), kind: 'date' },
    ],
    columns: [
      { name: 'name', key: key('name'), cell: ({ name, loginName }) => ({ text: name || loginName }) },
      {
        name: 'account',
        key: key('account'),
        sort: 'account',
        cell: ({ loginName }) => ({ text: loginName }),
      },
      {
        name: 'submitted',
        key: key('submitted'),
        sort: 'submitted',
        cell: ({ submittedAt }) => ({ at: submittedAt }),
      },
      { name: 'unit-code', key: key('unit-code'), cell: ({ unitCode }) => ({ text: unitCode }) },
      {
        name: 'unit',
        key: key('unit'),
        cell: (row, locale) => ({ text: (locale === 'en' && row.unitNameEn) || row.unitName }),
      },
      { name: 'role', key: key('role'), cell: ({ role }) => ({ textKey: `enrollment.role-${role}` }) },
      { name: 'status', key: key('state'), cell: stateCell },
    ],
    async load({ request, reach }, limit) {
      const now = clock();
      const calendar = await loadCalendar(db, now);
      const rows = await listReviewable(db, keyring, request, reach, limit);
      return rows.map((row) => ({ ...row, isOverdue: isOverdue(row, now, calendar) }));
    },
    count: ({ request, reach }, upTo) => countReviewable(db, request, reach, upTo),
    rowUrl: ({ id }) => `${ENROLLMENTS}/${id}`,
    bulk: {
      action: `${ENROLLMENTS}/decisions`,
      deeds: [
        { name: 'approve', key: key('approve'), deed: 'enrollments.review' },
        { name: 'return', key: key('return'), deed: 'enrollments.review' },
      ],
      // a paper form is looked at before anything is decided
      isSelectable: ({ status }) => status === 'pending_unit_review',
    },
  };
}

function statusOptions(locale: 'zh-TW' | 'en') {
  return STATUSES.map((value) => ({
    value,
    label: translate(locale, `console-enrollments.status-${value}`),
  }));
}

function stateCell({ status, paper, isOverdue: overdue, escalatedAt }: Row): Cell {
  if (overdue) return { textKey: 'console-enrollments.state-overdue', tone: 'error' };
  const shown = status === 'pending_paper' && paper !== null ? paper : status;
  const escalated = escalatedAt !== null && status === 'pending_unit_review';
  return {
    textKey: escalated ? 'console-enrollments.state-escalated' : `console-enrollments.state-${shown}`,
    tone: statusTone(shown),
  };
}

/** Whether a form is there to be looked at. */
function isOnesTurn(paper: PaperStatus | null, status: EnrollmentStatus): boolean {
  return status === 'pending_paper' && (paper === 'uploaded' || paper === 'reviewing');
}

/** SM-03: it is the reviewers' turn for more than three working days. */
export function isOverdue(
  row: Pick<ReviewableRow, 'status' | 'paper' | 'waitingSince'>,
  now: Date,
  calendar: WorkingCalendar,
): boolean {
  if (row.status !== 'pending_unit_review' && !isOnesTurn(row.paper, row.status)) return false;
  return dueAfter(row.waitingSince, PAPER_DAYS, calendar) <= now;
}
