import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Keyring, sealedUnder } from '#kit/keyring.ts';
import { openNationalId, settleNationalIdIndex } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { openPersonal } from '../enrollments/index.ts';
import { carryKeys } from './carried.ts';
import { SEALED_COLUMNS } from './columns.ts';
import { countNumberless, listSealed, replaceSealed } from './store.ts';
import type { ResealedRow, SealedColumn, SealedRow } from './types.ts';

export interface Resealing {
  db: Db;
  keyring: Keyring;
  /** Hears how many rows of a column were looked at, and how many of them sealed anew. */
  tell: (column: string, seen: number, resealed: number) => void;
  /** Only looks under which keys everything is. */
  dryRun?: boolean;
}

export interface ResealOutcome {
  resealed: number;
  /** Rows whose blind index is the newest key's from now on. */
  indexed: number;
  /** ID numbers whose rows could not be moved, because one of them stands in another's way. */
  conflicts: number;
  /** Subsystem accounts whose ID number nobody holds: they are found by what is carried of older keys. */
  numberless: number;
  /** How many values of each column each master key seals now, by the key's name. */
  under: Record<string, Record<string, number>>;
}

/**
 * Seals everything by the newest master key, and moves the blind indexes of ID numbers to it. Each batch is
 * written at once and only over what was read, so people go on working meanwhile; to stop and start again does
 * no harm and skips what is done.
 * @throws Error when a value was sealed by a key that is not in the ring
 */
export async function reseal(resealing: Resealing): Promise<ResealOutcome> {
  const { db } = resealing;
  const outcome: ResealOutcome = { resealed: 0, indexed: 0, conflicts: 0, numberless: 0, under: {} };
  outcome.numberless = resealing.dryRun ? 0 : await countNumberless(db);
  if (!resealing.dryRun) await carryKeys(db, resealing.keyring, outcome.numberless > 0);
  for (const column of SEALED_COLUMNS) await resealColumn(resealing, column, outcome);
  if (resealing.dryRun) return outcome;
  const { under: _under, ...told } = outcome;
  await db.transaction().execute((trx) => recordAudit(trx, { type: 'keys.resealed', details: told }));
  return outcome;
}

async function resealColumn(
  resealing: Resealing,
  column: SealedColumn,
  outcome: ResealOutcome,
): Promise<void> {
  const { db, keyring, tell, dryRun = false } = resealing;
  let [seen, resealed] = [0, 0];
  for (let after: string | undefined; ;) {
    const rows = await listSealed(db, column, after);
    if (rows.length === 0) return;
    if (!dryRun) for (const row of rows) await moveIndex(resealing, column, row, outcome);
    const changed = rows.flatMap(({ key, context, sealed }): ResealedRow[] => {
      const anew = dryRun ? undefined : keyring.reseal(column.purpose, sealed, context);
      count(outcome, column, anew ?? sealed);
      return anew ? [{ key, before: sealed, after: anew }] : [];
    });
    if (changed.length > 0) await replaceSealed(db, column, changed);
    seen += rows.length;
    resealed += changed.length;
    outcome.resealed += changed.length;
    after = rows.at(-1)?.key;
    tell(`${column.table}.${column.column}`, seen, resealed);
  }
}

function count({ under }: ResealOutcome, { table, column }: SealedColumn, sealed: Uint8Array): void {
  const columns = (under[sealedUnder(sealed)] ??= {});
  const name = `${table}.${column}`;
  columns[name] = (columns[name] ?? 0) + 1;
}

/** One number at a time, so that nobody waits for more than one row. */
async function moveIndex(
  { db, keyring }: Resealing,
  column: SealedColumn,
  row: SealedRow,
  outcome: ResealOutcome,
): Promise<void> {
  const nationalId = numberIn(keyring, column, row);
  if (nationalId === undefined || keyring.derive(column.purpose).length === 1) return;
  try {
    const { moved } = await transact(db, (trx) => settleNationalIdIndex(trx, keyring, nationalId));
    outcome.indexed += moved;
  } catch (error) {
    if (!isSqlState(error, UNIQUE_VIOLATION)) throw error;
    outcome.conflicts += 1;
  }
}

function numberIn(keyring: Keyring, { table }: SealedColumn, row: SealedRow): string | undefined {
  if (table === 'account') return openNationalId(keyring, row.sealed, row.context);
  if (table === 'enrollment') return openPersonal(keyring, row.context, row.sealed).nationalId;
  return undefined;
}
