import type { Db } from '#db/idp/tables.ts';
import { DAY, after } from '#kit/clock.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList, ListScope } from '../console-lists/index.ts';
import { type TrailQuery, type TrailRow, countTrail, searchTrail } from './store/search.ts';
import { NOUNS, eventName } from './words.ts';

export type TrailFilter =
  'from' | 'to' | 'noun' | 'type' | 'outcome' | 'actor' | 'person' | 'client' | 'unit' | 'request';

/** Days that are none, such as 30 February, count as the first of the next month. */
const DATE = /^20\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const NAME = /^[\w.@-]+$/;
const key = (name: string): string => `console-audit.${name}`;

/** The day's first moment in Taipei. */
export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}

/** Days are whole, in Taipei; the last one is included. */
export function trailQuery(filters: Partial<Record<TrailFilter, string>>): TrailQuery {
  const { from, to, ...rest } = filters;
  return {
    ...rest,
    ...(from !== undefined && { from: startOfDay(from) }),
    ...(to !== undefined && { to: after(startOfDay(to), DAY) }),
  };
}

/** P-45, J3: the audit trail within reach, newest first. */
export function trailList(db: Db, path: string): ConsoleList<TrailFilter, 'at', TrailRow> {
  const query = ({ request }: ListScope<TrailFilter, 'at'>) => trailQuery(request.filters);
  return {
    definition: {
      name: 'audit',
      filters: {
        ...{ from: { pattern: DATE }, to: { pattern: DATE }, noun: { pattern: /^[a-z_]+$/ } },
        ...{ type: { pattern: /^[a-z_]+\.[a-z_]+$/ }, outcome: { pattern: /^(success|refused)$/ } },
        ...{ actor: { pattern: NAME }, person: { pattern: NAME }, client: { pattern: NAME } },
        ...{ unit: { pattern: NAME }, request: { pattern: /^[\w-]+$/ } },
      },
      sorts: ['at'],
      defaultSort: 'at',
      defaultDescending: true,
    },
    path,
    area: 'console-audit',
    deed: 'audit.read',
    exportDeed: 'audit.export',
    fields: [
      { name: 'from', key: key('from'), kind: 'date' },
      { name: 'to', key: key('to'), kind: 'date' },
      {
        name: 'noun',
        key: key('noun'),
        kind: 'select',
        options: (locale) =>
          NOUNS.map((noun) => ({ value: noun, label: translate(locale, `audit-noun.${noun}`) })),
      },
      {
        name: 'outcome',
        key: key('outcome'),
        kind: 'select',
        options: (locale) =>
          ['success', 'refused'].map((value) => ({
            value,
            label: translate(locale, key(`outcome-${value}`)),
          })),
      },
      { name: 'actor', key: key('actor'), kind: 'text' },
      { name: 'person', key: key('person'), kind: 'text' },
      { name: 'unit', key: key('unit'), kind: 'text' },
      { name: 'client', key: key('client'), kind: 'text' },
      { name: 'type', key: key('type'), kind: 'text' },
      { name: 'request', key: key('request'), kind: 'text' },
    ],
    columns: [
      { name: 'at', key: key('at'), sort: 'at', cell: ({ at }) => ({ at }) },
      { name: 'event', key: key('event'), cell: ({ type }, locale) => ({ text: eventName(type, locale) }) },
      {
        name: 'outcome',
        key: key('outcome'),
        cell: ({ outcome }) => ({
          textKey: key(`outcome-${outcome}`),
          tone: outcome === 'success' ? 'success' : 'warning',
        }),
      },
      { name: 'actor', key: key('actor'), cell: ({ actor }) => ({ text: actor ?? '' }) },
      { name: 'person', key: key('person'), cell: ({ person }) => ({ text: person ?? '' }) },
      { name: 'unit', key: key('unit'), cell: ({ unitCode }) => ({ text: unitCode ?? '' }) },
      { name: 'client', key: key('client'), cell: ({ clientId }) => ({ text: clientId ?? '' }) },
      { name: 'ip', key: key('ip'), cell: ({ ip }) => ({ text: ip ?? '' }) },
    ],
    load: (scope, limit) => {
      const { descending, after: last } = scope.request;
      return searchTrail(db, scope.reach, query(scope), { descending, limit, ...(last && { after: last }) });
    },
    count: (scope, upTo) => countTrail(db, scope.reach, query(scope), upTo),
    rowUrl: ({ id }) => `${path}/${id}`,
    tools: [
      { key: 'console-audit-seals.title', url: '/console/audit-seals', deed: 'audit.verify' },
      { key: 'console-audit-verifications.title', url: '/console/audit-verifications', deed: 'audit.verify' },
    ],
  };
}
