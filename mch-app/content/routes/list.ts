import { type ListDefinition, listAddress, parseList, sealCursor } from '#kit/list.ts';
import type { Locale } from '#kit/http/locale.ts';
import { after } from '#kit/clock.ts';
import { formatDayOf } from '#templates/dates.ts';
import { textIn, translate } from '#templates/locales.ts';
import type { Cell } from '#templates/views/console.ts';
import type { OfficeField } from '#templates/views/office.ts';
import type { FormRoute } from '../../kept-forms/index.ts';
import type { Handler } from '../../sessions/index.ts';
import { TONES } from '../form-view.ts';
import type { ContentHost } from '../host.ts';
import { KINDS, OFFICE } from '../kinds.ts';
import { mayEdit, publicationOf } from '../policy.ts';
import { listEntries } from '../store/edit.ts';
import type { Editor, EntryLine } from '../types.ts';
import { categoryText } from '../view.ts';
import { editing, editorOf } from './edit.ts';
import { readerOf } from './read.ts';

const PAGE_SIZE = 20;
const TYPES = KINDS.map(({ type }) => type);
const CATEGORIES = [...new Set(KINDS.flatMap(({ categories }) => categories))];
const oneOf = (values: readonly string[]): RegExp => new RegExp(`^(${values.join('|')})$`);

const LIST: ListDefinition<'showing' | 'type' | 'category' | 'keyword', 'from'> = {
  name: 'content',
  filters: {
    showing: { pattern: /^yes$/ },
    type: { pattern: oneOf(TYPES) },
    category: { pattern: oneOf(CATEGORIES) },
    keyword: { max: 50 },
  },
  sorts: ['from'],
  defaultSort: 'from',
  defaultDescending: true,
};

/** P-43: what the account wrote and what it is told, with what it may not change said so; all for the national administration. */
export function listRoutes(host: ContentHost): FormRoute[] {
  return [{ method: 'get', path: `/${OFFICE}`, handle: editing(host, showList(host)) }];
}

function showList(host: ContentHost): Handler {
  return async (ctx) => {
    const { locale } = ctx.state;
    const request = parseList(LIST, ctx.querystring, host.keyring);
    const editor = editorOf(host, ctx);
    const now = host.clock();
    const viewer = { ...readerOf(ctx, now), isNational: editor.isNational };
    const page = { ...(request.after && { after: request.after }), limit: PAGE_SIZE + 1 };
    const found = request.faults.length > 0 ? [] : await listEntries(host.db, request.filters, viewer, page);
    if (request.faults.length > 0) ctx.status = 422;
    const rows = found.slice(0, PAGE_SIZE);
    const last = found.length > PAGE_SIZE ? rows.at(-1) : undefined;
    const position = last && { value: last.position, id: last.id };
    const done = new URLSearchParams(ctx.querystring).get('done');
    const path = `/${OFFICE}`;
    host.show(ctx, 'mch-app/office-list', {
      ...host.frameOf(ctx, OFFICE),
      area: 'content',
      doneKey: done === 'removed' ? 'content.done-removed' : '',
      refusedKey: '',
      fields: fieldsOf(request.filters, request.faults, locale),
      isNarrowed: Object.keys(request.filters).length > 0,
      columns: COLUMNS.map((key) => ({ key: `content.column-${key}` })),
      rows: rows.map((row) => rowOf(row, editor, locale, now)),
      tools: TYPES.map((type) => ({ key: `content.add-${type}`, url: `${path}/new/${type}` })),
      exports: [],
      firstUrl: request.after ? listAddress(path, request) : '',
      nextUrl: position
        ? listAddress(path, request, { after: sealCursor(LIST.name, request, position, host.keyring) })
        : '',
    });
  };
}

const COLUMNS = ['title', 'type', 'period', 'state', 'author', 'order', 'change'] as const;

function rowOf(row: EntryLine, editor: Editor, locale: Locale, now: Date) {
  const title = textIn(locale, row.title, row.titleEn);
  const state = publicationOf(row, now);
  const from = formatDayOf(locale, row.publishFrom);
  // its last moment no longer belongs to it: midnight is the end of the day before
  const until = row.publishUntil ? formatDayOf(locale, after(row.publishUntil, -1)) : '';
  const isOwn = mayEdit(editor, row.authorAccount);
  const url = isOwn ? `/${OFFICE}/${row.id}` : '';
  const cells: Record<(typeof COLUMNS)[number], Cell> = {
    title,
    type: { textKey: `content.type-${row.type}` },
    period: { text: until ? `${from} – ${until}` : `${from} –`.replaceAll(' ', '\u00A0') },
    state: { textKey: `content.state-${state}`, tone: TONES[state] },
    author: { text: row.authorName },
    order: { text: String(row.order), numeric: true },
    change: isOwn
      ? { textKey: 'content.change', url, about: title.text }
      : { textKey: 'content.no-right', tone: 'neutral' },
  };
  return { url, cells: COLUMNS.map((name) => ({ key: `content.column-${name}`, ...cells[name] })) };
}

type Filters = Partial<Record<keyof typeof LIST.filters, string>>;

function fieldsOf(filters: Filters, faults: readonly string[], locale: Locale): OfficeField[] {
  const select = (name: keyof Filters, options: { value: string; label: string }[]): OfficeField => ({
    ...{ name, key: `content.filter-${name}`, kind: 'select', value: filters[name] ?? '' },
    isFaulty: faults.includes(name),
    options: options.map((option) => ({ ...option, selected: option.value === filters[name] })),
  });
  const { keyword = '' } = filters;
  const categories = CATEGORIES.map((value) => {
    const [kind] = KINDS.filter((one) => one.categories.includes(value));
    return { value, label: categoryText(locale, kind?.type ?? '', value) };
  });
  return [
    select('showing', [{ value: 'yes', label: translate(locale, 'content.showing-yes') }]),
    select(
      'type',
      TYPES.map((value) => ({ value, label: translate(locale, `content.type-${value}`) })),
    ),
    select('category', categories),
    {
      ...{ name: 'keyword', key: 'content.filter-keyword', kind: 'text', value: keyword },
      isFaulty: faults.includes('keyword'),
      options: [],
    },
  ];
}
