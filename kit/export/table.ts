import { Readable } from 'node:stream';
import { writeCsvStream } from 'hucre/csv';
import { writeXlsxStream } from 'hucre/xlsx';
import { odsStream } from './ods.ts';
import { formulaSafe } from './formula.ts';

export const EXPORT_FORMATS = ['csv', 'xlsx', 'ods'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportTable {
  /** Any title. */
  sheetName: string;
  headers: string[];
  /** Pulled as fast as the receiver reads; each row has one text per header. */
  rows: AsyncIterable<string[]>;
}

export const EXPORT_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
};

/**
 * The table as a file of that format, written while it is read: memory does not grow with its rows. Every cell
 * is text that no spreadsheet takes for a formula; a CSV begins with a byte order mark, which Excel needs to see
 * Chinese.
 */
export function exportTable(format: ExportFormat, table: ExportTable): Readable {
  const rows = guarded(table);
  const sheetName = sheetNameOf(table.sheetName);
  if (format === 'ods') return odsStream(sheetName, rows);
  const web =
    format === 'csv'
      ? writeCsvStream(rows, { bom: true, lineSeparator: '\r\n' })
      : writeXlsxStream(rows, { name: sheetName });
  return Readable.fromWeb(web as Parameters<typeof Readable.fromWeb>[0]);
}

/** A title as spreadsheets take it for a sheet: at most 31 characters, none of `:\/?*[]`, no apostrophe at its ends. */
function sheetNameOf(title: string): string {
  const name = title.replaceAll(/[:\\/?*[\]\p{Cc}]/gu, '-').replace(/^'+/, '');
  return name.slice(0, 31).replace(/'+$/, '') || '-';
}

async function* guarded({ headers, rows }: ExportTable): AsyncGenerator<string[]> {
  yield headers.map(formulaSafe);
  for await (const row of rows) yield row.map(formulaSafe);
}
