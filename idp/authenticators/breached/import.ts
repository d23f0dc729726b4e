import type { Db, Trx } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { recordAudit } from '../../audit/index.ts';
import { HashEntries, NotAHash, mergeSuffixes } from './entries.ts';
import type { HashSource, Piece } from './source.ts';
import { type HashRow, listRows, lockImport, lockImports, saveImport, writeRows } from './store.ts';

/** So many hashes are sorted and written at a time: 8 MB of memory, a second of work. */
const BATCH = 1_000_000;
const SHORTEST_LINE = 41;
/** What one statement writes at most. */
const ROWS = 5000;
const BYTES = 4 << 20;

export interface ImportOutcome {
  /** Of the whole list, those of earlier runs included. */
  hashes: number;
  /** Whether an earlier run had come to the end already. */
  wasDone: boolean;
}

/**
 * Takes a list of leaked passwords into the database beside what is there. Each batch is one transaction that
 * also notes how far the list was read, so that an interrupted import goes on there.
 * @param options `tell` hears how far it is, after each batch; `anew` reads a list again from its beginning
 * @throws ConfigurationError naming the file and line that is no hash; what was read before it stays
 */
export async function importBreached(
  db: Db,
  source: HashSource,
  options: { tell?: (position: number, hashes: number) => void; anew?: boolean; batch?: number } = {},
): Promise<ImportOutcome> {
  const { tell = () => {}, anew = false, batch = BATCH } = options;
  const before = await db.transaction().execute((trx) => lockImport(trx, source.id));
  if (before?.isFinished && !anew) return { hashes: before.hashes, wasDone: true };
  let { position, hashes } = before && !anew ? before : { position: 0, hashes: 0 };
  let entries = new HashEntries(batch);

  const flush = async (isLast: boolean): Promise<void> => {
    const read = entries.count;
    const rows = entries.takeRows();
    await db.transaction().execute(async (trx) => {
      await lockImports(trx);
      for (const part of portions(rows)) await addRows(trx, part);
      await saveImport(trx, source.id, { position, hashes: hashes + read, isFinished: isLast });
      if (isLast) {
        await recordAudit(trx, { type: 'breached_passwords.imported', details: { hashes: hashes + read } });
      }
    });
    hashes += read;
    tell(position, hashes);
  };

  for await (const piece of source.read(position)) {
    const most = Math.ceil((piece.lines.length + 1) / (SHORTEST_LINE - piece.prefix.length));
    if (entries.count > 0 && entries.count + most > entries.capacity) await flush(false);
    if (most > entries.capacity) entries = new HashEntries(most);
    take(entries, piece);
    position = piece.position;
  }
  await flush(true);
  return { hashes, wasDone: false };
}

function take(entries: HashEntries, piece: Piece): void {
  const read = entries.count;
  try {
    entries.read(piece.lines, piece.prefix);
  } catch (error) {
    if (!(error instanceof NotAHash)) throw error;
    entries.count = read;
    const where = piece.prefix === '' ? `before byte ${piece.position}, ` : '';
    throw new ConfigurationError(`${piece.name}: ${where}${error.message}`, { cause: error });
  }
}

async function addRows(trx: Trx, rows: HashRow[]): Promise<void> {
  const present = await listRows(
    trx,
    rows.map(({ prefix }) => prefix),
  );
  const suffixesOf = new Map(present.map(({ prefix, suffixes }) => [prefix, suffixes]));
  const merged = rows.map(({ prefix, suffixes }) => {
    const known = suffixesOf.get(prefix);
    return { prefix, suffixes: known ? mergeSuffixes(known, suffixes) : suffixes };
  });
  await writeRows(trx, merged);
}

/** The rows in portions that one statement takes. */
function* portions(rows: HashRow[]): Generator<HashRow[]> {
  let portion: HashRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    portion.push(row);
    bytes += row.suffixes.length;
    if (portion.length < ROWS && bytes < BYTES) continue;
    yield portion;
    [portion, bytes] = [[], 0];
  }
  if (portion.length > 0) yield portion;
}
