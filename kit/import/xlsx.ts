import { streamXlsxRows } from 'hucre/xlsx';
import { UnreadableTable } from './unreadable.ts';
import { unzip } from './zip.ts';

const LIMITS = { entries: 300, bytes: 80 * 1024 * 1024 };
const SHEET = /^xl\/worksheets\/[^/]+\.xml$/i;
const FORMULA = /<(?:\w+:)?f[\s/>]/;

/**
 * The rows of an Excel file's first sheet. It is unpacked within limits first: what is larger than it may be, holds
 * macros or formulas or is no workbook is not read at all.
 * @throws UnreadableTable
 */
export async function* xlsxRows(bytes: Buffer, limits: { rows: number }): AsyncGenerator<string[]> {
  let isWorkbook = false;
  for await (const { name, content } of unzip(bytes, LIMITS)) {
    if (/vbaProject\.bin$|\/(macrosheets|externalLinks)\//i.test(name)) throw new UnreadableTable('macros');
    if (SHEET.test(name) && FORMULA.test(content.toString('utf8'))) throw new UnreadableTable('formulas');
    isWorkbook ||= name === 'xl/workbook.xml';
  }
  if (!isWorkbook) throw new UnreadableTable('type');
  try {
    for await (const { values } of streamXlsxRows(bytes, { maxRows: limits.rows + 2 }))
      yield values.map(textOf);
  } catch (error) {
    throw new UnreadableTable('broken', {}, error);
  }
}

/** A cell as text; a day as ISO writes it, a moment with its minute. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 16);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
