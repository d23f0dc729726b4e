import type { Db } from '#db/idp/tables.ts';
import { textIn, translate } from '#templates/locales.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { CONTENT_KINDS } from './kinds.ts';
import { subsystems } from './kinds/options.ts';
import {
  type ContentFilter,
  type ContentRow,
  type ContentSort,
  countContent,
  listContent,
} from './store/list.ts';
import { CONTENT } from './view.ts';

const KEY = 'console-content';
const TONES = {
  published: 'success',
  scheduled: 'info',
  expired: 'neutral',
  draft: 'warning',
  archived: 'neutral',
} as const;

/** Announcements and the rest of the portal's content in one list (P-43). */
export function contentList(
  db: Db,
  registry: ClientRegistry,
): ConsoleList<ContentFilter, ContentSort, ContentRow> {
  return {
    definition: {
      name: 'content',
      filters: { kind: { pattern: /^[a-z]+$/ }, system: {}, showing: { pattern: /^yes$/ }, keyword: {} },
      sorts: ['from', 'changed', 'order', 'title'],
      defaultSort: 'from',
      defaultDescending: true,
    },
    path: CONTENT,
    area: KEY,
    deed: 'content.read',
    exportDeed: 'content.read',
    fields: [
      {
        name: 'showing',
        key: `${KEY}.showing`,
        kind: 'select',
        options: (locale) => [{ value: 'yes', label: translate(locale, `${KEY}.showing-yes`) }],
      },
      {
        name: 'system',
        key: `${KEY}.field-system`,
        kind: 'select',
        options: (locale) => [
          { value: 'portal', label: translate(locale, 'announcements.system-portal') },
          ...subsystems({ registry, locale }),
        ],
      },
      {
        name: 'kind',
        key: `${KEY}.kind`,
        kind: 'select',
        options: (locale) =>
          CONTENT_KINDS.map(({ name }) => ({ value: name, label: translate(locale, `${KEY}.kind-${name}`) })),
      },
      { name: 'keyword', key: `${KEY}.keyword`, kind: 'text' },
    ],
    columns: [
      {
        name: 'title',
        key: `${KEY}.column-title`,
        sort: 'title',
        cell: (row, locale) => textIn(locale, row.title, row.titleEn),
      },
      { name: 'kind', key: `${KEY}.kind`, cell: (row) => ({ textKey: `${KEY}.kind-${row.kind}` }) },
      {
        name: 'from',
        key: `${KEY}.column-from`,
        sort: 'from',
        cell: (row) => (row.from ? { at: row.from } : {}),
      },
      { name: 'until', key: `${KEY}.column-until`, cell: (row) => (row.until ? { at: row.until } : {}) },
      {
        name: 'state',
        key: `${KEY}.field-state`,
        cell: (row) => {
          const state = stateOf(row, new Date());
          return { textKey: `${KEY}.state-${state}`, tone: TONES[state] };
        },
      },
      {
        name: 'author',
        key: `${KEY}.column-author`,
        cell: (row) => (row.author === null ? { textKey: `${KEY}.author-agency` } : { text: row.author }),
      },
      {
        name: 'order',
        key: `${KEY}.field-order`,
        sort: 'order',
        cell: (row) => ({ text: String(row.order), numeric: true }),
      },
    ],
    load: (scope, limit) => listContent(db, scope, limit),
    count: (scope, upTo) => countContent(db, scope, upTo),
    rowUrl: (row) => `${CONTENT}/${row.kind}/${row.id}`,
    tools: CONTENT_KINDS.map(({ name, deed }) => ({
      key: `${KEY}.add-${name}`,
      url: `${CONTENT}/${name}/new`,
      deed,
    })),
  };
}

function stateOf(row: ContentRow, now: Date): keyof typeof TONES {
  if (row.state === 'draft' || row.state === 'archived') return row.state;
  if (row.from && row.from > now) return 'scheduled';
  return row.until && row.until <= now ? 'expired' : 'published';
}
