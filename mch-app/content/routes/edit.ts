import { randomUUID } from 'node:crypto';
import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { type Typed, typedOf } from '#kit/typed-fields.ts';
import type { FormRoute, Reshow } from '../../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../../sessions/index.ts';
import { fieldsOf, readDraft } from '../draft.ts';
import { type Shown, formView } from '../form-view.ts';
import type { ContentHost } from '../host.ts';
import { KINDS, OFFICE, kindOf } from '../kinds.ts';
import { type By, saveEntry } from '../service/save.ts';
import { assertEditable } from '../service/editable.ts';
import { findEntry } from '../store/edit.ts';
import { MOST_TOLD } from '../history.ts';
import { listVersions } from '../store/version.ts';
import type { ContentKind, Editor, Entry } from '../types.ts';
import { idIn, isId } from './id.ts';

const FORM_BYTES = 256 * 1024;

/** SM-15, P-43: the form of an entry: new, opened again, shown as it would look, saved, published. */
export function formRoutes(host: ContentHost): FormRoute[] {
  const receive = (path: string, handle: (ctx: SignedInContext, form: Form) => Promise<void>): FormRoute => ({
    method: 'post',
    path,
    handle: editing(host, host.actingForm(handle, FORM_BYTES)),
    reshow: (ctx, form) => editing(host, () => showTyped(host, ctx, form))(ctx),
  });
  return [
    { method: 'get', path: `/${OFFICE}/new/:type`, handle: editing(host, showNew(host)) },
    receive(`/${OFFICE}/new/:type`, save(host)),
    receive(`/${OFFICE}/new/:type/preview`, preview(host)),
    { method: 'get', path: `/${OFFICE}/:id`, handle: editing(host, showEntry(host)) },
    receive(`/${OFFICE}/:id`, save(host)),
    receive(`/${OFFICE}/:id/preview`, preview(host)),
  ];
}

/** For accounts that write content. @throws Fault forbidden for any other */
export function editing(host: ContentHost, handle: Handler): Handler {
  return async (ctx) => {
    if (!host.rights(ctx, OFFICE).includes('C')) throw new Fault('forbidden');
    await handle(ctx);
  };
}

/** Who edits: with the right to approve, what anybody wrote. */
export function editorOf(host: ContentHost, ctx: SignedInContext): Editor {
  const { sub, account, personName } = sessionOf(ctx);
  return { sub, accountId: account.id, personName, isNational: host.rights(ctx, OFFICE).includes('V') };
}

export const byOf = (host: ContentHost, ctx: SignedInContext): By => ({
  editor: editorOf(host, ctx),
  caller: host.callerOf(ctx),
});

/** @throws Fault not_found, or forbidden when the entry is not the editor's */
export async function openEntry(
  host: ContentHost,
  ctx: SignedInContext,
): Promise<{ kind: ContentKind; entry: Entry }> {
  const entry = await findEntry(host.db, idIn(ctx, 'id'));
  const kind = entry && kindOf(entry.type);
  if (!entry || !kind) throw new Fault('not_found');
  assertEditable(editorOf(host, ctx), entry, kind);
  return { kind, entry };
}

/** The form of an entry as it is kept. */
export function showStored(
  host: ContentHost,
  ctx: SignedInContext,
  { kind, entry }: { kind: ContentKind; entry: Entry },
  more: Pick<Shown, 'doneKey' | 'fileErrorKey'>,
): Promise<void> {
  const typed = typedOf(fieldsOf(kind), entry.draft);
  return show(host, ctx, { kind, entry, id: entry.id, version: String(entry.version), typed, ...more });
}

const DONE = ['saved', 'published', 'withdrawn', 'file-added', 'file-removed'];

function showEntry(host: ContentHost): Handler {
  return async (ctx) => {
    const done = new URLSearchParams(ctx.querystring).get('done') ?? '';
    const doneKey = DONE.includes(done) ? `content.done-${done}` : '';
    await showStored(host, ctx, await openEntry(host, ctx), { doneKey });
  };
}

