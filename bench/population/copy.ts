import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type CopyValue = string | number | Buffer | Date | null;

const CHUNK = 256 * 1024;

/** Fills `table` with rows as fast as the server takes them (COPY). */
export async function copyRows(
  client: pg.Client,
  table: string,
  columns: string[],
  rows: Iterable<CopyValue[]>,
): Promise<void> {
  const target = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  await pipeline(Readable.from(chunksOf(rows), { objectMode: false }), target);
}

function* chunksOf(rows: Iterable<CopyValue[]>): Generator<string> {
  let text = '';
  for (const row of rows) {
    text += `${row.map(fieldOf).join('\t')}\n`;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function fieldOf(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  return value.replaceAll(
    /[\\\t\n\r]/g,
    (special) => ({ '\t': '\\t', '\n': '\\n', '\r': '\\r' })[special] ?? '\\\\',
  );
}
