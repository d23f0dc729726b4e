import { Fault } from '#kit/errors.ts';
import { streamAttachment } from '#kit/http/attachment.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { RecordViews } from '#templates/views/records.ts';
import { recordAccess } from '../../patients/index.ts';
import type { Handler, SignedInContext } from '../../sessions/index.ts';
import { MOST_BYTES, attachFile, mayAttach } from '../service/files.ts';
import { findFile, listFiles, readSlice } from '../store/files.ts';
import type { Actor, FullRecord } from '../types.ts';
import { recordAsked } from './form.ts';
import type { KindPages } from './host.ts';
import { reader, seenBy } from './list.ts';

/** POST of a file for a slot of a record. */
export function receiveFile(pages: KindPages): Handler {
  const { host, kind } = pages;
  return host.actingUpload(MOST_BYTES, async (ctx, _form, file) => {
    const actor = reader(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const path = `/${kind.path}/${record.no}`;
    if (file === 'too_large') return seeOther(ctx, `${path}?done=file-large`);
    if (!file) return seeOther(ctx, `${path}?done=file-none`);
    const slot = String(ctx.params['slot']);
    const attached = await attachFile(host, kind, actor, { no: record.no, slot }, file);
    const done = attached.done ? 'attached' : attached.reason === 'file_kind' ? 'file-kind' : 'not-possible';
    seeOther(ctx, `${path}?done=${done}`);
  });
}

/** GET of a record's file, to be saved. Looking is recorded. */
export function sendFile(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, kind } = pages;
    const actor = reader(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const slot = String(ctx.params['slot']);
    const file = await findFile(host.db, kind, record.id, slot);
    if (!file) throw new Fault('not_found');
    if (record.patientId !== null) {
      const look = { ...seenBy(actor), patientId: record.patientId, recordId: record.id };
      await recordAccess(host.db, { ...look, deed: 'view', at: host.clock() });
    }
    const of = { recordId: record.id, slot, sha256: file.sha256 };
    streamAttachment(ctx, file, (from, length) => readSlice(host.db, kind, of, { from, length }));
  };
}

/** The slots of a record as its page shows them. */
export async function filesOf(
  { host, kind, labels }: KindPages,
  ctx: SignedInContext,
  actor: Actor,
  record: FullRecord,
): Promise<RecordViews['mch-app/record']['files']> {
  const there = await listFiles(host.db, kind, record.id);
  return kind.files.map((slot) => {
    const file = there.find((one) => one.slot === slot);
    const refusal = mayAttach(record, kind, actor, host.clock(), file !== undefined);
    const url = `/${kind.path}/${record.no}/files/${slot}`;
    return {
      slot,
      label: labels.text(ctx.state.locale, slot),
      name: file?.name ?? '',
      by: file?.addedByName ?? '',
      at: file?.addedAt,
      url: file ? url : '',
      action: refusal === undefined ? url : '',
    };
  });
}
