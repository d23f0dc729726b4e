import { createHash } from 'node:crypto';
import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import { safeFileName } from '#kit/file-type.ts';
import { recordAudit } from '../../audit/index.ts';
import { UnreadableFile } from '../decode.ts';
import type { Doer, RegisterDeps } from '../deps.ts';
import { parseRegister } from '../parse.ts';
import { findImportUnderWay, insertImport, updateImport } from '../store/imports.ts';
import { insertRows } from '../store/rows.ts';
import type { RegisterRow, UnitImport, Unreadable } from '../types.ts';

/** Five times the institutions there are. */
export const MAX_BYTES = 192 * 1024 * 1024;
export const MAX_ROWS = 1_000_000;
const BATCH = 2000;

export interface RegisterFile {
  name: string;
  bytes: AsyncIterable<Buffer>;
  isCut(): boolean;
}

export type Received =
  | { taken: true; id: string }
  | { taken: false; reason: 'under_way'; by: UnitImport | undefined }
  | { taken: false; reason: 'unreadable'; id: string; why: Unreadable };

/**
 * Takes in a register file while it comes, two thousand rows to a transaction, into the rows of a new import; nothing
 * of the register itself changes. What cannot be read as a whole ends the import.
 */
export async function receiveRegister({ db }: RegisterDeps, by: Doer, file: RegisterFile): Promise<Received> {
  const fileName = safeFileName(file.name);
  const id = await db
    .transaction()
    .execute(async (trx) => {
      const started = await insertImport(trx, { accountId: by.accountId, fileName });
      await recordAudit(trx, {
        type: 'unit_import.started',
        ...who(by),
        details: { import: started, fileName },
      });
      return started;
    })
    .catch((error: unknown) => {
      if (isSqlState(error, UNIQUE_VIOLATION)) return undefined;
      throw error;
    });
  if (id === undefined) return { taken: false, reason: 'under_way', by: await findImportUnderWay(db) };
  try {
    await takeRows(db, id, file);
    return { taken: true, id };
  } catch (error) {
    const known = error instanceof UnreadableFile;
    const why = known ? error.reason : 'broken_off';
    const details = known ? Object.values(error.details).join(' ') : '';
    await updateImport(db, id, 'receiving', { status: 'failed', failure: `${why} ${details}`.trim() });
    if (!known && !isStreamEnd(error)) throw error;
    return { taken: false, reason: 'unreadable', id, why };
  }
}

async function takeRows(db: RegisterDeps['db'], id: string, file: RegisterFile): Promise<void> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of file.bytes) {
      sha256.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    if (file.isCut()) throw new UnreadableFile('too_large');
  };
  let rowCount = 0;
  const put = async (rows: RegisterRow[]): Promise<void> => {
    rowCount += rows.length;
    if (rowCount > MAX_ROWS) throw new UnreadableFile('too_many_rows');
    await db.transaction().execute(async (trx) => {
      // whoever has cancelled it, or taken it for broken off, is obeyed
      const goesOn = await updateImport(trx, id, 'receiving', { bytes, row_count: rowCount });
      if (!goesOn) throw new UnreadableFile('broken_off');
      await insertRows(trx, id, rows);
    });
  };
  let encoding = '';
  let columns: string[] = [];
  let batch: RegisterRow[] = [];
  const rows = parseRegister(counted(), (found) => ({ encoding, columns } = found));
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    await put(batch);
    batch = [];
  }
  if (batch.length > 0) await put(batch);
  if (rowCount === 0) throw new UnreadableFile('empty');
  const whole = { status: 'checking', bytes, encoding, columns, sha256: sha256.digest() } as const;
  const goesOn = await updateImport(db, id, 'receiving', whole);
  if (!goesOn) throw new UnreadableFile('broken_off');
}

/** The browser went away, or its line broke. */
function isStreamEnd(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'ABORT_ERR';
}

function who({ accountId, caller }: Doer) {
  return { accountId, ...(caller && { caller }) };
}
