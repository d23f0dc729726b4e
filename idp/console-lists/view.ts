import type { Locale } from '#kit/http/locale.ts';
import { EXPORT_FORMATS } from '#kit/export/table.ts';
import { type ListRequest, listAddress } from '#kit/list.ts';
import type { HourChart } from '#templates/charts/hours.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import { type ConsoleCaller, reachOf } from '../permissions/index.ts';
import type { SavedFilter } from './store.ts';
import type { ConsoleList, ListRow } from './types.ts';

export const COUNTED = 1000;

interface Shown<F extends string, S extends string, Row> {
  caller: ConsoleCaller;
  request: ListRequest<F, S>;
  rows: Row[];
  count: number;
  nextCursor: string;
  saved: SavedFilter[];
  chart?: HourChart;
}

/** A list as its page shows it. */
export function consoleListView<F extends string, S extends string, Row extends ListRow>(
  list: ConsoleList<F, S, Row>,
  { caller, request, rows, count, nextCursor, saved, chart }: Shown<F, S, Row>,
  locale: Locale,
): Views['idp/console-list'] {
  const here = listAddress(list.path, request);
  const deeds = (list.bulk?.deeds ?? []).filter(({ deed }) => reachOf(caller, deed));
  const mayExport = list.exportDeed !== undefined && reachOf(caller, list.exportDeed) !== undefined;
  return {
    area: list.area,
    name: list.definition.name,
    ...(chart && { chart }),
    path: list.path,
    count: {
      key: count > COUNTED ? 'console-list.count-more' : 'console-list.count',
      number: Math.min(count, COUNTED),
    },
    fields: fieldsOf(list, request, caller, locale),
    chips: chipsOf(list, request, caller, locale),
    sort: `${request.descending ? '-' : ''}${request.sort}`,
    columns: list.columns.map((column) => ({ key: column.key, ...sortOf(list.path, request, column.sort) })),
    rows: rows.map((row) => ({
      id: row.id,
      ...(list.rowLabel && { label: list.rowLabel(row) }),
      url: list.rowUrl?.(row) ?? '',
      selectable: deeds.length > 0 && (list.bulk?.isSelectable(row) ?? false),
      cells: list.columns.map((column) => ({ key: column.key, ...column.cell(row, locale) })),
    })),
    bulk: deeds.length > 0 && list.bulk ? { action: list.bulk.action, deeds } : undefined,
    exports: mayExport
      ? EXPORT_FORMATS.map((format) => ({
          format,
          url: listAddress(`${list.path}/export`, request, { format }),
        }))
      : [],
    tools: (list.tools ?? []).filter(({ deed }) => reachOf(caller, deed)),
    saved: saved.map(({ name, query }) => ({ name, url: `${list.path}?${query}` })),
    query: new URL(here, 'http://list.invalid').search.slice(1),
    firstUrl: request.after ? here : '',
    nextUrl: nextCursor && listAddress(list.path, request, { after: nextCursor }),
  };
}

function fieldsOf<F extends string, S extends string, Row extends ListRow>(
  list: ConsoleList<F, S, Row>,
  request: ListRequest<F, S>,
  caller: ConsoleCaller,
  locale: Locale,
) {
  return list.fields.map(({ name, key, kind, anyKey = 'console-list.any', options }) => {
    const value = request.filters[name] ?? '';
    return {
      name,
      key,
      kind,
      anyKey,
      value,
      isFaulty: request.faults.includes(name),
      options: (options?.(locale, caller, request.filters) ?? []).map((option) => ({
        ...option,
        selected: option.value === value,
      })),
    };
  });
}

/** What is set, each with the address of the list without it. */
function chipsOf<F extends string, S extends string, Row extends ListRow>(
  list: ConsoleList<F, S, Row>,
  request: ListRequest<F, S>,
  caller: ConsoleCaller,
  locale: Locale,
) {
  return list.fields.flatMap(({ name, key, options }) => {
    const value = request.filters[name];
    if (value === undefined) return [];
    const label =
      options?.(locale, caller, request.filters).find((option) => option.value === value)?.label ?? value;
    return [{ key, label, removeUrl: listAddress(list.path, request, { [name]: '' }) }];
  });
}

function sortOf(path: string, request: ListRequest, sort: string | undefined) {
  if (sort === undefined) return { sortUrl: '', direction: 'none' as const };
  const isCurrent = request.sort === sort;
  const next = isCurrent && !request.descending ? `-${sort}` : sort;
  const current = request.descending ? ('descending' as const) : ('ascending' as const);
  return {
    sortUrl: listAddress(path, request, { sort: next }),
    direction: isCurrent ? current : ('none' as const),
  };
}

/** A cell as the text an export holds. */
export function cellText(
  cell: Views['idp/console-list']['rows'][number]['cells'][number],
  locale: Locale,
): string {
  if (cell.at) {
    const zone = 'Asia/Taipei';
    return new Intl.DateTimeFormat('sv-SE', {
      dateStyle: 'short',
      timeStyle: 'medium',
      timeZone: zone,
    }).format(cell.at);
  }
  return cell.textKey === undefined ? (cell.text ?? '') : translate(locale, cell.textKey);
}
