import { maskName } from '../../../accounts/index.ts';
import type { ConsoleList } from '../../../console-lists/index.ts';
import {
  type LinkFilter,
  type LinkRow,
  type LinkSort,
  countLinkRows,
  listLinkRows,
} from '../store/link-list.ts';
import { LINK_LIST, type UpstreamConsoleDeps } from './words.ts';

const key = (name: string): string => `console-upstream-links.${name}`;

/** Who is linked where. What the providers said of the people is not shown. */
export function linkList({ db, upstreams }: UpstreamConsoleDeps): ConsoleList<LinkFilter, LinkSort, LinkRow> {
  const nameOf = (code: string) => upstreams.providers.list().find((one) => one.code === code)?.manifest.name;
  return {
    definition: {
      name: 'upstream-links',
      filters: {
        provider: { pattern: /^[a-z][a-z0-9-]{1,29}$/ },
        login: {},
        unit: { pattern: /^[0-9A-Za-z]{1,10}$/ },
      },
      sorts: ['linked', 'login'],
      defaultSort: 'linked',
      defaultDescending: true,
    },
    path: LINK_LIST,
    area: 'console-upstream-links',
    deed: 'upstreams.read',
    exportDeed: 'upstreams.export',
    fields: [
      {
        name: 'provider',
        key: key('provider'),
        kind: 'select',
        options: (locale) =>
          upstreams.providers
            .list()
            .map(({ code, manifest }) => ({ value: code, label: manifest.name[locale] })),
      },
      { name: 'login', key: 'console-people.login', kind: 'text' },
      { name: 'unit', key: 'console-people.unit-code', kind: 'text' },
    ],
    columns: [
      {
        name: 'login',
        key: 'console-people.login',
        sort: 'login',
        cell: ({ loginName }) => ({ text: loginName }),
      },
      {
        name: 'name',
        key: 'console-people.name',
        cell: ({ name }) => ({ text: name }),
        exported: ({ name }) => ({ text: maskName(name) }),
      },
      {
        name: 'unit',
        key: 'console-people.unit',
        cell: (row, locale) => ({ text: (locale === 'en' && row.unitNameEn) || row.unitName }),
      },
      {
        name: 'provider',
        key: key('provider'),
        cell: ({ providerCode }, locale) => ({ text: nameOf(providerCode)?.[locale] ?? providerCode }),
      },
      { name: 'linked', key: key('linked'), sort: 'linked', cell: ({ linkedAt }) => ({ at: linkedAt }) },
      {
        name: 'used',
        key: key('used'),
        cell: ({ lastUsedAt }) => (lastUsedAt ? { at: lastUsedAt } : { textKey: key('never-used') }),
      },
    ],
    load: (scope, limit) => listLinkRows(db, scope, limit),
    count: (scope, upTo) => countLinkRows(db, scope, upTo),
    rowUrl: ({ id }) => `${LINK_LIST}/${id}`,
  };
}
