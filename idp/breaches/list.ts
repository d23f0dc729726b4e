import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList, ListRow } from '../console-lists/index.ts';
import { KINDS } from './policy.ts';
import { type BreachRow, countOpen, listBreaches } from './store/breaches.ts';

type Row = Omit<BreachRow, 'id'> & ListRow;

const key = (name: string): string => `console-breaches.${name}`;

/** The register of breaches, newest first. */
export function breachList(db: Db, path: string): ConsoleList<'state' | 'kind', 'known', Row> {
  return {
    definition: {
      name: 'breaches',
      filters: { state: { pattern: /^(open|closed)$/ }, kind: { pattern: /^[a-z]+$/ } },
      sorts: ['known'],
      defaultSort: 'known',
      defaultDescending: true,
    },
    path,
    area: 'console-breaches',
    deed: 'breaches.read',
    exportDeed: 'breaches.read',
    fields: [
      {
        name: 'state',
        key: key('state'),
        kind: 'select',
        options: (locale) =>
          ['open', 'closed'].map((value) => ({ value, label: translate(locale, key(`state-${value}`)) })),
      },
      {
        name: 'kind',
        key: key('kind'),
        kind: 'select',
        options: (locale) =>
          KINDS.map((value) => ({ value, label: translate(locale, key(`kind-${value}`)) })),
      },
    ],
    columns: [
      { name: 'title', key: key('name'), cell: ({ title }) => ({ text: title }) },
      { name: 'kind', key: key('kind'), cell: ({ kind }) => ({ textKey: key(`kind-${kind}`) }) },
      { name: 'level', key: key('level'), cell: ({ level }) => ({ text: String(level), numeric: true }) },
      {
        name: 'state',
        key: key('state'),
        cell: ({ state, overdue }) =>
          overdue > 0
            ? { textKey: key('overdue'), tone: 'error' }
            : { textKey: key(`state-${state}`), tone: state === 'open' ? 'warning' : 'success' },
      },
      {
        name: 'persons',
        key: key('persons'),
        cell: ({ personsAffected }) => ({ text: String(personsAffected ?? ''), numeric: true }),
      },
      { name: 'known', key: key('known'), sort: 'known', cell: ({ knownAt }) => ({ at: knownAt }) },
      { name: 'due', key: key('due'), cell: ({ dueAt }) => (dueAt ? { at: dueAt } : { text: '' }) },
    ],
    load: async ({ request }, limit) => {
      const { descending, after, filters } = request;
      const rows = await listBreaches(db, filters, { descending, limit, ...(after && { after }) });
      return rows.map((row) => ({ ...row, id: String(row.id) }));
    },
    count: async ({ request }, upTo) =>
      (await listBreaches(db, request.filters, { descending: true, limit: upTo })).length,
    rowUrl: ({ id }) => `${path}/${id}`,
    tools: [{ key: key('add'), url: `${path}/new`, deed: 'breaches.write' }],
  };
}

/** Breaches not closed yet, for the console's home. */
export function breachWork({ db }: { db: Db }) {
  return {
    key: 'console-breaches.title',
    url: '/console/breaches?state=open',
    deed: 'breaches.read' as const,
    count: () => countOpen(db),
  };
}
