import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { readUpload, readUploadForm } from '#kit/http/upload.ts';
import type { Keyring } from '#kit/keyring.ts';
import { type Typed, typedOf } from '#kit/typed-fields.ts';
import type { Renderer } from '#templates/engine.ts';
import { translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import { addConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter, reachOf } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { MAX_FILE_BYTES, takeFile } from './file.ts';
import { CONTENT_KINDS } from './kinds.ts';
import { contentList } from './list.ts';
import { decideEditing } from './policy.ts';
import { changeAttachments, judge, removeEntry, saveEntry } from './service.ts';
import type { ContentKind, Editor, Stored } from './types.ts';
import { CONTENT, type Shown, contentView } from './view.ts';

export interface ContentRouteDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number; exportRows: number };
}

const FORM_BYTES = 256 * 1024;

/** P-43, SM-15: every kind of content of the portal, listed, written, previewed, archived, deleted. */
export function contentAdministrationRoutes(deps: ContentRouteDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, contentList(deps.db, deps.registry));
  for (const kind of CONTENT_KINDS) mount(router, deps, kind);
  return router;
}

function mount(router: ConsoleRouter, deps: ContentRouteDeps, kind: ContentKind): void {
  const path = `${CONTENT}/${kind.name}`;
  const from = (ctx: Context) => callerOf(ctx, deps.config.trustedProxyHops);
  const show = (ctx: Context, caller: ConsoleCaller, shown: Omit<Shown, 'kind' | 'registry' | 'locale'>) => {
    const { locale } = ctx.state;
    const view = contentView({ ...shown, kind, registry: deps.registry, locale });
    const crumbs = [
      { label: translate(locale, 'console-content.title'), url: CONTENT },
      { label: view.title },
    ];
    const done = new URLSearchParams(ctx.querystring).get('done');
    const status = done === 'saved' && { kind: 'success' as const, key: 'console-content.done-saved' };
    ctx.type = 'html';
    ctx.body = deps.renderer.page(
      'idp/console-content',
      {
        ...deps.console.page(ctx, caller, { crumbs, ...(status && { status }) }),
        path: ctx.path.replace(/\/preview$/, ''),
      },
      view,
    );
  };
  /** @throws Fault not_found, or forbidden when the entry is not the editor's */
  const open = async (editor: Editor, id: string): Promise<Stored> => {
    const entry = /^[0-9a-f-]{36}$/.test(id) ? await kind.find(deps.db, id) : undefined;
    if (!entry) throw new Fault('not_found');
    if (!decideEditing(editor, entry.authorAccountId).allowed) throw new Fault('forbidden');
    return entry;
  };
  const readTyped = async (ctx: Context): Promise<{ form: Form; file: Parameters<typeof takeFile>[0] }> =>
    kind.files === 'one' && ctx.is('multipart/form-data')
      ? readUploadForm(ctx, 'file', MAX_FILE_BYTES)
      : { form: await readForm(ctx, FORM_BYTES), file: undefined };

  router.get(`${path}/new`, kind.deed, (ctx, caller) => {
    const typed = typedOf(kind.fields, kind.fresh(deps.clock()));
    show(ctx, caller, { editor: editorOf(caller, kind), entry: undefined, typed, version: '' });
  });
  router.get(`${path}/:id`, kind.deed, async (ctx, caller) => {
    const editor = editorOf(caller, kind);
    const entry = await open(editor, ctx.params['id'] ?? '');
    const typed = typedOf(kind.fields, entry.draft);
    show(ctx, caller, { editor, entry, typed, version: String(entry.version) });
  });

  for (const ending of ['new', ':id']) {
    router.post(`${path}/${ending}/preview`, kind.deed, async (ctx, caller) => {
      const editor = editorOf(caller, kind);
      const entry = ending === 'new' ? undefined : await open(editor, ctx.params['id'] ?? '');
      const { form } = await readTyped(ctx);
      const typed = typedIn(kind, form);
      const { faults } = judge(kind, editor, typed, 'preview');
      show(ctx, caller, { editor, entry, typed, version: form.get('version'), faults, isPreview: true });
    });
    router.post(`${path}/${ending}`, kind.deed, async (ctx, caller) => {
      const editor = editorOf(caller, kind);
      const entry = ending === 'new' ? undefined : await open(editor, ctx.params['id'] ?? '');
      const { form, file: uploaded } = await readTyped(ctx);
      const typed = typedIn(kind, form);
      const version = form.get('version');
      const shown = { editor, entry, typed, version };
      const file = takeFile(uploaded);
      if (typeof file === 'string') {
        ctx.status = 422;
        return show(ctx, caller, { ...shown, fileErrorKey: file });
      }
      const saved = await saveEntry(
        deps,
        kind,
        { editor, from: from(ctx) },
        {
          typed,
          ...(file && { file }),
          ...(entry && { opened: { id: entry.id, version: Number(version) } }),
        },
      );
      if (saved.outcome === 'saved') return seeOther(ctx, `${path}/${saved.id}?done=saved`);
      if (saved.outcome === 'faulty') {
        ctx.status = 422;
        return show(ctx, caller, { ...shown, faults: saved.faults });
      }
      ctx.status = 409;
      const current = String(saved.current.version);
      return show(ctx, caller, { ...shown, version: current, conflict: saved.current });
    });
  }

  router.get(`${path}/:id/removal`, kind.deed, async (ctx, caller) => {
    const entry = await open(editorOf(caller, kind), ctx.params['id'] ?? '');
    confirmRemoval(deps, kind, ctx, caller, entry);
  });
  router.post(`${path}/:id/removal`, kind.deed, async (ctx, caller) => {
    const editor = editorOf(caller, kind);
    const entry = await open(editor, ctx.params['id'] ?? '');
    const reason = (await readForm(ctx)).get('reason').trim();
    if (reason === '' || reason.length > 500) {
      ctx.status = 422;
      return confirmRemoval(deps, kind, ctx, caller, entry, reason);
    }
    await removeEntry(deps, kind, { editor, from: from(ctx) }, entry.id, reason);
    return seeOther(ctx, `${CONTENT}?done=removed`);
  });

  if (kind.files !== 'many') return;
  router.post(`${path}/:id/files`, kind.deed, async (ctx, caller) => {
    const editor = editorOf(caller, kind);
    const entry = await open(editor, ctx.params['id'] ?? '');
    const file = takeFile(await readUpload(ctx, 'file', MAX_FILE_BYTES)) ?? 'console-content.fault-file';
    const isAdded =
      typeof file !== 'string' &&
      (await changeAttachments(deps, kind, { editor, from: from(ctx) }, entry.id, { add: file }));
    if (isAdded) return seeOther(ctx, `${path}/${entry.id}?done=saved`);
    ctx.status = 422;
    const fileErrorKey = typeof file === 'string' ? file : 'console-content.fault-file-many';
    const typed = typedOf(kind.fields, entry.draft);
    return show(ctx, caller, { editor, entry, typed, version: String(entry.version), fileErrorKey });
  });
  router.post(`${path}/:id/files/:file/removal`, kind.deed, async (ctx, caller) => {
    const editor = editorOf(caller, kind);
    const entry = await open(editor, ctx.params['id'] ?? '');
    const file = ctx.params['file'] ?? '';
    if (!/^[0-9a-f-]{36}$/.test(file)) throw new Fault('not_found');
    await changeAttachments(deps, kind, { editor, from: from(ctx) }, entry.id, { remove: file });
    seeOther(ctx, `${path}/${entry.id}?done=saved`);
  });
}

