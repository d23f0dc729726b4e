import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import type { Tone } from '#templates/views/console.ts';
import type { ConsoleList, ListScope } from '../../console-lists/index.ts';
import { type PermissionFilter, countRequests, listRequests } from '../store.ts';
import type { PermissionRequest, PermissionStatus } from '../types.ts';
import { PERMISSION_REQUESTS } from '../words.ts';

type Filter = 'no' | 'from' | 'to' | 'progress';
type Row = PermissionRequest & { position: string };

const PROGRESS = ['submitted', 'allowed', 'refused', 'withdrawn'] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const key = (name: string): string => `console-permission.${name}`;

export const TONES: Record<PermissionStatus, Tone> = {
  submitted: 'info',
  allowed: 'success',
  refused: 'warning',
  withdrawn: 'neutral',
};

/** M-42: requests for system rights, of one's units or of all. */
export function permissionList(db: Db): ConsoleList<Filter, 'submitted', Row> {
  return {
    definition: {
      name: 'permission-requests',
      filters: {
        no: { pattern: /^\d{1,12}$/ },
        from: { pattern: DAY },
        to: { pattern: DAY },
        progress: { pattern: new RegExp(`^(${PROGRESS.join('|')})$`) },
      },
      sorts: ['submitted'],
      defaultSort: 'submitted',
      defaultDescending: true,
    },
    path: PERMISSION_REQUESTS,
    area: 'console-permission',
    deed: 'permission_requests.read',
    exportDeed: 'permission_requests.read',
    fields: [
      { name: 'no', key: key('no'), kind: 'text' },
      { name: 'from', key: key('from'), kind: 'date' },
      { name: 'to', key: key('to'), kind: 'date' },
      {
        name: 'progress',
        key: key('progress'),
        kind: 'select',
        options: (locale) =>
          PROGRESS.map((value) => ({ value, label: translate(locale, key(`decision-${value}`)) })),
      },
    ],
    columns: [
      { name: 'no', key: key('no'), cell: ({ no }) => ({ text: String(no) }) },
      {
        name: 'submitted',
        key: key('submitted'),
        sort: 'submitted',
        cell: ({ createdAt }) => ({ at: createdAt }),
      },
      { name: 'kind', key: key('kind'), cell: ({ kind }) => ({ textKey: key(`kind-${kind}`) }) },
      {
        name: 'unit',
        key: key('unit'),
        cell: (row, locale) => ({
          text: `${row.unitCode}-${(locale === 'en' && row.unitNameEn) || row.unitName}`,
        }),
      },
      { name: 'applicant', key: key('applicant'), cell: ({ applicantName }) => ({ text: applicantName }) },
      {
        name: 'progress',
        key: key('progress'),
        cell: ({ status }) => ({
          textKey: key(status === 'submitted' ? 'progress-open' : 'progress-closed'),
        }),
      },
      {
        name: 'decided',
        key: key('decided'),
        cell: ({ decidedAt }) => (decidedAt ? { at: decidedAt } : { text: '' }),
      },
      { name: 'decider', key: key('decider'), cell: ({ deciderName }) => ({ text: deciderName ?? '' }) },
      {
        name: 'decision',
        key: key('decision'),
        cell: ({ status }) => ({ textKey: key(`decision-${status}`), tone: TONES[status] }),
      },
      { name: 'done', key: key('done'), cell: ({ status }) => ({ textKey: key(`done-${status}`) }) },
    ],
    load: ({ request, reach }, limit) => listRequests(db, filterOf(request), reach, request, limit),
    count: ({ request, reach }, upTo) => countRequests(db, filterOf(request), reach, upTo),
    rowUrl: ({ id }) => `${PERMISSION_REQUESTS}/${id}`,
    tools: [{ key: key('new'), url: `${PERMISSION_REQUESTS}/new`, deed: 'permission_requests.create' }],
  };
}

function filterOf({ filters }: ListScope<Filter, 'submitted'>['request']): PermissionFilter {
  const { no, from, to, progress } = filters;
  const status = PROGRESS.find((each) => each === progress);
  return {
    ...(no !== undefined && { no: Number(no) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(status && { status }),
  };
}
