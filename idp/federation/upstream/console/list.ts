import { after } from '#kit/clock.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList, ListRow } from '../../../console-lists/index.ts';
import { listProviders } from '../store/providers.ts';
import { countUse } from '../store/usage.ts';
import type { UpstreamProvider } from '../types.ts';
import { LINK_LIST, UPSTREAMS, USE_MS, type UpstreamConsoleDeps, answerCell, stateCell } from './words.ts';

type Row = ListRow & { provider: UpstreamProvider; links: number; people: number };

const key = (name: string): string => `console-upstreams.${name}`;

/** The declared providers: few enough to be read whole. */
export function providerList({
  db,
  clock,
  upstreams,
}: UpstreamConsoleDeps): ConsoleList<'state', 'code', Row> {
  const rows = async (state: string | undefined): Promise<Row[]> => {
    const use = await countUse(db, after(clock(), -USE_MS));
    return (await listProviders(db))
      .filter(({ active }) => state === undefined || active === (state === 'active'))
      .map((provider) => ({
        ...{ id: provider.code, position: provider.code, provider },
        ...(use.get(provider.code) ?? { links: 0, people: 0 }),
      }));
  };
  return {
    definition: {
      name: 'upstreams',
      filters: { state: { pattern: /^(active|disabled)$/ } },
      sorts: ['code'],
      defaultSort: 'code',
    },
    path: UPSTREAMS,
    area: 'console-upstreams',
    deed: 'upstreams.read',
    fields: [
      {
        name: 'state',
        key: key('state'),
        kind: 'select',
        options: (locale) =>
          ['active', 'disabled'].map((value) => ({ value, label: translate(locale, key(`state-${value}`)) })),
      },
    ],
    columns: [
      {
        name: 'name',
        key: key('name'),
        cell: ({ provider }, locale) => ({ text: provider.manifest.name[locale] }),
      },
      { name: 'code', key: key('code'), cell: ({ provider }) => ({ text: provider.code }) },
      { name: 'state', key: key('state'), cell: ({ provider }) => stateCell(provider) },
      { name: 'answer', key: key('answer'), cell: ({ provider }) => answerCell(upstreams.clients, provider) },
      { name: 'links', key: key('links'), cell: ({ links }) => ({ text: String(links), numeric: true }) },
      { name: 'people', key: key('people'), cell: ({ people }) => ({ text: String(people), numeric: true }) },
    ],
    load: async ({ request: { filters, after: last } }, limit) => {
      const all = await rows(filters.state);
      return all.slice(last ? all.findIndex(({ id }) => id === last.id) + 1 : 0).slice(0, limit);
    },
    count: async ({ request }) => (await rows(request.filters.state)).length,
    rowUrl: ({ id }) => `${UPSTREAMS}/${id}`,
    tools: [{ key: key('all-links'), url: LINK_LIST, deed: 'upstreams.read' }],
  };
}
