import type { Trx } from '#db/mch/tables.ts';
import { transact } from '#db/transact.ts';
import { SECOND } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { recordAudit } from '../../audit/index.ts';
import {
  type StoredImport,
  listImportRows,
  lockImport,
  releaseImport,
  settleRow,
  takeImport,
} from '../store/imports.ts';
import type { Actor, RecordKind } from '../types.ts';
import { Refused } from './follow.ts';
import { type ImportDeps, type RowOutcome, judgeRow, openCells, refusal, takeRow } from './import.ts';
import { type ImportRights, RightsUnknown, bringerOf, mayImport } from './import-rights.ts';

const LEASE_MS = 120 * SECOND;
/** So long one turn works on an import; a stop waits no longer than this. */
const TURN_MS = 3 * SECOND;
const AT_ONCE = 100;

type Taken = StoredImport & { lease: string };
type RunDeps = ImportDeps & { log: Log; rightsOf: ImportRights };

/**
 * One turn of whatever files wait: a replica takes a file for a while and does its rows, each with its progress in
 * one transaction, so that a replica that dies takes nothing with it and nothing is done twice. What whoever brought it
 * may do is asked again and again: the rights of now count, and while nobody can tell them the file waits.
 */
export async function runImports(deps: RunDeps): Promise<void> {
  const until = performance.now() + TURN_MS;
  while (performance.now() < until) {
    const taken = await takeImport(deps.db, deps.clock(), LEASE_MS);
    if (!taken) return;
    try {
      await work(deps, taken, until);
    } catch (error) {
      if (error instanceof RightsUnknown) {
        deps.log.warn({ err: error, import: taken.id }, 'an import waits');
        await releaseImport(deps.db, taken, {});
        return;
      }
      if (error instanceof RightsOver) {
        await end(deps, taken, 'failed', 'rights');
        continue;
      }
      deps.log.error({ err: error, import: taken.id }, 'an import failed');
      await end(deps, taken, 'failed');
    }
  }
}

/** Whoever brought the file may bring it no more. */
class RightsOver extends Error {}

/** Whoever brought the file, with what they may do now. @throws RightsOver, RightsUnknown */
async function actorNow(deps: RunDeps, one: Taken, kind: RecordKind): Promise<Actor> {
  const actor = await deps.rightsOf(bringerOf(one.actor));
  if (!actor || !mayImport(actor, kind)) throw new RightsOver();
  return actor;
}

async function work(deps: RunDeps, one: Taken, until: number): Promise<void> {
  const kind = deps.kindOf(one.kind);
  const isChecking = one.status === 'checking';
  if (one.status === 'writing' && one.isAll) return writeAll(deps, one, kind);
  let at = one.doneTo;
  while (at < one.rowCount) {
    const rows = await listImportRows(deps.db, one.id, { after: at }, AT_ONCE);
    const actor = await actorNow(deps, one, kind);
    for (const { rowNo, cells } of rows) {
      if (!cells) throw new Error(`row ${rowNo} has no cells`);
      const told = { kind, actor, one, cells: openCells(deps, one.id, cells) };
      const isOurs = isChecking
        ? await checkOne(deps, one, rowNo, told)
        : await takeOne(deps, one, rowNo, told);
      if (!isOurs) return;
      at = rowNo;
      if (performance.now() > until) return void (await releaseImport(deps.db, one, {}));
    }
  }
  if (!isChecking) return end(deps, one, 'done');
  const [faulty] = await listImportRows(deps.db, one.id, { after: 0, faulty: true }, 1);
  if (faulty) return end(deps, one, 'refused');
  await releaseImport(deps.db, one, { status: 'writing', doneTo: 0 });
}

type Told = Parameters<typeof takeRow>[2];

async function checkOne(deps: ImportDeps, one: Taken, rowNo: number, told: Told): Promise<boolean> {
  const { findings } = await judgeRow(deps, deps.db, told);
  return transact(deps.db, async (trx) => {
    if ((await lockImport(trx, one)) !== rowNo - 1) return false;
    await settleRow(
      trx,
      { id: one.id, rowNo },
      { outcome: findings.length > 0 ? 'faulty' : undefined, findings },
    );
    return true;
  });
}

/** A row and how far the file is done stand or fall together; a refusal of the area undoes the row alone. */
async function takeOne(deps: ImportDeps, one: Taken, rowNo: number, told: Told): Promise<boolean> {
  const settle = async (trx: Trx, make: () => Promise<RowOutcome>): Promise<boolean> => {
    if ((await lockImport(trx, one)) !== rowNo - 1) return false;
    await settleRow(trx, { id: one.id, rowNo }, await make());
    return true;
  };
  try {
    return await transact(deps.db, (trx) => settle(trx, () => takeRow(deps, trx, told)));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const refused: RowOutcome = { outcome: 'faulty', findings: [refusal(error.reason)] };
    return transact(deps.db, (trx) => settle(trx, () => Promise.resolve(refused)));
  }
}

/** A row that is in the way of a file that is taken whole or not at all. */
class InTheWay extends Error {
  readonly rowNo: number;
  readonly outcome: RowOutcome;

  constructor(rowNo: number, outcome: RowOutcome) {
    super('a row is in the way');
    this.rowNo = rowNo;
    this.outcome = outcome;
  }
}

/** Every row in one transaction, or none; by the rights at its beginning, which still hold at its end. */
async function writeAll(deps: RunDeps, one: Taken, kind: RecordKind): Promise<void> {
  const actor = await actorNow(deps, one, kind);
  await transact(deps.db, async (trx) => {
    if ((await lockImport(trx, one)) === undefined) return;
    for (let at = 0; at < one.rowCount;) {
      for (const { rowNo, cells } of await listImportRows(trx, one.id, { after: at }, AT_ONCE)) {
        if (!cells) throw new Error(`row ${rowNo} has no cells`);
        const outcome = await takeRow(deps, trx, {
          kind,
          actor,
          one,
          cells: openCells(deps, one.id, cells),
        }).catch((error: unknown): RowOutcome => {
          if (!(error instanceof Refused)) throw error;
          return { outcome: 'faulty', findings: [refusal(error.reason)] };
        });
        if (outcome.outcome === 'faulty') throw new InTheWay(rowNo, outcome);
        await settleRow(trx, { id: one.id, rowNo }, outcome);
        at = rowNo;
      }
    }
    await actorNow(deps, one, kind);
    await endIn(trx, deps, one, 'done');
  }).catch(async (error: unknown) => {
    if (!(error instanceof InTheWay)) throw error;
    await transact(deps.db, async (trx) => {
      await settleRow(trx, { id: one.id, rowNo: error.rowNo }, error.outcome);
      await endIn(trx, deps, one, 'refused');
    });
  });
}

async function end(
  deps: ImportDeps,
  one: Taken,
  status: 'done' | 'refused' | 'failed',
  because: StoredImport['endedBecause'] = null,
): Promise<void> {
  await transact(deps.db, (trx) => endIn(trx, deps, one, status, because));
}

async function endIn(
  trx: Trx,
  deps: ImportDeps,
  one: Taken,
  status: 'done' | 'refused' | 'failed',
  because: StoredImport['endedBecause'] = null,
): Promise<void> {
  if (!(await releaseImport(trx, one, { status, endedAt: deps.clock(), endedBecause: because }))) return;
  const { sub, accountId } = bringerOf(one.actor);
  await recordAudit(trx, {
    type: 'records.imported',
    outcome: status === 'done' ? 'success' : 'refused',
    ...(status === 'done' ? {} : { reason: because ?? status }),
    sub,
    accountId,
  });
}
