import type { Db } from '#db/idp/tables.ts';
import { GENESIS, leafOf, merkleRoot, sealHash, splitLeaves } from '../merkle.ts';
import { isBackdated, joinMoved, monthStart } from '../policy.ts';
import { firstRecordAt, listById, retiredBefore } from '../store/records.ts';
import { findHead, listSeals, listUncovered, sealNumbers } from '../store/seals.ts';
import type { Finding, Seal, SealHead, Verification, VerificationSpan } from '../types.ts';
import { type CheckpointDeps, checkCheckpoints } from './checkpoints.ts';
import { countUnsealed } from './seal.ts';

const SEALS_AT_ONCE = 50;
const MOST_FINDINGS = 500;
const DAY_MS = 86_400_000;

export interface VerifyDeps extends CheckpointDeps {
  db: Db;
}

/** Told of how far a verification has come. */
export type Progress = (done: number, total: number) => Promise<void> | void;

type Previous = Pick<SealHead, 'number' | 'hash' | 'sealedAt'>;

/**
 * Recomputes every leaf, root and link of the seals made in a span of time, looks for records of that time in no
 * seal, and compares the chain with the signed checkpoints. Changes nothing; may run beside everything else.
 * @returns what is changed, missing or added, record by record
 */
export async function verifyAudit(
  deps: VerifyDeps,
  span: VerificationSpan = {},
  progress: Progress = () => {},
): Promise<Verification> {
  const { db } = deps;
  const result: Verification = {
    ...{ seals: 0, records: 0, retired: 0, unsealed: 0, checkpoints: 0 },
    ...{ findings: [], cut: false },
  };
  const head = await findHead(db);
  result.unsealed = await countUnsealed(db);
  if (!head) return result;
  const numbers = await sealNumbers(db, span);
  if (numbers) await verifySeals(db, numbers, result, progress);
  await findAdded(db, span, head, result);
  // without limits every checkpoint counts, also of seals that are no longer there
  const limited = span.from !== undefined || span.to !== undefined;
  await checkCheckpoints(deps, limited ? (numbers ?? { first: 1, last: 0 }) : undefined, result);
  result.findings = joinMoved(result.findings);
  result.cut = result.findings.length > MOST_FINDINGS;
  result.findings.splice(MOST_FINDINGS);
  return result;
}

async function verifySeals(
  db: Db,
  { first, last }: { first: number; last: number },
  result: Verification,
  progress: Progress,
): Promise<void> {
  const retired = await retiredBefore(db);
  let [previous] = (await listSeals(db, first - 1, first - 1, 1)) as (Previous | undefined)[];
  if (!previous && first > 1) result.findings.push({ kind: 'seal_missing', seal: first - 1 });
  let next = first;
  while (next <= last) {
    const seals = await listSeals(db, next, last, SEALS_AT_ONCE);
    if (seals.length === 0) break;
    for (const seal of seals) {
      for (; next < seal.number; next += 1) note(result, { kind: 'seal_missing', seal: next });
      checkLink(seal, previous, result);
      if (retired !== undefined && seal.lastAt < retired) result.retired += seal.ids.length;
      else await checkRecords(db, seal, previous, result);
      result.seals += 1;
      previous = seal;
      next = seal.number + 1;
    }
    await progress(result.seals, last - first + 1);
  }
}

/** Whether a seal says what it said, and follows the one before. */
function checkLink(seal: Seal, previous: Previous | undefined, result: Verification): void {
  const unchanged =
    sealHash(seal).equals(seal.hash) && merkleRoot(splitLeaves(seal.leaves)).equals(seal.root);
  if (!unchanged) note(result, { kind: 'seal_changed', seal: seal.number });
  const expected = seal.number === 1 ? GENESIS : previous?.hash;
  if (expected && !expected.equals(seal.previousHash)) {
    note(result, { kind: 'chain_broken', seal: seal.number });
  }
}

async function checkRecords(
  db: Db,
  seal: Seal,
  previous: Previous | undefined,
  result: Verification,
): Promise<void> {
  const records = await listById(db, seal.ids, seal.month);
  const leaves = splitLeaves(seal.leaves);
  seal.ids.forEach((id, index) => {
    const record = records.get(id);
    result.records += 1;
    const place = { seal: seal.number, record: id };
    if (!record) note(result, { kind: 'record_missing', ...place });
    else if (!leaves[index]?.equals(leafOf(record))) {
      note(result, { kind: 'record_changed', ...place, at: record.at });
    } else if (isBackdated(record.at, previous?.sealedAt)) {
      note(result, { kind: 'record_backdated', ...place, at: record.at });
    }
  });
}

/** Records that no seal covers although their transactions are long over: day by day, so that none waits long. */
async function findAdded(
  db: Db,
  span: VerificationSpan,
  head: SealHead,
  result: Verification,
): Promise<void> {
  const earliest = await firstRecordAt(db);
  if (!earliest) return;
  const begin = span.from && span.from > earliest ? span.from : earliest;
  // a month more than now: whoever adds records may have dated them ahead
  const end = span.to ?? monthStart(new Date(head.sealedAt), 2);
  for (let from = begin; from < end; from = new Date(from.getTime() + DAY_MS)) {
    const to = new Date(Math.min(from.getTime() + DAY_MS, end.getTime()));
    const added = await listUncovered(db, { from, to, head, limit: MOST_FINDINGS });
    for (const { id, at } of added) note(result, { kind: 'record_added', record: id, at });
  }
}

function note(result: Verification, finding: Finding): void {
  // one more than is shown, so that the cut shows; pairs are joined afterwards
  if (result.findings.length <= 2 * MOST_FINDINGS) result.findings.push(finding);
}
