import type { Locale } from '#kit/http/locale.ts';
import type { UnreadableReason } from '#kit/import/table.ts';
import { translate } from '#templates/locales.ts';
import type { ImportViews } from '#templates/views/record-import.ts';
import { headingOf, importColumns } from '../import-columns.ts';
import type { Labels } from '../labels.ts';
import type { KindPages } from '../routes/host.ts';
import type { ImportRow, StoredImport } from '../store/imports.ts';
import type { RecordKind } from '../types.ts';
import { findingText } from './form.ts';

/** Why a file was not taken at all. */
export interface Unusable {
  reason: UnreadableReason | 'missing' | 'too_large' | 'headings';
  details?: Readonly<Record<string, number>>;
  missing?: string[];
  unknown?: string[];
}

type List = ImportViews['mch-app/record-imports'];
type One = ImportViews['mch-app/record-import'];

export function importsView(
  { kind, labels }: KindPages,
  locale: Locale,
  of: {
    found: StoredImport[];
    asked: { from: string | undefined; to: string | undefined };
    listed: number;
    at: string;
    unusable: Unusable | undefined;
  },
): Pick<List, 'columns' | 'unusable' | 'templates' | 'action' | 'from' | 'to' | 'imports' | 'nextUrl'> {
  const { at, asked } = of;
  const rows = of.found.slice(0, of.listed);
  const last = of.found.length > of.listed ? rows.at(-1) : undefined;
  const query = new URLSearchParams({
    ...(asked.from !== undefined && { from: asked.from }),
    ...(asked.to !== undefined && { to: asked.to }),
    ...(last && { before: String(last.id) }),
  });
  return {
    columns: importColumns(kind).map(({ name, field }) => ({
      label: headingOf(labels, locale, name),
      isNeeded: field.required,
    })),
    unusable: of.unusable ? unusableText(locale, of.unusable) : '',
    templates: (['xlsx', 'csv'] as const).map((format) => ({
      format,
      url: `/${at}/template?format=${format}`,
    })),
    action: `/${at}`,
    from: asked.from ?? '',
    to: asked.to ?? '',
    imports: rows.map((one) => importLine(locale, one, at)),
    nextUrl: last ? `/${at}?${query.toString()}` : '',
  };
}

function unusableText(
  locale: Locale,
  { reason, details = {}, missing = [], unknown = [] }: Unusable,
): string {
  if (reason !== 'headings') return translate(locale, `record-import.not-${reason}`, details);
  const list = (texts: string[]): string => texts.join(locale === 'en' ? ', ' : '\u3001');
  return [
    ...(missing.length > 0
      ? [translate(locale, 'record-import.not-headings-missing', { columns: list(missing) })]
      : []),
    ...(unknown.length > 0
      ? [translate(locale, 'record-import.not-headings-unknown', { columns: list(unknown) })]
      : []),
    ...(missing.length + unknown.length === 0 ? [translate(locale, 'record-import.not-headings-twice')] : []),
  ].join(' ');
}

const TONES = {
  checking: 'info',
  writing: 'info',
  done: 'success',
  refused: 'warning',
  failed: 'error',
} as const;

export function importLine(
  locale: Locale,
  one: StoredImport,
  at: string,
): Omit<
  One,
  'faults' | 'isCut' | 'filesUrl' | 'backUrl' | 'listUrl' | 'menu' | 'breadcrumb' | 'title' | 'path'
> {
  return {
    id: one.id,
    url: `/${at}/${one.id}`,
    fileName: one.fileName,
    by: one.personName,
    at: one.createdAt,
    state: {
      text: translate(locale, `record-import.state-${one.endedBecause ?? one.status}`),
      tone: TONES[one.status],
    },
    stateKey: `record-import.what-${whatOf(one)}`,
    isUnderWay: one.endedAt === null,
    mode: translate(locale, one.isAll ? 'record-import.mode-all' : 'record-import.mode-good'),
    rows: one.rowCount,
    doneTo: one.doneTo,
    taken: one.taken,
    repeated: one.repeated,
    faulty: one.faulty,
  };
}

function whatOf({ endedBecause, status, isAll }: StoredImport): string {
  return endedBecause === null ? status : `${endedBecause}-${isAll ? 'all' : 'good'}`;
}

/** What is wrong with a row, a line a fault. */
export function rowFaults(
  { kind, labels }: { kind: RecordKind; labels: Labels },
  locale: Locale,
  row: ImportRow,
): One['faults'] {
  return row.findings.map((found) => ({
    line: row.line,
    column: found.field === '' ? '' : headingOf(labels, locale, found.field),
    what: findingText(kind, labels, locale, found),
  }));
}
