import type { FormRoute, Reshow, Unkept } from '../../kept-forms/index.ts';
import type { Handler } from '../../sessions/index.ts';
import type { Area } from '../area.ts';
import { createLabels } from '../labels.ts';
import type { ReviewDeed } from '../service/decide.ts';
import { showAsTyped } from './as-typed.ts';
import { receiveForm, showEditForm } from './form.ts';
import { showEntryForm, showNewForm } from './new-form.ts';
import { receiveFile, sendFile } from './files.ts';
import type { KindPages, RecordHost } from './host.ts';
import { sendPaper } from './paper.ts';
import { receiveImport, sendFaults, sendTemplate, showImport, showImports } from './import.ts';
import { exportRecords, searchList, showList } from './list.ts';
import { type ReportPages, exportReport, showReport } from './report.ts';
import { decideReportRow, decisionAsTyped, showDecision } from './decision.ts';
import { exportRegister } from './register.ts';
import { decideOn, deedAsTyped, showHistory, showRecord } from './record.ts';

export type RecordRoute = FormRoute;

/** Every address of an area's records. All are for people who are signed in. */
export function recordRoutes(host: RecordHost, area: Area): RecordRoute[] {
  const labels = createLabels(area.labels);
  return [
    ...[...area.kinds, ...(area.alsoAt ?? [])].flatMap((kind) => routesOf({ host, area, kind, labels })),
    ...area.reports.flatMap((report): RecordRoute[] => [
      { method: 'get', path: `/${report.path}`, handle: showReport({ host, report, labels }) },
      { method: 'get', path: `/${report.path}/export`, handle: exportReport({ host, report, labels }) },
      ...(report.decision === undefined ? [] : decisionRoutes({ host, report, labels })),
    ]),
  ];
}

function importRoutes(pages: KindPages): RecordRoute[] {
  const at = pages.kind.importAt;
  if (at === undefined) return [];
  return [
    { method: 'get', path: `/${at}`, handle: showImports(pages) },
    { method: 'post', path: `/${at}`, handle: receiveImport(pages), reshow: 'file' },
    { method: 'get', path: `/${at}/template`, handle: sendTemplate(pages) },
    { method: 'get', path: `/${at}/:id`, handle: showImport(pages) },
    { method: 'get', path: `/${at}/:id/errors`, handle: sendFaults(pages) },
  ];
}

function decisionRoutes(pages: ReportPages): RecordRoute[] {
  const path = `/${pages.report.path}/:id/decision`;
  return [
    { method: 'get', path, handle: showDecision(pages) },
    { method: 'post', path, handle: decideReportRow(pages), reshow: decisionAsTyped(pages) },
  ];
}

function routesOf(pages: KindPages): RecordRoute[] {
  const { kind } = pages;
  const get = (below: string, handle: Handler): RecordRoute => ({
    method: 'get',
    path: `/${kind.path}${below}`,
    handle,
  });
  const post = (below: string, handle: Handler, reshow: Reshow | Unkept): RecordRoute => ({
    method: 'post',
    path: `/${kind.path}${below}`,
    handle,
    reshow,
  });
  const decision = (at: string, deed: ReviewDeed | 'remove', needsNote: boolean): RecordRoute =>
    post(`/:no/${at}`, decideOn(pages, deed, needsNote), deedAsTyped(pages, deed));
  return [
    get('', showList(pages)),
    post('/search', searchList(pages), 'search'),
    get('/export', exportRecords(pages)),
    get('/new', showNewForm(pages)),
    ...(kind.entry === undefined
      ? []
      : [{ method: 'get' as const, path: `/${kind.entry}`, handle: showEntryForm(pages) }]),
    ...importRoutes(pages),
    post('', receiveForm(pages), showAsTyped(pages)),
    get('/:no', showRecord(pages)),
    post('/:no', receiveForm(pages), showAsTyped(pages)),
    get('/:no/edit', showEditForm(pages)),
    get('/:no/print', showRecord(pages, 'print')),
    get('/:no/pdf', sendPaper(pages)),
    get('/:no/history', showHistory(pages)),
    ...(kind.files.length > 0
      ? [get('/:no/files/:slot', sendFile(pages)), post('/:no/files/:slot', receiveFile(pages), 'file')]
      : []),
    ...(kind.register ? [get('/:no/register', exportRegister(pages))] : []),
    decision('approval', 'approve', kind.approvalNeedsNote),
    decision('return', 'return', true),
    decision('closing', 'close', false),
    decision('reopening', 'reopen', true),
    decision('removal', 'remove', false),
  ];
}
