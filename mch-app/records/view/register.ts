import type { Locale } from '#kit/http/locale.ts';
import type { RecordViews } from '#templates/views/records.ts';
import type { Labels } from '../labels.ts';
import type { RecordKind } from '../types.ts';
import { textOfCell } from './report.ts';

interface RegisterShown {
  kind: RecordKind;
  labels: Labels;
  locale: Locale;
  rows: readonly Record<string, unknown>[];
}

/** The heads of a register's columns. */
export function registerHeads({ kind, labels, locale }: RegisterShown): string[] {
  return (kind.register?.columns ?? []).map(({ name }) => labels.text(locale, name));
}

/** The texts of one of its rows. */
export function registerTexts(
  { kind, labels, locale }: RegisterShown,
  row: Record<string, unknown>,
): string[] {
  return (kind.register?.columns ?? []).map((column) =>
    textOfCell({ labels, locale }, column, row[column.name]),
  );
}

/** A register as its record shows it; nothing without rows. */
export function registerTable(shown: RegisterShown): RecordViews['mch-app/record']['tables'] {
  const { kind, labels, locale, rows } = shown;
  if (!kind.register || rows.length === 0) return [];
  const { name } = kind.register;
  const columns = registerHeads(shown);
  return [
    {
      name,
      label: labels.text(locale, `part.${name}`),
      columns,
      rows: rows.map((row, at) => ({
        label: labels.text(locale, 'row', { no: at + 1 }),
        cells: registerTexts(shown, row).map((text, column) => ({ label: columns[column] ?? '', text })),
      })),
    },
  ];
}
