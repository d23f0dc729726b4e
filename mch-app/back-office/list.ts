import { Fault } from '#kit/errors.ts';
import { fileNameOf } from '#kit/file-type.ts';
import { EXPORT_TYPES, exportTable } from '#kit/export/table.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { FilterRule } from '#kit/list.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { Cell } from '#templates/views/console.ts';
import type { OfficeChoice, OfficeField } from '#templates/views/office.ts';
import { formatOf, recordExport } from '../records/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import { Refused } from './ask.ts';
import { readFilters } from './filters.ts';
import type { OfficeHost } from './types.ts';

export interface Loaded<Row> {
  rows: Row[];
  /** Where the next page begins. */
  next?: string | undefined;
}

type Filters = Record<string, string | undefined>;

/** One list of the back office, told as data. */
export interface OfficeList<Row> {
  /** Its place in the menu. */
  path: string;
  /** Texts: `<area>.lead`, `.none`, `.none-what`. */
  area: string;
  filters: Record<string, FilterRule & { key: string; kind: 'text' | 'date' | 'select' }>;
  optionsOf?(name: string, locale: Locale): { value: string; label: string }[];
  columns: { key: string; cell: (row: Row, locale: Locale) => Cell }[];
  load(ctx: SignedInContext, filters: Filters, after: string | undefined): Promise<Loaded<Row>>;
  rowUrl?(row: Row): string;
  tools?: { key: string; url: string }[];
  isExported?: true;
  /** Locale keys of what `?done=` can say. */
  done?: Record<string, string>;
}

/** A file is read to its end before it is recorded and sent. */
const MOST_EXPORTED = 20_000;

/** GET of a list, page by page. */
export function showList<Row>(host: OfficeHost, list: OfficeList<Row>): Handler {
  return async (ctx) => {
    const { locale } = ctx.state;
    const { filters, faults } = readFilters(list.filters, ctx.querystring);
    const query = new URLSearchParams(ctx.querystring);
    const after = query.get('after') ?? undefined;
    const { rows, next, refused } = await loadOr(ctx, list, filters, faults.length > 0, after);
    if (faults.length > 0) ctx.status = 422;
    const at = (more: Record<string, string>): string => addressOf(list.path, { ...filters, ...more });
    const mayExport = list.isExported && host.rights(ctx, list.path).includes('X') && rows.length > 0;
    host.show(ctx, 'mch-app/office-list', {
      ...host.frameOf(ctx, list.path),
      area: list.area,
      doneKey: list.done?.[query.get('done') ?? ''] ?? '',
      refusedKey: refused === undefined ? '' : 'office.refused',
      fields: fieldsOf(list, filters, faults, locale),
      isNarrowed: Object.keys(filters).length > 0,
      columns: list.columns.map(({ key }) => ({ key })),
      rows: rows.map((row) => ({
        url: list.rowUrl?.(row) ?? '',
        cells: list.columns.map(({ key, cell }) => ({ key, ...cell(row, locale) })),
      })),
      tools: list.tools ?? [],
      exports: mayExport
        ? ['xlsx', 'ods'].map((format) => ({
            format,
            url: addressOf(`${list.path}/export`, { ...filters, format }),
          }))
        : [],
      firstUrl: after === undefined ? '' : at({}),
      nextUrl: next === undefined ? '' : at({ after: next }),
    });
    if (refused !== undefined) ctx.status = 403;
  };
}

async function loadOr<Row>(
  ctx: SignedInContext,
  list: OfficeList<Row>,
  filters: Filters,
  isFaulty: boolean,
  after: string | undefined,
): Promise<Loaded<Row> & { refused?: string }> {
  if (isFaulty) return { rows: [] };
  try {
    return await list.load(ctx, filters, after);
  } catch (error) {
    if (error instanceof Refused) return { rows: [], refused: error.error };
    throw error;
  }
}

/** GET of a list as a file of all its rows; who took it away is recorded. @throws Fault forbidden, bad_request */
export function exportList<Row>(host: OfficeHost, list: OfficeList<Row>): Handler {
  return async (ctx) => {
    const { locale } = ctx.state;
    if (!list.isExported || !host.rights(ctx, list.path).includes('X')) throw new Fault('forbidden');
    const format = formatOf(ctx);
    const { filters, faults } = readFilters(list.filters, ctx.querystring);
    if (!format || faults.length > 0) throw new Fault('bad_request');
    const rows = await allRows(host, ctx, list, filters);
    await host.exports.assertFits(ctx, list.path, rows.length, MOST_EXPORTED);
    const { account, personName } = sessionOf(ctx);
    await recordExport(host.db, {
      accountId: account.id,
      personName,
      unitCode: account.unit.code,
      kind: list.path,
      format,
      filters: Object.keys(filters),
      rows: rows.length,
      at: host.clock(),
    });
    const { title } = host.frameOf(ctx, list.path);
    ctx.attachment(`${fileNameOf(title)}.${format}`);
    ctx.set('Content-Type', EXPORT_TYPES[format]);
    ctx.body = exportTable(format, {
      sheetName: title,
      headers: list.columns.map(({ key }) => translate(locale, key)),
      rows: textRows(),
    });

    async function* textRows(): AsyncGenerator<string[]> {
      for (const row of rows) yield list.columns.map(({ cell }) => textOf(cell(row, locale), locale));
    }
  };
}

/** All of them, or more than may leave. @throws Fault forbidden when the single entry refuses */
async function allRows<Row>(
  { exports }: OfficeHost,
  ctx: SignedInContext,
  list: OfficeList<Row>,
  filters: Filters,
): Promise<Row[]> {
  const most = Math.min(MOST_EXPORTED, exports.most);
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await loadOr(ctx, list, filters, false, after);
    if (page.refused !== undefined) throw new Fault('forbidden');
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined && rows.length <= most);
  return rows;
}

function textOf({ text, textKey, at }: Cell, locale: Locale): string {
  if (at) return formatDateTime(locale, at);
  return textKey === undefined ? (text ?? '') : translate(locale, textKey);
}

function fieldsOf<Row>(
  list: OfficeList<Row>,
  filters: Filters,
  faults: readonly string[],
  locale: Locale,
): OfficeField[] {
  return Object.entries(list.filters).map(([name, { key, kind }]) => ({
    ...{ name, key, kind, value: filters[name] ?? '', isFaulty: faults.includes(name) },
    options: kind === 'select' ? chosen(list.optionsOf?.(name, locale) ?? [], filters[name] ?? '') : [],
  }));
}

function chosen(options: { value: string; label: string }[], value: string): OfficeChoice[] {
  return options.map((option) => ({ ...option, selected: option.value === value }));
}

function addressOf(path: string, query: Filters): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? `/${path}` : `/${path}?${new URLSearchParams(given).toString()}`;
}
