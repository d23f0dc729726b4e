import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import { maskName } from '../accounts/index.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, reachOf } from '../permissions/index.ts';
import { type ItemRow, countItems, listItems } from './store/items.ts';

export const REVIEWS = '/console/account-reviews';
const STATES = ['open', 'needed', 'disabled', 'suspended'] as const;
export const TONES = {
  open: 'warning',
  needed: 'success',
  disabled: 'neutral',
  suspended: 'error',
  gone: 'neutral',
} as const;

const key = (name: string): string => `console-account-reviews.${name}`;

/** The accounts of the newest round within reach. */
export function reviewList(db: Db): ConsoleList<'state' | 'unit' | 'login', 'login', ItemRow> {
  return {
    definition: {
      name: 'account-reviews',
      filters: {
        ...{ state: { pattern: /^[a-z]+$/ }, unit: { pattern: /^\w{1,20}$/ } },
        login: { pattern: /^[\w.@-]+$/ },
      },
      sorts: ['login'],
      defaultSort: 'login',
    },
    path: REVIEWS,
    area: 'console-account-reviews',
    deed: 'account_reviews.read',
    exportDeed: 'account_reviews.read',
    fields: [
      {
        name: 'state',
        key: key('state'),
        kind: 'select',
        options: (locale) =>
          STATES.map((value) => ({ value, label: translate(locale, key(`state-${value}`)) })),
      },
      { name: 'unit', key: key('unit-code'), kind: 'text' },
      { name: 'login', key: key('login'), kind: 'text' },
    ],
    columns: [
      { name: 'login', key: key('login'), sort: 'login', cell: ({ login }) => ({ text: login }) },
      {
        name: 'name',
        key: key('name'),
        cell: ({ name }) => ({ text: name }),
        exported: ({ name }) => ({ text: maskName(name) }),
      },
      { name: 'unit', key: key('unit'), cell: ({ unitName }) => ({ text: unitName }) },
      { name: 'role', key: key('role'), cell: ({ role }) => ({ textKey: key(`role-${role}`) }) },
      {
        name: 'last',
        key: key('last'),
        cell: ({ lastSignInAt }) => (lastSignInAt ? { at: lastSignInAt } : { textKey: key('never') }),
      },
      {
        name: 'state',
        key: key('state'),
        cell: ({ state }) => ({ textKey: key(`state-${state}`), tone: TONES[state] }),
      },
      { name: 'by', key: key('by'), cell: ({ decidedBy }) => ({ text: decidedBy ?? '' }) },
    ],
    load: ({ request, reach }, limit) => {
      const { descending, after, filters } = request;
      return listItems(db, reach, filters, { descending, limit, ...(after && { after }) });
    },
    count: ({ request, reach }, upTo) => countItems(db, reach, request.filters, upTo),
    rowUrl: ({ id }) => `/console/accounts/${id}`,
    bulk: {
      action: `${REVIEWS}/bulk`,
      deeds: [
        { name: 'needed', key: key('confirm'), deed: 'account_reviews.answer' },
        { name: 'disabling', key: key('disable'), deed: 'accounts.disable' },
      ],
      isSelectable: ({ state }) => state === 'open',
    },
    tools: [
      {
        key: 'console-account-reviews-progress.title',
        url: `${REVIEWS}/progress`,
        deed: 'account_reviews.read',
      },
    ],
  };
}

/** Accounts of one's own unit that wait to be reviewed, for the console's home. */
export function reviewWork({ db }: { db: Db }) {
  return {
    key: 'console-account-reviews.title',
    url: `${REVIEWS}?state=open`,
    deed: 'account_reviews.answer' as const,
    async count(caller: ConsoleCaller): Promise<{ count: number; overdue: number }> {
      const reach = reachOf(caller, 'account_reviews.answer');
      // the nation's are the units' work first
      if (!reach || reach.nation) return { count: 0, overdue: 0 };
      return { count: await countItems(db, reach, { state: 'open' }, 1000), overdue: 0 };
    },
  };
}
