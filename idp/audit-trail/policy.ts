import type { Finding, Horizon, SealHead, SealSpan, TrailRecord } from './types.ts';

const HOUR_MS = 3_600_000;

/** Whether the database was restored from a copy since it was last sealed: its transactions are counted anew. */
export function isRestored(head: SealHead, horizon: Horizon): boolean {
  return BigInt(horizon.xmax) < BigInt(head.xidTo);
}

/**
 * What to seal next. A transaction id is final once every one below it is over, so sealing up to that horizon
 * skips nothing that commits late.
 */
export function nextSpan(head: SealHead | undefined, horizon: Horizon): SealSpan {
  return { xidFrom: head?.xidTo ?? '0', xidTo: horizon.xmin, afterId: head?.afterId ?? 0 };
}

/**
 * The same after a restoration: first what the old counter still had to be sealed (`leftovers`), then whatever
 * has a later id than all of that.
 */
export function spansAfterRestoration(
  head: SealHead,
  horizon: Horizon,
  highestSealedId: number,
): { leftovers: SealSpan; span: SealSpan } {
  return {
    leftovers: { xidFrom: head.xidTo, xidTo: undefined, afterId: head.afterId },
    span: { xidFrom: '0', xidTo: horizon.xmin, afterId: highestSealedId },
  };
}

/**
 * The records a round seals, of those found in order of their transactions, and where the next begins: of a full
 * batch the last transaction is left out, for more of it may follow.
 * @returns undefined when one transaction alone fills the batch
 */
export function cutBatch(
  records: TrailRecord[],
  limit: number,
  xidTo: string | undefined,
): { records: TrailRecord[]; xidTo: string } | undefined {
  const last = records.at(-1);
  if (records.length < limit || !last) {
    return { records, xidTo: xidTo ?? (BigInt(last?.xid ?? '0') + 1n).toString() };
  }
  const whole = records.filter(({ xid }) => xid !== last.xid);
  return whole.length > 0 ? { records: whole, xidTo: last.xid } : undefined;
}

/** Records by the month (UTC) they are of, each month's in order of ids. */
export function byMonth(records: TrailRecord[]): [month: string, records: TrailRecord[]][] {
  const months = Map.groupBy(records, ({ at }) => `${at.slice(0, 7)}-01`);
  return [...months]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([month, group]) => [month, group.toSorted((a, b) => a.id - b.id)]);
}

/** The first moment of the month `months` after the one of `at`. */
export function monthStart(at: Date, months = 0): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
}

/**
 * Whether a record claims to be older than it can be: no transaction lives for an hour, so nothing sealed now
 * began an hour before the seal before.
 */
export function isBackdated(at: string, previousSealedAt: string | undefined): boolean {
  return previousSealedAt !== undefined && Date.parse(at) < Date.parse(previousSealedAt) - HOUR_MS;
}

/** A record gone from one place and found in another was changed, not removed and added. */
export function joinMoved(findings: Finding[]): Finding[] {
  const added = new Set(findings.filter(({ kind }) => kind === 'record_added').map(({ record }) => record));
  const moved = new Set(
    findings
      .filter(({ kind, record }) => kind === 'record_missing' && added.has(record))
      .map((f) => f.record),
  );
  return findings
    .filter(({ kind, record }) => !(kind === 'record_added' && moved.has(record)))
    .map((finding) =>
      finding.kind === 'record_missing' && moved.has(finding.record)
        ? { ...finding, kind: 'record_changed' }
        : finding,
    );
}
