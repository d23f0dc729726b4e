import type { Trx } from '#db/idp/tables.ts';
import { recordAudit } from '../../audit/index.ts';
import { endGrantsOfUnits } from '../../subsystem-accounts/index.ts';
import type { RegisterDeps } from '../deps.ts';
import { applicationRefusal, changesClaims, judgeRow } from '../policy.ts';
import { addCounts, claimImport, updateImport } from '../store/imports.ts';
import { listApplicable, listUnjudged, recordOutcomes, recordVerdicts } from '../store/rows.ts';
import { insertUnits, readUnits, updateUnits } from '../store/units.ts';
import type { Counts, JudgedRow, UnitImport } from '../types.ts';

export const CHECK_BATCH = 4000;
export const APPLY_BATCH = 1000;

/**
 * Does the next batch of whatever import there is, in one transaction with its marker: whoever is killed in the
 * middle has done nothing, and the next one, here or in another replica, begins where the last commit left off.
 * @returns whether there was anything to do
 */
export async function advanceImport(
  { db }: RegisterDeps,
  batches = { check: CHECK_BATCH, apply: APPLY_BATCH },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const found = await claimImport(trx);
    if (!found) return false;
    await (found.status === 'checking'
      ? checkBatch(trx, found, batches.check)
      : applyBatch(trx, found, batches.apply));
    return true;
  });
}

async function checkBatch(trx: Trx, { id, checkedTo }: UnitImport, limit: number): Promise<void> {
  const rows = await listUnjudged(trx, id, checkedTo, limit);
  const units = await readUnits(
    trx,
    rows.map(({ code }) => code),
    false,
  );
  const judged = rows.map((row) => ({
    rowNo: row.rowNo,
    judgement: judgeRow(row, units.get(row.code), row.isRepeated),
  }));
  if (judged.length > 0) await recordVerdicts(trx, id, judged);
  await addCounts(trx, id, countBy(judged.map(({ judgement }) => judgement.verdict)));
  const last = rows.at(-1)?.rowNo ?? checkedTo;
  await updateImport(trx, id, 'checking', {
    checked_to: last,
    ...(rows.length < limit && { status: 'previewed' }),
  });
}

async function applyBatch(trx: Trx, found: UnitImport, limit: number): Promise<void> {
  const { id, appliedTo } = found;
  const rows = await listApplicable(trx, id, appliedTo, limit);
  const units = await readUnits(
    trx,
    rows.map(({ code }) => code),
    true,
  );
  const refusals = new Map(rows.map((row) => [row.rowNo, applicationRefusal(row, units.get(row.code))]));
  const accepted = rows.filter(({ rowNo }) => refusals.get(rowNo) === undefined);
  const added = await insertUnits(
    trx,
    accepted.filter(({ verdict }) => verdict === 'new'),
  );
  const updated = accepted.filter(({ verdict }) => verdict !== 'new');
  await updateUnits(trx, updated);
  await endGrantsOfUnits(trx, claimsChanged(updated), 'unit_changed');
  const outcomes = rows.map(({ rowNo, code, verdict }) => ({
    rowNo,
    outcome: refusals.get(rowNo) ?? (verdict === 'new' && !added.has(code) ? 'changed_meanwhile' : 'done'),
  }));
  const skipped = outcomes.filter(({ outcome }) => outcome !== 'done').length;
  if (rows.length > 0) await recordOutcomes(trx, id, outcomes);
  await addCounts(trx, id, { skipped });
  const isLast = rows.length < limit;
  await updateImport(trx, id, 'applying', {
    applied_to: isLast ? found.rowCount : (rows.at(-1)?.rowNo ?? appliedTo),
    ...(isLast && { status: 'applied' }),
  });
  if (isLast) {
    const { new: fresh, changed, closed, skipped: before } = found.counts;
    await recordAudit(trx, {
      type: 'unit_import.applied',
      accountId: found.startedBy,
      details: { import: id, fresh, changed, closed, skipped: before + skipped },
    });
  }
}

function claimsChanged(rows: JudgedRow[]): string[] {
  return rows.filter(({ changes }) => changes && changesClaims(changes)).map(({ code }) => code);
}

function countBy(verdicts: (keyof Counts)[]): Partial<Counts> {
  const counts: Partial<Counts> = {};
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
