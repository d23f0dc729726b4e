import { Fault } from '#kit/errors.ts';
import { fileNameOf } from '#kit/file-type.ts';
import { EXPORT_TYPES, exportTable } from '#kit/export/table.ts';
import { type ListDefinition, type ListRequest, listAddress, parseList, sealCursor } from '#kit/list.ts';
import { type Handler, type SignedInContext, sessionOf } from '../../sessions/index.ts';
import type { Labels } from '../labels.ts';
import { taipeiDay } from '#kit/clock.ts';
import { fittingPlaces, withFallbacks } from '../lists.ts';
import { recordExport } from '../store/exports.ts';
import {
  type ReportAsked,
  type ReportLine,
  type ReportPage,
  listReport,
  readFigures,
} from '../store/report.ts';
import type { Actor, Report } from '../types.ts';
import { columnsFor, exportsOf, reportLabel, reportTexts, reportView } from '../view/report.ts';
import type { RecordHost } from './host.ts';
import { formatOf, seenBy } from './list.ts';

const PAGE_SIZE = 50;
const EXPORT_PAGE = 1000;
const COUNTED = 1000;
const NOTHING: ReportPage = { rows: [], count: 0, totals: {} };

export interface ReportPages {
  host: RecordHost;
  report: Report;
  labels: Labels;
}

/** GET of a report. */
export function showReport({ host, report, labels }: ReportPages): Handler {
  return async (ctx) => {
    const actor = readerOf(host, report, ctx);
    const { asked, request } = ask(host, report, actor, ctx);
    const isFaulty = request.faults.length > 0;
    const [{ rows: found, count, totals }, sums] = await Promise.all([
      isFaulty ? NOTHING : listReport(host.db, report, asked, request, PAGE_SIZE + 1),
      isFaulty ? {} : readFigures(host.db, report, asked),
    ]);
    const rows = found.slice(0, PAGE_SIZE);
    const last = found.length > PAGE_SIZE ? rows.at(-1) : undefined;
    const after =
      last && sealCursor(report.path, request, { value: last.position, id: last.id }, host.keyring);
    if (isFaulty) ctx.status = 422;
    const path = `/${report.path}`;
    const { locale } = ctx.state;
    tellDecided(ctx);
    host.show(ctx, 'mch-app/report', {
      ...host.frameOf(ctx, report.path),
      ...reportView({
        report,
        mayDecide: report.decision !== undefined && actor.rights(report.path).includes('V'),
        columns: columnsFor(report, actor, 'page', request.filters),
        labels,
        locale,
        request,
        rows,
        figures: { ...sums, ...totals },
      }),
      count: {
        key: count > COUNTED ? 'console-list.count-more' : 'console-list.count',
        number: Math.min(count, COUNTED),
      },
      exports: actor.rights(report.path).includes('X') ? exportsOf(report, request) : [],
      firstUrl: request.after ? listAddress(path, request) : '',
      nextUrl: after === undefined ? '' : listAddress(path, request, { after }),
    });
  };
}

/** GET of a report as a file, with the same columns. */
export function exportReport({ host, report, labels }: ReportPages): Handler {
  return async (ctx) => {
    const actor = readerOf(host, report, ctx);
    const format = formatOf(ctx);
    const { asked, request } = ask(host, report, actor, ctx);
    if (!actor.rights(report.path).includes('X')) throw new Fault('forbidden');
    if (!format || request.faults.length > 0) throw new Fault('bad_request');
    const { locale } = ctx.state;
    const { title } = host.frameOf(ctx, report.path);
    const first = await listReport(host.db, report, asked, {}, EXPORT_PAGE);
    await host.exports.assertFits(ctx, report.path, first.count);
    const filters = Object.keys(request.filters);
    await recordExport(host.db, {
      ...seenBy(actor),
      kind: report.path,
      format,
      filters,
      rows: first.count,
      at: host.clock(),
    });
    const columns = columnsFor(report, actor, 'file', request.filters);
    ctx.attachment(`${fileNameOf(title)}.${format}`);
    ctx.set('Content-Type', EXPORT_TYPES[format]);
    ctx.body = exportTable(format, {
      sheetName: title,
      headers: columns.map(({ name }) => reportLabel(report, labels, locale, name)),
      rows: textRows(),
    });

    async function* textRows(): AsyncGenerator<string[]> {
      for await (const row of allRows(host, report, asked, first))
        yield reportTexts({ columns, labels, locale }, row);
    }
  };
}

async function* allRows(
  host: RecordHost,
  report: Report,
  asked: ReportAsked,
  first: ReportPage,
): AsyncGenerator<ReportLine> {
  for (let { rows } = first; ;) {
    yield* rows;
    const last = rows.length === EXPORT_PAGE ? rows.at(-1) : undefined;
    if (!last) return;
    const after = { value: last.position, id: last.id };
    ({ rows } = await listReport(host.db, report, asked, { after }, EXPORT_PAGE));
  }
}

/** What is asked, with the fallbacks of what is not. */
export function ask(host: RecordHost, report: Report, actor: Actor, ctx: SignedInContext) {
  const today = taipeiDay(host.clock());
  const parsed = fittingPlaces(parseList(definitionOf(report), ctx.querystring, host.keyring));
  const filters = withFallbacks(report, parsed.filters, today);
  const request: ListRequest = { ...parsed, filters };
  return { request, asked: { scope: actor.scope, filters, today } };
}

function definitionOf(report: Report): ListDefinition {
  return {
    name: report.path,
    filters: Object.fromEntries(
      report.fields.map(({ name, kind, options = [] }) => {
        if (kind === 'day') return [name, { isDay: true as const }];
        if (kind === 'month') return [name, { pattern: /^(19|2\d)\d\d-(0[1-9]|1[0-2])$/ }];
        if (kind === 'county') return [name, { pattern: /^\d{5}$/ }];
        if (kind === 'town') return [name, { pattern: /^\d{8}$/ }];
        if (kind === 'unit') return [name, { max: 40 }];
        return [name, { pattern: new RegExp(`^(${options.join('|')})$`) }];
      }),
    ),
    sorts: ['position'],
    defaultSort: 'position',
  };
}

/** @throws Fault forbidden */
export function readerOf(host: RecordHost, report: Report, ctx: SignedInContext): Actor {
  const actor = host.actorOf(ctx);
  if (!actor.rights(report.path).includes('R')) throw new Fault('forbidden');
  return actor;
}

/** What became of the decision that led here. */
function tellDecided(ctx: SignedInContext): void {
  const done = new URLSearchParams(ctx.querystring).get('done');
  if (done !== 'decided' && done !== 'not-decided') return;
  sessionOf(ctx).notice = { kind: done === 'decided' ? 'success' : 'warning', key: `records.done-${done}` };
}
