import { Fault } from '#kit/errors.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { type ListRequest, listAddress } from '#kit/list.ts';
import type { Reshow } from '../../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../../sessions/index.ts';
import { decideRow } from '../service/decide-row.ts';
import { type ReportAsked, findReportRow } from '../store/report.ts';
import type { Actor, RowDecision } from '../types.ts';
import { columnsFor, factsOf, isOpen } from '../view/report.ts';
import { type ReportPages, ask, readerOf } from './report.ts';

const MAX_REASON = 500;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Deciding {
  actor: Actor;
  decision: RowDecision;
  request: ListRequest;
  asked: ReportAsked;
  id: string;
}

/** GET of the page on which a row of a report is decided about. */
export function showDecision(pages: ReportPages): Handler {
  return (ctx) => render(pages, ctx, deciding(pages, ctx), { decision: '', reason: '', isComplete: true });
}

/** POST of what is decided about a row, with the reason. */
export function decideReportRow(pages: ReportPages): Handler {
  const { host, report, labels } = pages;
  return host.actingForm(async (ctx, form) => {
    const of = deciding(pages, ctx);
    const typed = { decision: form.get('decision'), reason: form.get('reason').normalize('NFC').trim() };
    const isKnown = of.decision.options.includes(typed.decision);
    if (!isKnown || typed.reason === '' || Array.from(typed.reason).length > MAX_REASON) {
      ctx.status = 422;
      return render(pages, ctx, of, { ...typed, isComplete: false });
    }
    const label = labels.text('zh-TW', `${of.decision.column}.${typed.decision}`);
    const isDone = await decideRow(host, report, of.actor, of.asked, { id: of.id, ...typed, label });
    const done = isDone ? 'decided' : 'not-decided';
    seeOther(ctx, listAddress(`/${report.path}`, of.request, { done }));
  });
}

/** The page of a decision as it was filled in before. */
export function decisionAsTyped(pages: ReportPages): Reshow {
  return (ctx, form) => {
    const typed = { decision: form.get('decision'), reason: form.get('reason'), isComplete: true };
    return render(pages, ctx, deciding(pages, ctx), typed);
  };
}

async function render(
  { host, report, labels }: ReportPages,
  ctx: SignedInContext,
  { actor, decision, request, asked, id }: Deciding,
  typed: { decision: string; reason: string; isComplete: boolean },
): Promise<void> {
  const row = await findReportRow(host.db, report, asked, id);
  if (!row) throw new Fault('not_found');
  const listUrl = listAddress(`/${report.path}`, request);
  if (!isOpen(report, row)) {
    return seeOther(ctx, listAddress(`/${report.path}`, request, { done: 'not-decided' }));
  }
  const { locale } = ctx.state;
  const session = sessionOf(ctx);
  host.show(ctx, 'mch-app/report-decision', {
    ...host.frameOf(ctx, report.path),
    facts: factsOf(
      { report, columns: columnsFor(report, actor, 'file', request.filters), labels, locale },
      row,
    ),
    action: listAddress(`/${report.path}/${id}/decision`, request),
    listUrl,
    acting: session.account.id,
    generation: session.generation,
    label: labels.text(locale, decision.column),
    options: decision.options.map((value) => ({
      value,
      label: labels.text(locale, `${decision.column}.${value}`),
      selected: value === typed.decision,
    })),
    reason: typed.reason,
    lacksDecision: !typed.isComplete && !decision.options.includes(typed.decision),
    lacksReason: !typed.isComplete && typed.reason === '',
  });
}

/** Who decides about what. @throws Fault forbidden, not_found, bad_request */
function deciding({ host, report }: ReportPages, ctx: SignedInContext): Deciding {
  const actor = readerOf(host, report, ctx);
  const { decision } = report;
  if (!decision) throw new Fault('not_found');
  if (!actor.rights(report.path).includes('V')) throw new Fault('forbidden');
  const { request, asked } = ask(host, report, actor, ctx);
  if (request.faults.length > 0) throw new Fault('bad_request');
  const id = String(ctx.params['id']);
  if (!ID.test(id)) throw new Fault('not_found');
  return { actor, decision, request, asked, id };
}
