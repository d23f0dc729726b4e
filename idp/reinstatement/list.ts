import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import { maskName } from '../accounts/index.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, reachOf } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import {
  type Filter,
  type Sort,
  type SuspendedRow,
  countSuspended,
  countSuspendedWithin,
  listSuspended,
} from './store.ts';

export const SUSPENDED = '/console/suspended-accounts';
export const AREA = 'console-suspended';
const DEED = 'subsystem_accounts.reinstate';
const CAUSES = ['idle', 'repeated_lock', 'yearly_review', 'manager'];
const MOST_COUNTED = 1000;

const key = (name: string): string => `${AREA}.${name}`;

/** SM-11: the suspended accounts that wait to be reinstated. */
export function suspendedList(
  db: Db,
  registry: Pick<ClientRegistry, 'subsystem'>,
): ConsoleList<Filter, Sort, SuspendedRow> {
  return {
    definition: {
      name: 'suspended-accounts',
      filters: {
        unit: { pattern: /^[0-9A-Za-z]{1,10}$/ },
        account: { pattern: /^[0-9A-Za-z@_]{1,40}$/ },
        name: {},
        because: { pattern: new RegExp(`^(${CAUSES.join('|')})$`) },
      },
      sorts: ['since', 'unit', 'account'],
      defaultSort: 'since',
    },
    path: SUSPENDED,
    area: AREA,
    deed: DEED,
    exportDeed: DEED,
    fields: [
      { name: 'unit', key: key('unit-code'), kind: 'text' },
      { name: 'account', key: key('account'), kind: 'text' },
      { name: 'name', key: key('name'), kind: 'text' },
      {
        name: 'because',
        key: key('because'),
        kind: 'select',
        options: (locale) =>
          CAUSES.map((value) => ({ value, label: translate(locale, key(`because-${value}`)) })),
      },
    ],
    columns: [
      { name: 'account', key: key('account'), sort: 'account', cell: ({ id }) => ({ text: id }) },
      {
        name: 'unit',
        key: key('unit'),
        sort: 'unit',
        cell: (row, locale) => ({
          text: `${row.unitCode} ${(locale === 'en' && row.unitNameEn) || row.unitName}`,
        }),
      },
      {
        name: 'system',
        key: key('system'),
        cell: (row, locale) => ({
          text: registry.subsystem(row.subsystemCode)?.shortName[locale] ?? row.subsystemCode,
        }),
      },
      {
        name: 'name',
        key: key('name'),
        cell: ({ holderName }) => ({ text: holderName }),
        exported: ({ holderName }) => ({ text: maskName(holderName) }),
      },
      {
        name: 'because',
        key: key('because'),
        cell: ({ because }) => ({ textKey: key(`because-${because ?? 'manager'}`), tone: 'warning' }),
      },
      {
        name: 'since',
        key: key('since'),
        sort: 'since',
        cell: ({ since }) => (since ? { at: since } : {}),
      },
      {
        name: 'last',
        key: key('last'),
        cell: ({ lastUsedAt }) => (lastUsedAt ? { at: lastUsedAt } : { textKey: key('never') }),
      },
    ],
    load: (scope, limit) => listSuspended(db, scope, limit),
    count: (scope, upTo) => countSuspended(db, scope, upTo),
    rowUrl: ({ id }) => `${SUSPENDED}/${encodeURIComponent(id)}`,
  };
}

/** How many wait to be reinstated, for the console's home. */
export function suspendedWork(db: Db) {
  return {
    key: `${AREA}.work`,
    url: SUSPENDED,
    deed: DEED as typeof DEED,
    count: async (caller: ConsoleCaller) => {
      const reach = reachOf(caller, DEED);
      return { count: reach ? await countSuspendedWithin(db, reach, MOST_COUNTED) : 0, overdue: 0 };
    },
  };
}
