import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Db } from '#db/idp/tables.ts';
import { type ArchiveFile, listArchive, writeArchiveFile } from '../archive-files.ts';
import { GENESIS, leafOf, merkleRoot, sealHash } from '../merkle.ts';
import { listById } from '../store/records.ts';
import { findHead, listSeals } from '../store/seals.ts';
import type { Seal, SealBody, TrailRecord } from '../types.ts';

const SEALS_AT_ONCE = 200;
const RECORDS_AT_ONCE = 5000;
const HASH_DIGITS = 16;

/** A seal as a line of the archive. */
type ArchivedSeal = Omit<SealBody, 'leaves' | 'root' | 'previousHash'> & {
  root: string;
  previousHash: string;
  hash: string;
};

/**
 * Writes what was sealed since the newest file of the directory, each seal behind its records, for another system to
 * take away. A database that was restored to an earlier moment goes on beside the files of the time it has lost, which
 * stay: they tell what was done then.
 * @returns how many records were written
 */
export async function archiveAudit(db: Db, directory: string): Promise<number> {
  const head = await findHead(db);
  if (!head) return 0;
  let next = (await lastArchived(db, await listArchive(directory))) + 1;
  let total = 0;
  while (next <= head.number) {
    const seals = cut(await listSeals(db, next, head.number, SEALS_AT_ONCE));
    const last = seals.at(-1);
    if (!last) break;
    const lines: object[] = [];
    for (const seal of seals) {
      const records = await listById(db, seal.ids, seal.month);
      for (const id of seal.ids) lines.push({ record: records.get(id) ?? { id, missing: true } });
      lines.push({ seal: toLine(seal) });
      total += seal.ids.length;
    }
    const hash = last.hash.toString('hex').slice(0, HASH_DIGITS);
    await writeArchiveFile(directory, { from: next, to: last.number, hash }, lines);
    next = last.number + 1;
  }
  return total;
}

/** The number of the newest seal that is both in the archive and in this database. */
async function lastArchived(db: Db, files: ArchiveFile[]): Promise<number> {
  for (const { to, hash } of files.toReversed()) {
    const [seal] = await listSeals(db, to, to, 1);
    if (seal?.hash.toString('hex').startsWith(hash)) return to;
  }
  return 0;
}

/** Not more records in one file than fit into memory well; one seal in any case. */
function cut(seals: Seal[]): Seal[] {
  let records = 0;
  return seals.filter((seal, at) => (records += seal.ids.length) <= RECORDS_AT_ONCE || at === 0);
}

function toLine({ leaves: _leaves, root, previousHash, hash, ...seal }: Seal): ArchivedSeal {
  const hex = { root: root.toString('hex'), previousHash: previousHash.toString('hex') };
  return { ...seal, ...hex, hash: hash.toString('hex') };
}

/**
 * Recomputes an archive without any database: each record's leaf, each root, each link.
 * @returns what was looked at, and what does not fit, in words
 */
export async function verifyArchive(
  directory: string,
): Promise<{ seals: number; records: number; findings: string[] }> {
  const result = { seals: 0, records: 0, findings: [] as string[] };
  const known = new Set([GENESIS.toString('hex')]);
  for (const { name } of await listArchive(directory)) {
    let records: TrailRecord[] = [];
    const text = await readFile(path.join(directory, name), 'utf8');
    for (const line of text.split('\n').filter(Boolean)) {
      const entry = JSON.parse(line) as { record?: TrailRecord; seal?: ArchivedSeal };
      if (entry.record) records.push(entry.record);
      if (!entry.seal) continue;
      result.findings.push(...findFaults(entry.seal, records, known).map((what) => `${name}: ${what}`));
      known.add(entry.seal.hash);
      result.seals += 1;
      result.records += records.length;
      records = [];
    }
    if (records.length > 0) result.findings.push(`${name}: ${records.length} records without a seal`);
  }
  return result;
}

function findFaults(seal: ArchivedSeal, records: TrailRecord[], known: Set<string>): string[] {
  const faults: string[] = [];
  const { hash, ...body } = seal;
  const [root, previousHash] = [Buffer.from(seal.root, 'hex'), Buffer.from(seal.previousHash, 'hex')];
  if (!known.has(seal.previousHash)) faults.push(`seal ${seal.number} follows none that is here`);
  const leaves = records.map(leafOf);
  if (records.map(({ id }) => id).join() !== seal.ids.join() || !merkleRoot(leaves).equals(root)) {
    faults.push(`records of seal ${seal.number} are changed, missing or added`);
  }
  const computed = sealHash({ ...body, leaves: Buffer.concat(leaves), root, previousHash });
  if (computed.toString('hex') !== hash) faults.push(`seal ${seal.number} is changed`);
  return faults;
}
