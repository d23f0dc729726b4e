import { Fault } from '#kit/errors.ts';
import { streamAttachment } from '#kit/http/attachment.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FormRoute, Reshow, Unkept } from '../../kept-forms/index.ts';
import { type Handler, sessionOf } from '../../sessions/index.ts';
import type { TakeUpload } from '../../shell/index.ts';
import type { ContentHost } from '../host.ts';
import { OFFICE } from '../kinds.ts';
import { MOST_BYTES, judge } from '../policy.ts';
import { addFile, removeFile } from '../service/files.ts';
import { endEntry } from '../service/save.ts';
import { findAnyFile } from '../store/edit.ts';
import { readSlice } from '../store/read.ts';
import { byOf, editing, openEntry, showStored } from './edit.ts';
import { idIn } from './id.ts';

const PLACES = { withdraw: 'withdrawal', remove: 'removal' } as const;

/** SM-15: an entry is withdrawn, or deleted; files come and go. */
export function deedRoutes(host: ContentHost): FormRoute[] {
  const of = (below: string, handle: Handler) => ({
    path: `/${OFFICE}/:id${below}`,
    handle: editing(host, handle),
  });
  const get = (below: string, handle: Handler): FormRoute => ({ method: 'get', ...of(below, handle) });
  const post = (below: string, handle: Handler, reshow: Reshow | Unkept): FormRoute => ({
    method: 'post',
    ...of(below, handle),
    reshow: typeof reshow === 'string' ? reshow : (ctx, form) => editing(host, () => reshow(ctx, form))(ctx),
  });
  return [
    ...(['withdraw', 'remove'] as const).flatMap((deed) => [
      get(`/${PLACES[deed]}`, confirm(host, deed)),
      post(`/${PLACES[deed]}`, end(host, deed), confirm(host, deed)),
    ]),
    get('/files/:file', sendAnyFile(host)),
    post('/files', host.actingUpload(MOST_BYTES, receiveFile(host)), 'file'),
    post('/files/:file/removal', dropFile(host), async (ctx) =>
      showStored(host, ctx, await openEntry(host, ctx), {}),
    ),
  ];
}

function confirm(host: ContentHost, deed: 'withdraw' | 'remove'): Handler {
  return async (ctx) => {
    const { entry } = await openEntry(host, ctx);
    const session = sessionOf(ctx);
    const here = `/${OFFICE}/${entry.id}`;
    const { title } = entry.draft as { title: Record<string, string> };
    host.show(ctx, 'mch-app/content-confirm', {
      ...host.frameOf(ctx, OFFICE),
      area: `content-${PLACES[deed]}`,
      headline: title['zh-TW'] ?? '',
      action: judge(deed, entry).allowed ? `${here}/${PLACES[deed]}` : '',
      backUrl: here,
      version: String(entry.version),
      acting: session.account.id,
      generation: session.generation,
    });
  };
}

function end(host: ContentHost, deed: 'withdraw' | 'remove'): Handler {
  return host.actingForm(async (ctx, form) => {
    const id = idIn(ctx, 'id');
    const outcome = await endEntry(host, byOf(host, ctx), { id, version: versionIn(form) }, deed);
    if (outcome !== 'done') throw new Fault('conflict');
    seeOther(ctx, deed === 'remove' ? `/${OFFICE}?done=removed` : `/${OFFICE}/${id}?done=withdrawn`);
  });
}

/** The version the editor saw. @throws Fault bad_request for a form that is none of ours */
function versionIn(form: Form): number {
  const version = form.get('version');
  if (!/^\d{1,9}$/.test(version)) throw new Fault('bad_request');
  return Number(version);
}

function sendAnyFile(host: ContentHost): Handler {
  return async (ctx) => {
    const { entry } = await openEntry(host, ctx);
    const id = idIn(ctx, 'file');
    const file = await findAnyFile(host.db, entry.id, id);
    if (!file) throw new Fault('not_found');
    streamAttachment(ctx, file, (from, length) => readSlice(host.db, id, from, length));
  };
}

function receiveFile(host: ContentHost): TakeUpload {
  return async (ctx, _form, file) => {
    const id = idIn(ctx, 'id');
    const outcome =
      file === 'too_large'
        ? 'file-large'
        : file
          ? await addFile(host, byOf(host, ctx), id, file)
          : 'file-none';
    if (outcome === 'done') return seeOther(ctx, `/${OFFICE}/${id}?done=file-added`);
    ctx.status = 422;
    await showStored(host, ctx, await openEntry(host, ctx), { fileErrorKey: `content.fault-${outcome}` });
  };
}

function dropFile(host: ContentHost): Handler {
  return host.actingForm(async (ctx, form) => {
    const id = idIn(ctx, 'id');
    const seen = { id, version: versionIn(form) };
    const outcome = await removeFile(host, byOf(host, ctx), seen, idIn(ctx, 'file'));
    if (outcome === 'done') return seeOther(ctx, `/${OFFICE}/${id}?done=file-removed`);
    ctx.status = 422;
    await showStored(host, ctx, await openEntry(host, ctx), { fileErrorKey: `content.fault-${outcome}` });
  });
}
