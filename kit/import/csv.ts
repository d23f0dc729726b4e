import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UnreadableTable } from './unreadable.ts';

const PIECE = 64 * 1024;
const MAX_RECORD = 200_000;

/** The rows of a CSV in UTF-8, with or without byte order mark, else in Big5. @throws UnreadableTable */
export async function* csvRows(bytes: Buffer): AsyncGenerator<string[]> {
  const text = decode(bytes);
  const parser = parse({ relax_column_count: true, max_record_size: MAX_RECORD });
  const pieces = Array.from({ length: Math.ceil(text.length / PIECE) }, (_, at) =>
    text.slice(at * PIECE, (at + 1) * PIECE),
  );
  Readable.from(pieces).pipe(parser);
  try {
    for await (const row of parser) yield row as string[];
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableTable('not_csv', { line: lineOf(error) }, error);
    throw error;
  }
}

function decode(bytes: Buffer): string {
  if (bytes.includes(0)) throw new UnreadableTable('type'); // UTF-16, or no text at all
  for (const encoding of ['utf-8', 'big5']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // the other one, then
    }
  }
  throw new UnreadableTable('encoding');
}

const lineOf = (error: CsvError): number => {
  const { lines } = error as CsvError & { lines?: unknown };
  return typeof lines === 'number' ? lines : 1;
};
