import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { Db } from '#db/idp/tables.ts';
import { SECOND, after } from '#kit/clock.ts';
import {
  type SigningKeyDeps,
  findPublicKey,
  loadKeySnapshot,
  signCompact,
} from '../../signing-keys/index.ts';
import { listCheckpointFiles, writeCheckpoint } from '../checkpoint-files.ts';
import { findCheckpoint, insertCheckpoint, listCheckpoints, lockCheckpoints } from '../store/checkpoints.ts';
import { findHead, listSeals } from '../store/seals.ts';
import type { CheckpointStatement, Verification } from '../types.ts';

const TYPE = 'audit-checkpoint+jws';
const ALGORITHM = 'ES256';

export interface CheckpointDeps extends SigningKeyDeps {
  issuer: string;
  audit: { checkpointDir: string | undefined; checkpointSeconds: number };
}

/**
 * Signs how far the chain has come, at most once per `checkpointSeconds` unless `force`, and brings the directory
 * of checkpoints, when one is set, up to date. What is signed by the identity provider's key and kept elsewhere
 * cannot be recomputed by whoever rewrites the database.
 * @returns the number of the newest seal signed for, when there is one
 */
export async function signCheckpoint(deps: CheckpointDeps, force = false): Promise<number | undefined> {
  const { keys } = await loadKeySnapshot(deps);
  const key = keys.find(({ alg }) => alg === ALGORITHM);
  if (!key) throw new Error(`there is no ${ALGORITHM} key`);
  const signed = await deps.db.transaction().execute(async (trx) => {
    await lockCheckpoints(trx);
    const head = await findHead(trx);
    const newest = await findCheckpoint(trx);
    if (!head || newest?.seal === head.number) return newest?.seal;
    const now = deps.clock();
    if (newest && !force && after(newest.signedAt, deps.audit.checkpointSeconds * SECOND) > now)
      return newest.seal;
    const statement: CheckpointStatement = {
      purpose: 'audit-checkpoint',
      issuer: deps.issuer,
      seal: head.number,
      hash: head.hash.toString('hex'),
      sealedAt: head.sealedAt,
      signedAt: now.toISOString(),
    };
    const jws = await signCompact(key, TYPE, statement);
    await insertCheckpoint(trx, head.number, jws, now);
    return head.number;
  });
  if (deps.audit.checkpointDir !== undefined) await exportCheckpoints(deps.db, deps.audit.checkpointDir);
  return signed;
}

/** Writes every checkpoint not yet in the directory into it. @returns how many */
export async function exportCheckpoints(db: Db, directory: string): Promise<number> {
  const files = await listCheckpointFiles(directory);
  const missing = await listCheckpoints(db, Math.max(0, ...files.map(({ seal }) => seal)));
  for (const { seal, jws } of missing) await writeCheckpoint(directory, seal, jws);
  return missing.length;
}

/** Compares the chain with the checkpoints in the database and in the directory: all, or those of some seals. */
export async function checkCheckpoints(
  deps: CheckpointDeps,
  numbers: { first: number; last: number } | undefined,
  result: Verification,
): Promise<void> {
  const directory = deps.audit.checkpointDir;
  const files = directory === undefined ? [] : await listCheckpointFiles(directory);
  const all = [...(await listCheckpoints(deps.db, 0)), ...files];
  const { first, last } = numbers ?? { first: 0, last: Infinity };
  const wanted = all.filter(({ seal }) => seal >= first && seal <= last);
  for (const { seal, jws } of wanted) {
    result.checkpoints += 1;
    if (!(await holds(deps, seal, jws))) result.findings.push({ kind: 'checkpoint_wrong', seal });
  }
}

async function holds(deps: CheckpointDeps, seal: number, jws: string): Promise<boolean> {
  try {
    const { kid = '' } = decodeProtectedHeader(jws);
    const jwk = await findPublicKey(deps.db, kid);
    if (!jwk) return false;
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(jwk, ALGORITHM), {
      algorithms: [ALGORITHM],
    });
    const statement = JSON.parse(new TextDecoder().decode(payload)) as CheckpointStatement;
    const [found] = await listSeals(deps.db, seal, seal, 1);
    return (
      protectedHeader.typ === TYPE &&
      statement.seal === seal &&
      found?.hash.toString('hex') === statement.hash
    );
  } catch {
    return false;
  }
}