function showNew(host: ContentHost): Handler {
  return (ctx) => {
    const kind = newKind(ctx);
    const first = { publishFrom: host.clock(), order: 0, category: kind.categories[0] };
    const typed = typedOf(fieldsOf(kind), first);
    return show(host, ctx, { kind, entry: undefined, id: randomUUID(), version: '', typed });
  };
}

/** @throws Fault not_found for a type there is not */
function newKind(ctx: SignedInContext): ContentKind {
  const kind = KINDS.find(({ type }) => type === ctx.params['type']);
  if (!kind) throw new Fault('not_found');
  return kind;
}

type Sent = Pick<Shown, 'kind' | 'entry' | 'id' | 'version' | 'typed'>;

/** What was sent, for which entry. @throws Fault bad_request for a form that is none of ours */
async function readSent(host: ContentHost, ctx: SignedInContext, form: Form): Promise<Sent> {
  const opened =
    ctx.params['type'] === undefined ? await openEntry(host, ctx) : { kind: newKind(ctx), entry: undefined };
  const id = opened.entry?.id ?? form.get('id');
  const version = form.get('version');
  const isSound = isId(id) && /^\d{0,9}$/.test(version) && (version === '') === (opened.entry === undefined);
  if (!isSound) throw new Fault('bad_request');
  return { ...opened, id, version, typed: typedIn(opened.kind, form) };
}

function typedIn(kind: ContentKind, form: Form): Typed {
  const fields = fieldsOf(kind).map(({ path, kind: type }): [string, string[]] => {
    const values = type === 'choices' ? form.all(path) : [form.get(path)];
    return [path, values.map((value) => value.normalize('NFC'))];
  });
  return Object.fromEntries(fields);
}

function save(host: ContentHost) {
  return async (ctx: SignedInContext, form: Form): Promise<void> => {
    const sent = await readSent(host, ctx, form);
    const deed = form.get('deed') === 'publish' ? 'publish' : 'save';
    const { kind, id, typed, version } = sent;
    const opened = version === '' ? {} : { version: Number(version) };
    const saved = await saveEntry(host, kind, byOf(host, ctx), { id, deed, typed, ...opened });
    if (saved.outcome === 'saved') {
      return seeOther(ctx, `/${OFFICE}/${id}?done=${deed === 'publish' ? 'published' : 'saved'}`);
    }
    if (saved.outcome === 'faulty') {
      ctx.status = 422;
      return show(host, ctx, { ...sent, faults: saved.faults });
    }
    ctx.status = 409;
    const { current } = saved;
    await show(host, ctx, { ...sent, entry: current, version: String(current.version), conflict: current });
  };
}

function preview(host: ContentHost) {
  return async (ctx: SignedInContext, form: Form): Promise<void> => {
    const sent = await readSent(host, ctx, form);
    const { faults } = readDraft(sent.kind, sent.typed);
    await show(host, ctx, { ...sent, faults, isPreview: true });
  };
}

/** The form as it was typed before. */
const showTyped = async (host: ContentHost, ctx: SignedInContext, form: Form): ReturnType<Reshow> =>
  show(host, ctx, await readSent(host, ctx, form));

async function show(
  host: ContentHost,
  ctx: SignedInContext,
  shown: Omit<Shown, 'locale' | 'now' | 'versions'>,
): Promise<void> {
  const session = sessionOf(ctx);
  const versions = shown.entry ? await listVersions(host.db, shown.entry.id, MOST_TOLD + 1) : [];
  host.show(ctx, 'mch-app/content-form', {
    ...host.frameOf(ctx, OFFICE),
    ...formView({ ...shown, versions, locale: ctx.state.locale, now: host.clock() }),
    acting: session.account.id,
    generation: session.generation,
  });
}
