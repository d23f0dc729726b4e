import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList, ListRow } from '../console-lists/index.ts';
import { GUARDED_ROLES } from './policy.ts';
import { listNetworks } from './store.ts';
import type { Network } from './types.ts';

type Row = Omit<Network, 'id'> & ListRow;

/** The networks, few enough to be read whole. */
export function networkList(db: Db, path: string): ConsoleList<'role', 'role', Row> {
  const rows = async ({ filters, after }: { filters: { role?: string }; after?: { id: string } }) => {
    const all = (await listNetworks(db))
      .filter(({ role }) => filters.role === undefined || role === filters.role)
      .map((network) => ({ ...network, id: String(network.id), position: network.role }));
    return all.slice(after ? all.findIndex(({ id }) => id === after.id) + 1 : 0);
  };
  const key = (name: string): string => `console-allow-list.${name}`;
  return {
    definition: { name: 'addresses', filters: { role: {} }, sorts: ['role'], defaultSort: 'role' },
    path,
    area: 'console-allow-list',
    deed: 'allow_list.read',
    fields: [
      {
        name: 'role',
        key: key('role'),
        kind: 'select',
        options: (locale) =>
          GUARDED_ROLES.map((role) => ({ value: role, label: translate(locale, key(`role-${role}`)) })),
      },
    ],
    columns: [
      { name: 'network', key: key('network'), cell: ({ network }) => ({ text: network }) },
      { name: 'role', key: key('role'), cell: ({ role }) => ({ textKey: key(`role-${role}`) }) },
      { name: 'note', key: key('note'), cell: ({ note }) => ({ text: note }) },
      {
        name: 'added-by',
        key: key('added-by'),
        cell: ({ addedBy }) => (addedBy === null ? { textKey: key('by-command') } : { text: addedBy }),
      },
      { name: 'added-at', key: key('added-at'), cell: ({ addedAt }) => ({ at: addedAt }) },
    ],
    load: async ({ request }, limit) => (await rows(request)).slice(0, limit),
    count: async ({ request }) => (await rows({ filters: request.filters })).length,
    rowUrl: ({ id }) => `${path}/${id}`,
    tools: [{ key: key('add'), url: `${path}/new`, deed: 'allow_list.change' }],
  };
}
