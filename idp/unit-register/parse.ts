import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { readHeading } from './columns.ts';
import { type Encoding, UnreadableFile, decodeText } from './decode.ts';
import { readRow } from './policy.ts';
import type { RegisterColumn, RegisterRow } from './types.ts';

/** A row of a register is a few hundred characters; more is a quote that never ends. */
const MAX_ROW = 20_000;

/**
 * The rows of a register file as it comes in, each read and checked in itself; only a piece of it is ever in memory.
 * @param onStart told once the first line was understood
 * @throws UnreadableFile when it cannot be taken as a whole
 */
export async function* parseRegister(
  chunks: AsyncIterable<Buffer>,
  onStart: (file: { encoding: Encoding; columns: RegisterColumn[] }) => void,
): AsyncGenerator<RegisterRow> {
  let encoding: Encoding = 'utf-8';
  let columns: (RegisterColumn | undefined)[] | undefined;
  let rowNo = 0;
  for await (const { record, info } of readRecords(chunks, (found) => (encoding = found))) {
    if (!columns) {
      const heading = readHeading(record);
      if (!heading.ok) throw new UnreadableFile(heading.reason, { columns: heading.columns.join(' ') });
      columns = heading.columns;
      onStart({ encoding, columns: columns.filter((column) => column !== undefined) });
      continue;
    }
    rowNo += 1;
    const cells: Partial<Record<RegisterColumn, string>> = {};
    for (const [at, column] of columns.entries()) if (column) cells[column] = record[at] ?? '';
    const { values, faults } = readRow(cells);
    const isWhole = record.length === columns.length;
    yield { ...values, rowNo, line: info.lines, faults: isWhole ? faults : ['row.cells', ...faults] };
  }
  if (!columns) throw new UnreadableFile('empty');
}

async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  onEncoding: (encoding: Encoding) => void,
): AsyncGenerator<{ record: string[]; info: Info }> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW,
  });
  const source = Readable.from(decodeText(chunks, onEncoding));
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const entry of parser) yield entry as { record: string[]; info: Info };
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableFile('not_csv', { line: lineOf(error) }, error);
    throw error;
  } finally {
    source.destroy();
  }
}

function lineOf(error: CsvError): number {
  return 'lines' in error && typeof error.lines === 'number' ? error.lines : 0;
}
