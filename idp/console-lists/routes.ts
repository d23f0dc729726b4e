import type { Db } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import { EXPORT_FORMATS } from '#kit/export/table.ts';
import type { Context } from '#kit/http/context.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Keyring } from '#kit/keyring.ts';
import { parseList, sealCursor } from '#kit/list.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import { hasText, translate } from '#templates/locales.ts';
import { callerOf, recordAudit } from '../audit/index.ts';
import { type ConsoleCaller, type ConsoleGate, type ConsoleRouter, reachOf } from '../permissions/index.ts';
import { exportList } from './export.ts';
import { listSavedFilters } from './store.ts';
import type { ConsoleList, ListRow, ListScope } from './types.ts';
import { COUNTED, consoleListView } from './view.ts';

export interface ListDeps {
  db: Db;
  keyring: Keyring;
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number; exportRows: number };
}

const PAGE_SIZE = 50;

/** Adds a list's page and, where it has one, its export. */
export function addConsoleList<F extends string, S extends string, Row extends ListRow>(
  router: ConsoleRouter,
  deps: ListDeps,
  list: ConsoleList<F, S, Row>,
): void {
  router.get(list.path, list.deed, (ctx, caller) => showList(deps, list, ctx, caller));
  if (list.exportDeed) {
    router.get(`${list.path}/export`, list.exportDeed, (ctx, caller) => sendExport(deps, list, ctx, caller));
  }
}

async function showList<F extends string, S extends string, Row extends ListRow>(
  deps: ListDeps,
  list: ConsoleList<F, S, Row>,
  ctx: Context,
  caller: ConsoleCaller,
): Promise<void> {
  const scope = scopeOf(deps, list, ctx, caller);
  const { request } = scope;
  const isFaulty = request.faults.length > 0;
  const filters = Object.keys(request.filters);
  // who looks for whom is watched (many queries at night): the filters' names, never what was looked for
  if (filters.length > 0 || request.after) {
    await recordAudit(deps.db, {
      type: 'list.searched',
      accountId: caller.accountId,
      sessionUid: caller.session.uid,
      caller: callerOf(ctx, deps.config.trustedProxyHops),
      details: { list: list.definition.name, filters },
    });
  }
  const [found, count, saved, chart] = await Promise.all([
    isFaulty ? [] : list.load(scope, PAGE_SIZE + 1),
    isFaulty ? 0 : list.count(scope, COUNTED + 1),
    listSavedFilters(deps.db, caller.accountId, list.definition.name),
    isFaulty ? undefined : list.chart?.(scope, ctx.state.locale),
  ]);
  const rows = found.slice(0, PAGE_SIZE);
  const last = found.length > PAGE_SIZE ? rows.at(-1) : undefined;
  const nextCursor = last
    ? sealCursor(list.definition.name, request, { value: last.position, id: last.id }, deps.keyring)
    : '';
  const { locale } = ctx.state;
  const status = statusOf(list.area, locale, ctx);
  if (isFaulty) ctx.status = 422;
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-list',
    {
      ...deps.console.page(ctx, caller, { crumbs: [{ label: translate(locale, `${list.area}.title`) }] }),
      ...(status && { status }),
    },
    consoleListView(
      list,
      { caller, request, rows, count, nextCursor, saved, ...(chart && { chart }) },
      locale,
    ),
  );
}

/** What a deed that led back here says of itself, in the list's own words or in those of all lists. */
function statusOf(area: string, locale: Locale, ctx: Context): PageContext['status'] {
  const done = new URLSearchParams(ctx.querystring).get('done') ?? '';
  const key = [`${area}.done-${done}`, `console-list.done-${done}`].find((name) => hasText(locale, name));
  return key === undefined ? undefined : { kind: key.includes('-not-') ? 'warning' : 'success', key };
}

async function sendExport<F extends string, S extends string, Row extends ListRow>(
  deps: ListDeps,
  list: ConsoleList<F, S, Row>,
  ctx: Context,
  caller: ConsoleCaller,
): Promise<void> {
  const asked = new URLSearchParams(ctx.querystring).get('format');
  const format = EXPORT_FORMATS.find((name) => name === asked);
  const scope = scopeOf(deps, list, ctx, caller);
  if (!format || scope.request.faults.length > 0) throw new Fault('bad_request');
  const most = deps.config.exportRows;
  const isTooLong = (await list.count(scope, most + 1)) > most;
  await recordAudit(deps.db, {
    type: 'list.exported',
    // a file that is cut off would be taken for all there is
    ...(isTooLong && { reason: 'too_many_rows' }),
    accountId: caller.accountId,
    sessionUid: caller.session.uid,
    caller: callerOf(ctx, deps.config.trustedProxyHops),
    details: { list: list.definition.name, format, filters: Object.keys(scope.request.filters) },
  });
  if (isTooLong) throw new Fault('too_many_rows', { most });
  const { type, fileName, body } = exportList(list, scope, format, ctx.state.locale);
  ctx.attachment(fileName);
  ctx.set('Content-Type', type);
  ctx.body = body;
}

function scopeOf<F extends string, S extends string, Row extends ListRow>(
  deps: ListDeps,
  list: ConsoleList<F, S, Row>,
  ctx: Context,
  caller: ConsoleCaller,
): ListScope<F, S> {
  const reach = reachOf(caller, list.deed);
  if (!reach) throw new Fault('forbidden');
  return { request: parseList(list.definition, ctx.querystring, deps.keyring), caller, reach };
}
