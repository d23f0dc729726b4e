import { streamXlsxRows } from 'hucre/xlsx';
import { UnreadableTable } from './unreadable.ts';
import { unzip } from './zip.ts';

const LIMITS = { entries: 300, bytes: 80 * 1024 * 1024 };
const SHEET = /^xl\/worksheets\/[^/]+\.xml$/i;
const FORMULA = /<(?:\w+:)?f[\s/>]/;
/** A cell in a column of three letters, or of one told in a roundabout way: a row is as long as its last cell is far. */
const FAR_CELL = /[\s"']r\s*=\s*["'](?:[A-Za-z]{3}|[A-Za-z]{0,2}&)/;

/**
 * The rows of an Excel file's first sheet. It is unpacked within limits first: what is larger than it may be, holds
 * macros or formulas or is no workbook is not read at all.
 * @throws UnreadableTable
 */
export async function* xlsxRows(
  bytes: Buffer,
  most: { lines: number; columns: number },
): AsyncGenerator<string[]> {
  let isWorkbook = false;
  for await (const { name, content } of unzip(bytes, LIMITS)) {
    if (/vbaProject\.bin$|\/(macrosheets|externalLinks)\//i.test(name)) throw new UnreadableTable('macros');
    if (SHEET.test(name)) refuseSheet(content.toString('utf8'), most.columns);
    isWorkbook ||= name === 'xl/workbook.xml';
  }
  if (!isWorkbook) throw new UnreadableTable('type');
  try {
    for await (const { values } of streamXlsxRows(bytes, { maxRows: most.lines + 1 }))
      yield values.map(textOf);
  } catch (error) {
    throw new UnreadableTable('broken', {}, error);
  }
}

/** What no sheet may have, told from its text: the reader would make room for every column up to the farthest. */
function refuseSheet(sheet: string, most: number): void {
  if (FORMULA.test(sheet)) throw new UnreadableTable('formulas');
  const far = FAR_CELL.exec(sheet);
  if (!far) return;
  const line = sheet.slice(0, far.index).match(/<(?:\w+:)?row\b/g)?.length ?? 1;
  throw new UnreadableTable('columns', { line, most });
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
