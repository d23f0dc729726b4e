import type { Locale } from '#kit/http/locale.ts';
import { findCounty, findTown } from '#kit/taiwan/divisions.ts';
import { type ListRequest, listAddress } from '#kit/list.ts';
import { formatDay } from '#templates/dates.ts';
import type { RecordViews } from '#templates/views/records.ts';
import type { Labels } from '../labels.ts';
import type { ReportLine } from '../store/report.ts';
import type { Actor, Report, ReportColumn, ReportFilters } from '../types.ts';
import { countyOptions, placeName, townsByCounty } from './towns.ts';

type View = RecordViews['mch-app/report'];
type Cell = View['rows'][number]['cells'][number];

export interface ReportShown {
  report: Report;
  /** Whether the reader decides about rows. */
  mayDecide?: boolean;
  /** Those of its columns that the reader is shown. */
  columns: readonly ReportColumn[];
  labels: Labels;
  locale: Locale;
  request: ListRequest;
  rows: ReportLine[];
  figures: Readonly<Record<string, unknown>>;
}

/** What a column, a figure or a field of a report is called. */
export function reportLabel(report: Report, labels: Labels, locale: Locale, name: string): string {
  const own = `${report.path.split('/').slice(2).join('.')}.${name}`;
  return labels.text(locale, labels.has(own) ? own : name);
}

/** The columns somebody is shown: what leads to a form only to whoever may fill it in, and never in a file. */
export function columnsFor(
  report: Report,
  actor: Actor,
  as: 'page' | 'file',
  filters: ReportFilters = {},
): ReportColumn[] {
  return report.columns.filter(
    (column) =>
      column.only?.(filters) !== false &&
      (column.kind !== 'entry' || (as === 'page' && actor.rights(column.path).includes('C'))),
  );
}

export function reportView(
  shown: ReportShown,
): Pick<View, 'fields' | 'figures' | 'columns' | 'rows' | 'hasDecisions' | 'barLabel'> {
  const { report, labels, locale, rows, figures, request, mayDecide = false } = shown;
  const label = (name: string): string => reportLabel(report, labels, locale, name);
  const { drawn } = report;
  const largest = drawn === undefined ? 0 : Math.max(0, ...rows.map((row) => Number(row[drawn])));
  return {
    fields: fieldsOf(shown),
    figures: (report.figures ?? []).map((figure) => ({
      label: label(figure.name),
      text: cellOf(shown, figure, figures[figure.name]).text,
    })),
    barLabel: drawn === undefined ? '' : label(drawn),
    hasDecisions: mayDecide && rows.some((row) => isOpen(report, row)),
    columns: shown.columns.map(({ name, kind }) => ({ label: label(name), numeric: isNumber(kind) })),
    rows: rows.map((row) => ({
      cells: shown.columns.map((column) => ({
        label: label(column.name),
        ...cellOf(shown, column, row[column.name]),
      })),
      decideUrl:
        mayDecide && isOpen(report, row) ? listAddress(`/${report.path}/${row.id}/decision`, request) : '',
      percent: largest > 0 && drawn !== undefined ? Math.round((Number(row[drawn]) / largest) * 100) : -1,
    })),
  };
}

/** A row by itself. */
export function factsOf(
  { report, columns, labels, locale }: Pick<ReportShown, 'report' | 'columns' | 'labels' | 'locale'>,
  row: ReportLine,
): { label: string; text: string }[] {
  return columns
    .map((column) => ({
      label: reportLabel(report, labels, locale, column.name),
      text: cellOf({ labels, locale }, column, row[column.name]).text,
    }))
    .filter(({ text }) => text !== '');
}

/** Whether a row still waits for a decision. */
export const isOpen = ({ decision }: Report, row: ReportLine): boolean =>
  decision !== undefined && (row[decision.column] ?? '') === '';

/** The texts of a row, as a file holds them. */
export function reportTexts(
  shown: Pick<ReportShown, 'columns' | 'labels' | 'locale'>,
  row: ReportLine,
): string[] {
  return shown.columns.map((column) => cellOf(shown, column, row[column.name]).text);
}

/** What a value of a column says. */
export const textOfCell = (
  shown: Pick<ReportShown, 'labels' | 'locale'>,
  column: ReportColumn,
  value: unknown,
): string => cellOf(shown, column, value).text;

function cellOf(
  { labels, locale }: Pick<ReportShown, 'labels' | 'locale'>,
  column: ReportColumn,
  value: unknown,
): Omit<Cell, 'label'> {
  const { name, kind } = column;
  const numeric = isNumber(kind);
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (text === '') return { text, url: '', numeric };
  switch (kind) {
    case 'record':
      return { text: text.split('/').at(-1) ?? '', url: `/${text}`, numeric };
    case 'entry':
      return { text: labels.text(locale, `${name}.link`), url: `/${column.path}/new?${text}`, numeric };
    case 'day':
      return { text: formatDay(locale, text), url: '', numeric };
    case 'percent':
      return { text: `${(Number(text) * 100).toFixed(1)} %`, url: '', numeric };
    case 'choice':
      return { text: labels.text(locale, `${name}.${text}`), url: '', numeric };
    case 'number':
      return { text: Number(text).toLocaleString(locale), url: '', numeric };
    case 'county':
      return { text: placeOr(locale, findCounty(text), text), url: '', numeric };
    case 'town':
      return { text: placeOr(locale, findTown(text.slice(0, 5), text), text), url: '', numeric };
    case 'text':
      return { text, url: '', numeric };
  }
}

const placeOr = (locale: Locale, place: Parameters<typeof placeName>[1] | undefined, code: string): string =>
  place ? placeName(locale, place) : code;

const isNumber = (kind: ReportColumn['kind']): boolean => kind === 'number' || kind === 'percent';

function fieldsOf({ report, labels, locale, request }: ReportShown): View['fields'] {
  const isPaired = report.fields.some(({ kind }) => kind === 'town');
  return report.fields.map(({ name, kind, options = [], fallback }) => {
    const value = request.filters[name] ?? '';
    const pair = kind === 'county' || kind === 'town' ? kind : undefined;
    const choices = options.map((code) => ({ value: code, label: labels.text(locale, `${name}.${code}`) }));
    return {
      name,
      label: reportLabel(report, labels, locale, name),
      kind: kind === 'day' ? 'date' : kind === 'month' ? 'month' : kind === 'unit' ? 'text' : 'select',
      value,
      isFaulty: request.faults.includes(name),
      // the two selects of a place say what comes first, as the printed manual shows them
      blankKey: pair && isPaired ? `records.choose-${pair}` : fallback ? '' : 'console-list.any',
      options:
        kind === 'county'
          ? countyOptions(locale, value)
          : choices.map((choice) => ({ ...choice, selected: choice.value === value })),
      ...(pair && { pair }),
      ...(kind === 'town' && { groups: townsByCounty(locale, value) }),
    };
  });
}

/** Where the same report is as a file. */
export function exportsOf(report: Report, request: ListRequest): View['exports'] {
  return ['xlsx', 'ods'].map((format) => ({
    format,
    url: listAddress(`/${report.path}/export`, request, { format }),
  }));
}
