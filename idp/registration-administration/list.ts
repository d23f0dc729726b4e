import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList, ListRow } from '../console-lists/index.ts';
import { type InitialToken, type TokenState, listInitialTokens, tokenState } from '../registration/index.ts';

const STATES: TokenState[] = ['open', 'used_up', 'expired', 'revoked'];
const key = (name: string): string => `console-registration.${name}`;

type Row = InitialToken & ListRow & { state: TokenState };

/** The tokens that operators issued: few enough to be read whole. */
export function tokenList(db: Db, clock: Clock, path: string): ConsoleList<'state', 'created', Row> {
  const rows = async (state: string | undefined): Promise<Row[]> =>
    (await listInitialTokens(db))
      .map((token) => ({ ...token, id: token.handle, position: '', state: tokenState(token, clock()) }))
      .filter((row) => state === undefined || row.state === state);
  return {
    definition: {
      name: 'registration-tokens',
      filters: { state: {} },
      sorts: ['created'],
      defaultSort: 'created',
    },
    path,
    area: 'console-registration',
    deed: 'registration_tokens.read',
    fields: [
      {
        name: 'state',
        key: key('state'),
        kind: 'select',
        options: (locale) =>
          STATES.map((value) => ({ value, label: translate(locale, key(`state-${value}`)) })),
      },
    ],
    columns: [
      { name: 'label', key: key('label'), cell: ({ label }) => ({ text: label }) },
      {
        name: 'state',
        key: key('state'),
        cell: ({ state }) => ({
          textKey: key(`state-${state}`),
          tone: state === 'open' ? 'success' : 'neutral',
        }),
      },
      {
        name: 'left',
        key: key('left'),
        cell: ({ usesLeft }) => ({ text: String(usesLeft ?? 0), numeric: true }),
      },
      {
        name: 'registered',
        key: key('registered'),
        cell: ({ registered }) => ({ text: String(registered), numeric: true }),
      },
      { name: 'expires', key: key('expires'), cell: ({ expiresAt }) => (expiresAt ? { at: expiresAt } : {}) },
      { name: 'created', key: key('created'), cell: ({ createdAt }) => ({ at: createdAt }) },
    ],
    load: async ({ request: { filters, after } }, limit) => {
      const all = await rows(filters.state);
      return all.slice(after ? all.findIndex(({ id }) => id === after.id) + 1 : 0).slice(0, limit);
    },
    count: async ({ request }) => (await rows(request.filters.state)).length,
    rowUrl: ({ handle }) => `${path}/${handle}`,
    tools: [{ key: key('issue'), url: `${path}/new`, deed: 'registration_tokens.change' }],
  };
}
