import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RegisterColumn } from './types.ts';

interface ColumnLabel {
  required: boolean;
  /** Headings it goes by; the first is the one of our own template. */
  names: string[];
}

const label = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'labels', file), 'utf8'));

const COLUMNS = label('columns.json') as Record<RegisterColumn, ColumnLabel>;

/** Words of the register for what we keep as codes. */
export const TERMS = label('terms.json') as {
  active: string[];
  closed: string[];
  levels: Record<string, string>;
};

/** Every column with its own heading, in the order of the template. */
export const COLUMN_NAMES = Object.entries(COLUMNS).map(([column, { names, required }]) => ({
  column: column as RegisterColumn,
  name: names[0] ?? column,
  required,
}));

const byName = new Map(
  Object.entries(COLUMNS).flatMap(([column, { names }]) =>
    [column, ...names].map((name) => [plain(name), column as RegisterColumn] as const),
  ),
);

export type Heading =
  | { ok: true; columns: (RegisterColumn | undefined)[] }
  | { ok: false; reason: 'columns_missing' | 'columns_repeated'; columns: RegisterColumn[] };

/** Which of our columns each cell of the first line names; columns we do not know are passed over. */
export function readHeading(cells: string[]): Heading {
  const columns = cells.map((cell) => byName.get(plain(cell)));
  const known = columns.filter((column) => column !== undefined);
  const repeated = known.filter((column, at) => known.indexOf(column) !== at);
  if (repeated.length > 0) return { ok: false, reason: 'columns_repeated', columns: repeated };
  const missing = COLUMN_NAMES.filter(({ column, required }) => required && !known.includes(column));
  if (missing.length > 0) {
    return { ok: false, reason: 'columns_missing', columns: missing.map(({ column }) => column) };
  }
  return { ok: true, columns };
}

function plain(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\s_*-]/g, '')
    .toLowerCase();
}
