import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import type { Tone } from '#templates/views/console.ts';
import type { ConsoleList } from '../../console-lists/index.ts';
import { type Listed, countImpersonations, listImpersonations } from '../store/list.ts';
import type { ImpersonationStatus } from '../types.ts';
import { IMPERSONATIONS } from '../words.ts';

const STATES = ['requested', 'approved', 'running', 'ended', 'refused', 'withdrawn', 'lapsed'] as const;
const key = (name: string): string => `console-impersonations.${name}`;

export const TONES: Record<ImpersonationStatus, Tone> = {
  ...{ requested: 'info', approved: 'info', running: 'warning', ended: 'neutral' },
  ...{ refused: 'error', withdrawn: 'neutral', lapsed: 'neutral' },
};

/** Every request to act as somebody's account, and what became of it. */
export function impersonationList(db: Db): ConsoleList<'state' | 'person', 'requested', Listed> {
  return {
    definition: {
      name: 'impersonations',
      filters: { state: { pattern: new RegExp(`^(${STATES.join('|')})$`) }, person: {} },
      ...{ sorts: ['requested'], defaultSort: 'requested', defaultDescending: true },
    },
    path: IMPERSONATIONS,
    area: 'console-impersonations',
    deed: 'impersonations.read',
    fields: [
      {
        ...{ name: 'state', key: key('state'), kind: 'select' },
        options: (locale) =>
          STATES.map((value) => ({ value, label: translate(locale, key(`state-${value}`)) })),
      },
      { name: 'person', key: key('person'), kind: 'text' },
    ],
    columns: [
      {
        ...{ name: 'requested', key: key('requested'), sort: 'requested' },
        cell: ({ requestedAt }) => ({ at: requestedAt }),
      },
      {
        name: 'operator',
        key: key('operator'),
        cell: (row) => ({ text: `${row.operatorLoginName} ${row.operatorName}` }),
      },
      {
        name: 'person',
        key: key('person'),
        cell: (row) => ({ text: `${row.personLoginName} ${row.personName}` }),
      },
      { name: 'account', key: key('account'), cell: (row) => ({ text: row.subsystemAccountId }) },
      {
        name: 'state',
        key: key('state'),
        cell: ({ status }) => ({ textKey: key(`state-${status}`), tone: TONES[status] }),
      },
    ],
    load: ({ request }, limit) => listImpersonations(db, request, limit),
    count: ({ request }, upTo) => countImpersonations(db, request, upTo),
    rowUrl: ({ id }) => `${IMPERSONATIONS}/${id}`,
    tools: [{ key: key('new'), url: `${IMPERSONATIONS}/new`, deed: 'impersonations.request' }],
  };
}
