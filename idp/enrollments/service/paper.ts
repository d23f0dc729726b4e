import { transact } from '#db/transact.ts';
import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { findUnit } from '../../units/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { mayUploadForm } from '../policy.ts';
import { MAX_SCAN_BYTES, recogniseScan } from '../scan-type.ts';
import { openScan, sealScan } from '../sealed.ts';
import { listAgencyReviewers } from '../store/accounts.ts';
import { lockEnrollment, updateEnrollment } from '../store/enrollments.ts';
import { recordEvent } from '../store/history.ts';
import { findScan, saveScan } from '../store/scans.ts';
import { tellReviewers } from './confirm.ts';

/** A file as it came. */
export interface Upload {
  name: string;
  bytes: Buffer;
}

/**
 * SM-03: takes the sealed form's scan.
 * @param attachedBy who puts in, in the applicant's place, what came by fax or post
 * @returns errors, none when it was taken
 */
export async function uploadForm(
  services: EnrollmentServices,
  id: string,
  upload: Upload | undefined,
  caller: Caller,
  attachedBy?: string,
): Promise<FieldError[]> {
  const refused = (key: string): FieldError[] => [{ field: 'scan', key: `enrollment-progress.${key}` }];
  if (!upload || upload.bytes.length === 0) return refused('scan-required');
  if (upload.bytes.length > MAX_SCAN_BYTES) return refused('scan-too-large');
  const type = recogniseScan(upload.bytes);
  if (!type) return refused('scan-unknown');
  const { db, keyring, clock, issuer } = services;
  const contentSealed = sealScan(keyring, id, upload.bytes);
  return transact(db, async (trx) => {
    const enrollment = await lockEnrollment(trx, keyring, id);
    const { personal, loginName, unitCode } = enrollment ?? {};
    const unit = await findUnit(trx, unitCode ?? '');
    if (!enrollment || !mayUploadForm(enrollment) || !personal || !unit || loginName === undefined) {
      return refused('scan-not-now');
    }
    const now = clock();
    await saveScan(trx, id, {
      name: displayName(upload.name, type.ending),
      mediaType: type.mediaType,
      size: upload.bytes.length,
      contentSealed,
      uploadedAt: now,
      attachedBy: attachedBy ?? null,
    });
    await updateEnrollment(trx, id, {
      ...{ paper: 'uploaded', updated_at: now, waiting_since: now },
      ...{ reminded_at: null, escalated_at: null },
    });
    await recordEvent(trx, {
      ...{ enrollmentId: id, at: now, status: 'uploaded' },
      ...(attachedBy !== undefined && { actorAccountId: attachedBy }),
    });
    await recordAudit(trx, {
      type: attachedBy === undefined ? 'enrollment.form_uploaded' : 'enrollment.form_attached',
      ...(attachedBy !== undefined && { accountId: attachedBy }),
      caller,
      details: { enrollment: id, bytes: upload.bytes.length, mediaType: type.mediaType },
    });
    const unitName = { 'zh-TW': unit.name, en: unit.nameEn };
    await queueMail(trx, keyring, {
      kind: 'N05',
      to: { address: personal.email, name: personal.name },
      locale: enrollment.locale,
      params: { outcome: 'received', loginName, unitName, url: `${issuer}/enrollment-progress` },
      dedupeKey: `enrollment ${id} N05 received ${now.getTime()}`,
    });
    await tellReviewers(services, trx, enrollment, unit, await listAgencyReviewers(trx, now));
    return [];
  });
}

/** The name as it is shown: the person's own, harmless, with the ending its content has. */
function displayName(name: string, ending: string): string {
  const stem = (name.split(/[/\\]/).at(-1) ?? '')
    .replace(/(\.\w{1,8})+$/, '')
    .replaceAll(/[\p{C}"<>:|?*%;]/gu, '')
    .trim();
  return `${Array.from(stem).slice(0, 60).join('') || 'form'}.${ending}`;
}

/** The scan of an application's form, opened. Who may see it is for the caller to know. */
export async function readScan(
  services: Pick<EnrollmentServices, 'db' | 'keyring'>,
  id: string,
): Promise<{ name: string; mediaType: string; bytes: Buffer } | undefined> {
  const scan = await findScan(services.db, id);
  if (!scan) return undefined;
  const { name, mediaType, contentSealed } = scan;
  return { name, mediaType, bytes: openScan(services.keyring, id, contentSealed) };
}
