import { createHash } from 'node:crypto';
import type { SealBody, TrailRecord } from './types.ts';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
export const HASH_BYTES = 32;
/** What the first seal follows. */
export const GENESIS = Buffer.alloc(HASH_BYTES);

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The canonical bytes of a record: a JSON array of its columns in this order, UTF-8. */
export function canonicalRecord(record: TrailRecord): string {
  const { id, at, type, outcome, reason, accountId, actorAccountId, clientId, sessionUid } = record;
  const { fromSubsystemAccountId, toSubsystemAccountId, ip, userAgent, requestId } = record;
  return JSON.stringify([
    ...['audit-record-1', id, at, type, outcome, reason, accountId, actorAccountId, clientId, sessionUid],
    ...[fromSubsystemAccountId, toSubsystemAccountId, ip, userAgent, requestId],
    ...[record.details, record.unitCode, record.xid],
  ]);
}

/** RFC 9162 §2.1.1: the leaf hash of a record. */
export function leafOf(record: TrailRecord): Buffer {
  return sha256(LEAF, canonicalRecord(record));
}

/** RFC 9162 §2.1.1: the root over leaves in their order. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (!only) return sha256();
  if (leaves.length === 1) return only;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(NODE, merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)));
}

/** The leaves of a seal, one by one. */
export function splitLeaves(leaves: Buffer): Buffer[] {
  return Array.from({ length: leaves.length / HASH_BYTES }, (_, index) =>
    leaves.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** The hash that the next seal names: over everything this one says. */
export function sealHash(seal: SealBody): Buffer {
  return sha256(
    JSON.stringify([
      ...['audit-seal-1', seal.number, seal.month, seal.xidFrom, seal.xidTo, seal.afterId, seal.firstAt],
      ...[seal.lastAt, seal.root.toString('hex'), seal.previousHash.toString('hex'), seal.sealedAt],
      seal.ids,
    ]),
  );
}
