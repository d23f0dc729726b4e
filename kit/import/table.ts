import { setImmediate as nextTurn } from 'node:timers/promises';
import { csvRows } from './csv.ts';
import { UnreadableTable } from './unreadable.ts';
import { xlsxRows } from './xlsx.ts';

export { UnreadableTable, type UnreadableReason } from './unreadable.ts';

export interface TableLimits {
  /** Without the heading. */
  rows: number;
  columns: number;
  /** Characters of one cell. */
  cell: number;
}

/** A row, and where it stands in the file. */
export interface TableRow {
  line: number;
  cells: string[];
}

const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');
/** The old binary Excel, and everything that is encrypted. */
const COMPOUND = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
/** Cells, and rows, after which other work has its turn. */
const AT_ONCE = 5000;
/** Blank rows there may be, beside as many as there may be rows. */
const BLANK = 500;

/**
 * The rows of a CSV (UTF-8 or Big5) or Excel file, recognised by its content, every cell as text; rows without any
 * text are left out. Other work has its turn while it is read.
 * @returns the first row is the heading
 * @throws UnreadableTable naming the first thing that is wrong
 */
export async function readTable(bytes: Buffer, limits: TableLimits): Promise<TableRow[]> {
  if (bytes.length === 0) throw new UnreadableTable('empty');
  if (bytes.subarray(0, 4).equals(COMPOUND)) throw new UnreadableTable('type');
  const lines = 2 * limits.rows + BLANK;
  const most = { lines, columns: limits.columns };
  const rows = bytes.subarray(0, 4).equals(ZIP) ? xlsxRows(bytes, most) : csvRows(bytes);
  const table: TableRow[] = [];
  let line = 0;
  let seen = 0;
  for await (const row of rows) {
    line += 1;
    seen += row.length + 1;
    if (seen > AT_ONCE) {
      seen = 0;
      await nextTurn();
    }
    if (line > lines) throw new UnreadableTable('rows', { most: limits.rows });
    if (row.every((cell) => cell.trim() === '')) continue;
    if (table.length > limits.rows) throw new UnreadableTable('rows', { most: limits.rows });
    if (row.length > limits.columns) throw new UnreadableTable('columns', { line, most: limits.columns });
    if (row.some((cell) => cell.trim().length > limits.cell))
      throw new UnreadableTable('cell', { line, most: limits.cell });
    table.push({ line, cells: row.map((cell) => cell.normalize('NFC').trim()) });
  }
  if (table.length < 2) throw new UnreadableTable('empty');
  return table;
}
