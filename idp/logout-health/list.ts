import type { Db } from '#db/idp/tables.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import { type DeadLetter, countDead, listDead } from './store.ts';

export const LOGOUTS = '/console/logouts';
export const DEAD_LETTERS = `${LOGOUTS}/dead-letters`;

type Row = DeadLetter & { position: string };

/** Logouts given up after a day of tries, to be tried again. */
export function deadLetterList(db: Db): ConsoleList<'client', 'newest', Row> {
  const key = (name: string): string => `console-dead-letters.${name}`;
  return {
    definition: {
      name: 'dead-letters',
      filters: { client: { pattern: /^[a-z][a-z0-9_-]{1,39}$/ } },
      sorts: ['newest'],
      defaultSort: 'newest',
      defaultDescending: true,
    },
    path: DEAD_LETTERS,
    area: 'console-dead-letters',
    deed: 'logouts.read',
    fields: [{ name: 'client', key: key('client'), kind: 'text' }],
    columns: [
      { name: 'client', key: key('client'), cell: ({ clientId }) => ({ text: clientId }) },
      { name: 'person', key: key('person'), cell: ({ loginName }) => ({ text: loginName ?? '–' }) },
      { name: 'at', key: key('at'), cell: ({ createdAt }) => ({ at: createdAt }) },
      { name: 'dead', key: key('dead'), cell: ({ deadAt }) => ({ at: deadAt }) },
      {
        name: 'attempts',
        key: key('attempts'),
        cell: ({ attempts }) => ({ text: String(attempts), numeric: true }),
      },
      { name: 'error', key: key('error'), cell: ({ lastError }) => ({ text: lastError ?? '–' }) },
    ],
    load: async ({ request }, limit) => {
      const before = request.after && Number(request.after.id);
      const rows = await listDead(db, { clientId: request.filters.client, before }, limit);
      return rows.map((row) => ({ ...row, position: row.id }));
    },
    count: ({ request }, upTo) => countDead(db, request.filters.client, upTo),
    rowLabel: ({ clientId, loginName }) => `${clientId} ${loginName ?? ''}`,
    bulk: {
      action: `${LOGOUTS}/redelivery`,
      deeds: [{ name: 'redeliver', key: key('redeliver'), deed: 'logouts.redeliver' }],
      isSelectable: () => true,
    },
  };
}

/** Given-up logouts, for the console's home. */
export function deadLetterWork(db: Db) {
  return {
    key: 'console-dead-letters.title',
    url: DEAD_LETTERS,
    deed: 'logouts.redeliver' as const,
    count: async () => ({ count: await countDead(db, undefined, MOST_COUNTED), overdue: 0 }),
  };
}

const MOST_COUNTED = 1000;