function confirmRemoval(
  deps: ContentRouteDeps,
  kind: ContentKind,
  ctx: Context,
  caller: ConsoleCaller,
  entry: Stored,
  tried?: string,
): void {
  const { locale } = ctx.state;
  const here = `${CONTENT}/${kind.name}/${entry.id}`;
  const title = typedOf(kind.fields, entry.draft);
  const label = (title['title.zh-TW'] ?? title['text.zh-TW'] ?? title['reason.zh-TW'] ?? [''])[0] ?? '';
  const crumbs = [
    { label: translate(locale, 'console-content.title'), url: CONTENT },
    { label: translate(locale, 'console-content-removal.title') },
  ];
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-confirm', deps.console.page(ctx, caller, { crumbs }), {
    area: 'console-content-removal',
    params: {},
    action: `${here}/removal`,
    cancelUrl: here,
    fields: [],
    lines: [
      {
        label: label || translate(locale, `console-content.kind-${kind.name}`),
        effect: translate(locale, 'console-content-removal.effect'),
        refused: false,
      },
    ],
    reason: { value: tried ?? '', required: true },
    isDangerous: true,
    isPossible: true,
    errors: tried === undefined ? [] : [{ field: 'reason', key: 'console.reason-missing' }],
  });
}

function editorOf(caller: ConsoleCaller, kind: ContentKind): Editor {
  return { caller, isNational: reachOf(caller, kind.deed)?.nation ?? false };
}

function typedIn(kind: ContentKind, form: Form): Typed {
  return Object.fromEntries(
    kind.fields.map(({ path, kind: type }) => [path, type === 'choices' ? form.all(path) : [form.get(path)]]),
  );
}
