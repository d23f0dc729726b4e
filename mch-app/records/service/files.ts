import { createHash } from 'node:crypto';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { recogniseFile, safeFileName } from '#kit/file-type.ts';
import type { UploadedFile } from '#kit/http/upload.ts';
import { recordAccess } from '../../patients/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { type RefusalReason, decide, mayWithKind } from '../policy.ts';
import { findRecord, updateEnvelope } from '../store/envelope.ts';
import { keepFile, listFiles } from '../store/files.ts';
import { insertVersion } from '../store/versions.ts';
import type { Actor, Envelope, FullRecord, RecordKind } from '../types.ts';

export const MOST_BYTES = 5 * 1024 * 1024;
/** What a paper is kept as. */
const KEPT: readonly string[] = ['application/pdf', 'image/png', 'image/jpeg'];

export type Attached = { done: true } | { done: false; reason: RefusalReason | 'file_kind' };

/**
 * Whether the account may put a file into a slot: its own unit's record; one that is sent gains a file it lacked, and
 * only one that may be changed has a file replaced.
 */
export function mayAttach(
  record: Envelope & Pick<FullRecord, 'values'>,
  kind: RecordKind,
  actor: Actor,
  now: Date,
  isThere: boolean,
): RefusalReason | undefined {
  if (!mayWithKind(actor, kind, 'create')) return 'no_right';
  if (record.unitCode !== actor.unit.code) return 'other_unit';
  if (!isThere) return record.state === 'closed' ? 'locked' : undefined;
  const verdict = decide('edit', record, kind, actor, now, record.values);
  return verdict.allowed ? undefined : verdict.reason;
}

/** Keeps a file with a record, looked at again behind the record's lock. @throws Fault not_found out of sight */
export async function attachFile(
  deps: RecordsDeps,
  kind: RecordKind,
  actor: Actor,
  of: { no: number; slot: string },
  uploaded: UploadedFile,
): Promise<Attached> {
  const mediaType = recogniseFile(uploaded.name, uploaded.bytes);
  if (mediaType === undefined || !KEPT.includes(mediaType)) return { done: false, reason: 'file_kind' };
  return transact(deps.db, async (trx): Promise<Attached> => {
    const now = deps.clock();
    const record = await findRecord(trx, kind, actor.scope, { no: of.no }, { lock: true });
    if (!record || !kind.files.includes(of.slot)) throw new Fault('not_found');
    const there = (await listFiles(trx, kind, record.id)).some(({ slot }) => slot === of.slot);
    const reason = mayAttach(record, kind, actor, now, there);
    if (reason !== undefined) return { done: false, reason };
    const name = safeFileName(uploaded.name);
    const sha256 = createHash('sha256').update(uploaded.bytes).digest();
    const file = { name, mediaType, sha256, content: uploaded.bytes };
    await keepFile(trx, kind, {
      recordId: record.id,
      slot: of.slot,
      file,
      byName: actor.personName,
      at: now,
    });
    const change = { updated_by: actor.accountId, updated_by_name: actor.personName, updated_at: now };
    const version = await updateEnvelope(trx, record, change);
    const by = { byAccount: actor.accountId, byName: actor.personName, unitCode: actor.unit.code };
    await insertVersion(trx, {
      ...by,
      recordId: record.id,
      version: version ?? record.version,
      at: now,
      deed: 'attached',
      note: name,
      changes: [],
    });
    if (record.patientId !== null) {
      await recordAccess(trx, {
        patientId: record.patientId,
        recordId: record.id,
        accountId: actor.accountId,
        personName: actor.personName,
        unitCode: actor.unit.code,
        deed: 'edit',
        at: now,
      });
    }
    return { done: true };
  });
}
