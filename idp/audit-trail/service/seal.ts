import type { Db, Trx } from '#db/idp/tables.ts';
import { GENESIS, leafOf, merkleRoot, sealHash } from '../merkle.ts';
import { byMonth, cutBatch, isRestored, nextSpan, spansAfterRestoration } from '../policy.ts';
import { countSpan, listSpan } from '../store/records.ts';
import { findHead, highestSealedId, insertSeal, lockSealing, readHorizon } from '../store/seals.ts';
import type { Horizon, Seal, SealHead, SealSpan, TrailRecord } from '../types.ts';

const BATCH = 5000;

/**
 * Chains what was committed since the last seal: each month's records into one seal, the seals in one row. Any
 * number of replicas may ask; one works, and a number is given once. Nothing is lost when it dies in the middle:
 * seals stand or fall with their transaction.
 * @returns how many records were sealed
 */
export async function sealAudit({ db }: { db: Db }): Promise<number> {
  let total = 0;
  for (let more = true; more;) {
    const sealed = await db.transaction().execute(sealBatch);
    total += sealed.records;
    more = sealed.more;
  }
  return total;
}

/** How many records wait to be sealed. */
export async function countUnsealed(db: Db): Promise<number> {
  const head = await findHead(db);
  return countSpan(db, { xidFrom: head?.xidTo ?? '0', xidTo: undefined, afterId: head?.afterId ?? 0 });
}

async function sealBatch(trx: Trx): Promise<{ records: number; more: boolean }> {
  if (!(await lockSealing(trx))) return { records: 0, more: false };
  const head = await findHead(trx);
  const horizon = await readHorizon(trx);
  const batch = await nextBatch(trx, head, horizon);
  if (batch.records.length === 0) return { records: 0, more: false };
  let previous = head;
  for (const [month, records] of byMonth(batch.records)) {
    const seal = makeSeal({ ...batch.span, xidTo: batch.xidTo }, month, records, previous, horizon);
    await insertSeal(trx, seal);
    previous = seal;
  }
  return { records: batch.records.length, more: batch.xidTo !== horizon.xmin };
}

async function nextBatch(trx: Trx, head: SealHead | undefined, horizon: Horizon) {
  if (!head || !isRestored(head, horizon)) return readBatch(trx, nextSpan(head, horizon));
  const { leftovers, span } = spansAfterRestoration(head, horizon, await highestSealedId(trx));
  const old = await readBatch(trx, leftovers);
  return old.records.length > 0 ? old : readBatch(trx, span);
}

async function readBatch(trx: Trx, span: SealSpan) {
  const found = await listSpan(trx, span, BATCH);
  const cut = cutBatch(found, BATCH, span.xidTo);
  if (cut) return { span, ...cut };
  // one deed wrote more than a batch: it is sealed whole
  const xid = found.at(-1)?.xid ?? '0';
  const xidTo = (BigInt(xid) + 1n).toString();
  return { span, records: await listSpan(trx, { ...span, xidFrom: xid, xidTo }), xidTo };
}

function makeSeal(
  span: SealSpan & { xidTo: string },
  month: string,
  records: TrailRecord[],
  previous: Pick<SealHead, 'number' | 'hash'> | undefined,
  horizon: Horizon,
): Seal {
  const leaves = records.map(leafOf);
  const moments = records.map(({ at }) => at).toSorted();
  const body = {
    number: (previous?.number ?? 0) + 1,
    month,
    xidFrom: span.xidFrom,
    xidTo: span.xidTo,
    afterId: span.afterId,
    ids: records.map(({ id }) => id),
    leaves: Buffer.concat(leaves),
    root: merkleRoot(leaves),
    firstAt: moments[0] ?? '',
    lastAt: moments.at(-1) ?? '',
    previousHash: previous?.hash ?? GENESIS,
    sealedAt: horizon.at,
  };
  return { ...body, hash: sealHash(body) };
}
