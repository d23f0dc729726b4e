import { Fault } from '#kit/errors.ts';
import { EXPORT_TYPES } from '#kit/export/table.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { streamUpload } from '#kit/http/stream-upload.ts';
import { translate } from '#templates/locales.ts';
import type { PageContext } from '#templates/views.ts';
import { callerOf, recordAudit } from '../audit/index.ts';
import type { ListDeps } from '../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { COLUMN_NAMES } from './columns.ts';
import { addDecisionRoutes } from './decision-routes.ts';
import type { Doer, RegisterDeps } from './deps.ts';
import { importReport, registerTemplate } from './report.ts';
import { MAX_BYTES, receiveRegister } from './service/receive.ts';
import { findImport, findImportUnderWay, listImports } from './store/imports.ts';
import { listRows } from './store/rows.ts';
import type { UnitImport } from './types.ts';
import { IMPORTS, SHOWN_ROWS, importView, importsView } from './view.ts';

export interface ImportConsoleDeps extends RegisterDeps, ListDeps {}

const PAGE_SIZE = 50;
const MEGABYTE = 1024 * 1024;

/** The console's pages about imports of the register: history, upload, progress, preview, report. */
export function unitImportRoutes(deps: ImportConsoleDeps): ConsoleRouter {
  const { db, renderer } = deps;
  const router = new ConsoleRouter(deps.console);
  const query = (ctx: Context) => new URLSearchParams(ctx.querystring);

  router.get(IMPORTS, 'unit_imports.read', async (ctx, caller) => {
    const before = readBefore(query(ctx).get('before') ?? '');
    const found = await listImports(db, before, PAGE_SIZE + 1);
    const last = found.length > PAGE_SIZE ? found[PAGE_SIZE - 1] : undefined;
    const olderUrl = last ? `${IMPORTS}?before=${last.startedAt.toISOString()}_${last.id}` : '';
    const view = importsView(found.slice(0, PAGE_SIZE), await findImportUnderWay(db), olderUrl);
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-unit-imports', pageOf(deps, ctx, caller), view);
  });

  const showUpload = async (ctx: Context, caller: ConsoleCaller, failure?: string): Promise<void> => {
    if (failure !== undefined) ctx.status = 422;
    const { underWay } = importsView([], await findImportUnderWay(db), '');
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-unit-upload', pageOf(deps, ctx, caller), {
      action: IMPORTS,
      templateUrl: `${IMPORTS}/template`,
      cancelUrl: IMPORTS,
      megabytes: MAX_BYTES / MEGABYTE,
      columns: COLUMN_NAMES.map(({ name, required }) => ({ name, required })),
      underWay,
      errors:
        failure === undefined ? [] : [{ field: 'register', key: `console-unit-upload.failure-${failure}` }],
    });
  };
  router.get(`${IMPORTS}/new`, 'units.import', (ctx, caller) => showUpload(ctx, caller));
  router.get(`${IMPORTS}/template`, 'unit_imports.read', (ctx) => {
    sendCsv(ctx, 'register-template.csv', registerTemplate());
  });

  router.post(IMPORTS, 'units.import', async (ctx, caller) => {
    const by = doerOf(deps, ctx, caller);
    const received = await streamUpload(ctx, 'register', MAX_BYTES, (file) =>
      receiveRegister(deps, by, file),
    );
    if (!received) return showUpload(ctx, caller, 'missing');
    if (received.taken) return seeOther(ctx, `${IMPORTS}/${received.id}?done=started`);
    return showUpload(ctx, caller, received.reason === 'unreadable' ? received.why : received.reason);
  });

  router.get(`${IMPORTS}/:id`, 'unit_imports.read', async (ctx, caller) => {
    const found = await importOf(deps, ctx);
    const asked = query(ctx);
    const only = SHOWN_ROWS.find((name) => name === asked.get('rows')) ?? firstFilled(found);
    const after = Number(asked.get('after') ?? 0);
    if (!Number.isInteger(after) || after < 0 || after > 2 ** 31 - 1) throw new Fault('bad_request');
    const rows = await listRows(db, found.id, only, after, PAGE_SIZE + 1);
    const last = rows.length > PAGE_SIZE ? rows[PAGE_SIZE - 1]?.rowNo : undefined;
    const shown = { only, rows: rows.slice(0, PAGE_SIZE), isFirst: after === 0, last };
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-unit-import',
      pageOf(deps, ctx, caller, found, asked.get('done') ?? ''),
      importView(found, shown, ctx.state.locale),
    );
  });

  router.get(`${IMPORTS}/:id/report`, 'unit_imports.read', async (ctx, caller) => {
    const { id } = await importOf(deps, ctx);
    const by = doerOf(deps, ctx, caller);
    await recordAudit(db, {
      type: 'list.exported',
      accountId: by.accountId,
      sessionUid: caller.session.uid,
      ...(by.caller && { caller: by.caller }),
      details: { list: 'unit-import-report', format: 'csv', import: id },
    });
    sendCsv(ctx, 'register-report.csv', importReport(db, id, ctx.state.locale));
  });

  addDecisionRoutes(router, deps);
  return router;
}

/** The rows that matter first: what is wrong, else what changes. */
function firstFilled({ counts }: UnitImport) {
  return (['faulty', 'changed', 'new', 'closed'] as const).find((only) => counts[only] > 0) ?? 'new';
}

function sendCsv(ctx: Context, name: string, body: ReturnType<typeof importReport>): void {
  ctx.attachment(name);
  ctx.set('Content-Type', EXPORT_TYPES.csv);
  ctx.body = body;
}

/** @throws Fault bad_request for what we never wrote into an address */
function readBefore(text: string): { startedAt: Date; id: string } | undefined {
  if (text === '') return undefined;
  const [at = '', id = ''] = text.split('_');
  const startedAt = new Date(at);
  if (Number.isNaN(startedAt.getTime()) || !isId(id)) throw new Fault('bad_request');
  return { startedAt, id };
}

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** The import of the address. @throws Fault not_found */
export async function importOf(
  { db }: ImportConsoleDeps,
  ctx: { params: Record<string, string> },
): Promise<UnitImport> {
  const id = ctx.params['id'] ?? '';
  const found = isId(id) ? await findImport(db, id) : undefined;
  if (!found) throw new Fault('not_found');
  return found;
}

export function doerOf({ config }: ListDeps, ctx: Context, { accountId }: ConsoleCaller): Doer {
  return { accountId, caller: callerOf(ctx, config.trustedProxyHops) };
}

const DONE = ['started', 'applying', 'cancelled'];

/** The page around a page about imports. */
export function pageOf(
  { console }: ListDeps,
  ctx: Context,
  caller: ConsoleCaller,
  found?: UnitImport,
  done = '',
): PageContext {
  const { locale } = ctx.state;
  const crumbs = [
    { label: translate(locale, 'console-units.title'), url: '/console/units' },
    { label: translate(locale, 'console-unit-imports.title'), url: IMPORTS },
    ...(found ? [{ label: found.fileName, url: `${IMPORTS}/${found.id}` }] : []),
  ];
  const status = { kind: 'success' as const, key: `console-unit-import.done-${done}` };
  return console.page(ctx, caller, { crumbs, ...(DONE.includes(done) && { status }) });
}
