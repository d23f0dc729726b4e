import type { Db } from '#db/mch/tables.ts';
import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Keyring } from '#kit/keyring.ts';
import { type ListDefinition, type ListRequest, listAddress, parseList, sealCursor } from '#kit/list.ts';
import type { AreaFrame, ReviewBeside } from '#templates/views/records.ts';
import type { FormRoute, Reshow } from '../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';
import { judgeReview, maySee, reviewersOf } from './policy.ts';
import { readAsked } from './form.ts';
import { type ChangeRequestDeps, requestChange, reviewChange, withdrawChange } from './service.ts';
import { type RequestLine, findRequest, listRequests } from './store.ts';
import type { ChangeDecision, ChangeRequest, ChangeReviewer, Party, RecordsPort } from './types.ts';
import { type RequestShown, askView, listView, requestView } from './view.ts';

export interface ChangeRequestHost extends ChangeRequestDeps {
  db: Db;
  keyring: Keyring;
  show: ShowPage;
  records: RecordsPort;
  /** Where a unit's manager sets the accounts of people. */
  accountsUrl: string;
  partyOf(ctx: SignedInContext): Party;
  mailOf(ctx: SignedInContext): Promise<{ phone: string; email: string }>;
  frameOf(ctx: SignedInContext, path: string): AreaFrame;
  actingForm(handle: (ctx: SignedInContext, form: Form) => Promise<void>): Handler;
}

const OWN = 'common/change-requests/history';
const ASK = 'common/change-requests/entry';
const REVIEW = 'admin/service/change-review';
const PAGE_SIZE = 20;
const DECISIONS: readonly ChangeDecision[] = ['allowed', 'refused', 'returned'];

const LIST: ListDefinition = {
  name: 'change-requests',
  filters: {
    progress: { pattern: /^(reviewing|closed)$/ },
    no: { pattern: /^\d{1,12}$/ },
    from: { isDay: true },
    to: { isDay: true },
  },
  sorts: ['no'],
  defaultSort: 'no',
  defaultDescending: true,
};

export type ChangeRoute = FormRoute;

/** Every address of the change requests: asking, one's own, and the reviewers' queue. */
export function changeRequestRoutes(host: ChangeRequestHost): ChangeRoute[] {
  return [
    { method: 'get', path: `/${ASK}`, handle: showAsk(host) },
    { method: 'post', path: `/${ASK}`, handle: receiveAsk(host), reshow: askAsTyped(host) },
    { method: 'get', path: `/${OWN}`, handle: showList(host, 'own') },
    { method: 'get', path: `/${OWN}/:no`, handle: showRequest(host, 'own') },
    {
      method: 'post',
      path: `/${OWN}/:no/withdrawal`,
      handle: withdraw(host),
      reshow: showRequest(host, 'own'),
    },
    { method: 'get', path: `/${REVIEW}`, handle: showList(host, 'review') },
    { method: 'get', path: `/${REVIEW}/:no`, handle: showRequest(host, 'review') },
    { method: 'post', path: `/${REVIEW}/:no/decision`, handle: decide(host), reshow: decisionAsTyped(host) },
  ];
}

function showAsk(host: ChangeRequestHost): Handler {
  return async (ctx) => {
    const query = new URLSearchParams(ctx.querystring);
    const contact = await host.mailOf(ctx);
    const typed = {
      ...contact,
      category: query.get('category') ?? '',
      record: query.get('record') ?? '',
      content: '',
    };
    await renderAsk(host, ctx, typed, []);
  };
}

async function renderAsk(
  host: ChangeRequestHost,
  ctx: SignedInContext,
  typed: Readonly<Record<string, string>>,
  errors: { field: string; key: string }[],
): Promise<void> {
  const party = host.partyOf(ctx);
  const asked = readAsked(typed);
  const records = asked.category ? await host.records.listCorrectable(party, asked.category, undefined) : [];
  const session = sessionOf(ctx);
  host.show(ctx, 'mch-app/change-request-form', {
    ...host.frameOf(ctx, ASK),
    ...askView({ party, typed, errors, records, locale: ctx.state.locale, now: host.clock() }),
    acting: session.account.id,
    generation: session.generation,
    ownUrl: `/${OWN}`,
  });
}

function receiveAsk(host: ChangeRequestHost): Handler {
  return host.actingForm(async (ctx, form) => {
    const party = host.partyOf(ctx);
    const typed = typedIn(form);
    if (form.get('deed') === 'choose') return renderAsk(host, ctx, typed, []);
    const asked = readAsked(typed);
    const errors = [...asked.errors];
    const [record] =
      asked.category && asked.record !== undefined
        ? await host.records.listCorrectable(party, asked.category, asked.record)
        : [];
    if (asked.record !== undefined && !record)
      errors.push({ field: 'record', key: 'change-requests.bad-record' });
    if (errors.length > 0 || !asked.category) {
      ctx.status = 422;
      return renderAsk(host, ctx, typed, errors);
    }
    const { category, phone, email, content } = asked;
    const no = await requestChange(host, party, {
      category,
      recordId: record?.id ?? null,
      phone,
      email,
      content,
    });
    if (no === undefined) {
      ctx.status = 409;
      return renderAsk(host, ctx, typed, [{ field: 'record', key: 'change-requests.under-way' }]);
    }
    seeOther(ctx, `/${OWN}/${no}?done=asked`);
  });
}

/** The form as it was typed before. */
function askAsTyped(host: ChangeRequestHost): Reshow {
  return (ctx, form) => renderAsk(host, ctx, typedIn(form), []);
}

const ASKED = ['phone', 'email', 'category', 'record', 'content'];
const typedIn = (form: Form): Record<string, string> =>
  Object.fromEntries(ASKED.map((name) => [name, lineOf(form, name)]));
const lineOf = (form: Form, name: string): string => form.get(name).normalize('NFC').trim();

function showList(host: ChangeRequestHost, whose: 'own' | 'review'): Handler {
  return async (ctx) => {
    const party = host.partyOf(ctx);
    const reviewers = reviewersOf(party);
    if (whose === 'review' && reviewers.length === 0) throw new Fault('forbidden');
    const request = parseList(LIST, ctx.querystring, host.keyring);
    const { no, progress, from, to } = request.filters as Record<string, string | undefined>;
    const isFaulty = request.faults.length > 0;
    const found = isFaulty
      ? []
      : await listRequests(
          host.db,
          whose === 'own'
            ? { sub: party.sub }
            : { reviewers, unitCode: party.unit.code, county: party.unit.county },
          {
            ...(progress !== undefined && { progress: progress as 'reviewing' | 'closed' }),
            ...(no !== undefined && { no: Number(no) }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          },
          request,
          PAGE_SIZE + 1,
        );
    const rows = found.slice(0, PAGE_SIZE);
    const path = whose === 'own' ? OWN : REVIEW;
    if (isFaulty) ctx.status = 422;
    host.show(ctx, 'mch-app/change-requests', {
      ...host.frameOf(ctx, path),
      ...listView({ rows, request, path: `/${path}`, whose, locale: ctx.state.locale }),
      askUrl: whose === 'own' ? `/${ASK}` : '',
      nextUrl: nextOf(host, request, `/${path}`, found.length > PAGE_SIZE ? rows.at(-1)?.no : undefined),
      firstUrl: request.after ? listAddress(`/${path}`, request) : '',
    });
  };
}

function nextOf(
  host: ChangeRequestHost,
  request: ListRequest,
  path: string,
  last: number | undefined,
): string {
  if (last === undefined) return '';
  const position = { value: String(last), id: String(last) };
  return listAddress(path, request, { after: sealCursor(LIST.name, request, position, host.keyring) });
}

function showRequest(host: ChangeRequestHost, whose: 'own' | 'review'): Handler {
  return async (ctx) =>
    renderRequest(host, ctx, whose, await requestAsked(host, ctx), { reason: '', errors: [] });
}

async function renderRequest(
  host: ChangeRequestHost,
  ctx: SignedInContext,
  whose: 'own' | 'review',
  request: ChangeRequest,
  typed: Pick<RequestShown, 'errors'> & { reason: string },
): Promise<void> {
  const party = host.partyOf(ctx);
  const session = sessionOf(ctx);
  const path = whose === 'own' ? OWN : REVIEW;
  const mayDecide = whose === 'review' && judgeReview(request, party).allowed;
  const mayWithdraw = whose === 'own' && request.sub === party.sub && request.result === null;
  const done = new URLSearchParams(ctx.querystring).get('done') ?? '';
  host.show(ctx, 'mch-app/change-request', {
    ...host.frameOf(ctx, path),
    ...requestView({ request, locale: ctx.state.locale, errors: typed.errors }),
    reason: typed.reason,
    decideUrl: mayDecide ? `/${REVIEW}/${request.no}/decision` : '',
    withdrawUrl: mayWithdraw ? `/${OWN}/${request.no}/withdrawal` : '',
    accountsUrl: mayDecide && request.category === 'account' ? host.accountsUrl : '',
    backUrl: `/${path}`,
    acting: session.account.id,
    generation: session.generation,
    beside: mayDecide ? await besideOf(host, party, request.no) : undefined,
    doneKey: ['asked', 'decided', 'withdrawn', 'not-possible'].includes(done)
      ? `change-requests.done-${done}`
      : '',
  });
}

/** The requests before and after one whose step is the reviewer's. */
async function besideOf({ db }: ChangeRequestHost, party: Party, no: number): Promise<ReviewBeside> {
  const reviewers = reviewersOf(party);
  const whose = { reviewers, unitCode: party.unit.code, county: party.unit.county };
  const urlOf = async (descending: boolean): Promise<string> => {
    const after = { value: String(no), id: String(no) };
    const rows = await listRequests(db, whose, { progress: 'reviewing' }, { descending, after }, PAGE_SIZE);
    const row = rows.find((one) => isStepOf(one, reviewers));
    return row ? `/${REVIEW}/${row.no}` : '';
  };
  const [previousUrl, nextUrl] = await Promise.all([urlOf(true), urlOf(false)]);
  return { previousUrl, nextUrl };
}

function isStepOf(row: RequestLine, reviewers: readonly ChangeReviewer[]): boolean {
  const reviewer = row.reviewers.split(',')[row.step];
  return reviewers.some((one) => one === reviewer);
}

function decide(host: ChangeRequestHost): Handler {
  return host.actingForm(async (ctx, form) => {
    const request = await requestAsked(host, ctx);
    const reason = lineOf(form, 'reason');
    const decision = DECISIONS.find((one) => one === form.get('decision'));
    const errors = [
      ...(decision ? [] : [{ field: 'decision', key: 'change-requests.no-decision' }]),
      ...(reason === '' || Array.from(reason).length > 500
        ? [{ field: 'reason', key: 'change-requests.no-reason' }]
        : []),
    ];
    if (!decision || errors.length > 0) {
      ctx.status = 422;
      return renderRequest(host, ctx, 'review', request, { reason, errors });
    }
    const reviewed = await reviewChange(host, host.partyOf(ctx), request.no, decision, reason);
    seeOther(ctx, `/${REVIEW}/${request.no}?done=${reviewed.done ? 'decided' : 'not-possible'}`);
  });
}

/** The page of a decision with the reason as it was typed before. */
function decisionAsTyped(host: ChangeRequestHost): Reshow {
  return async (ctx, form) => {
    const request = await requestAsked(host, ctx);
    await renderRequest(host, ctx, 'review', request, { reason: lineOf(form, 'reason'), errors: [] });
  };
}

function withdraw(host: ChangeRequestHost): Handler {
  return host.actingForm(async (ctx) => {
    const request = await requestAsked(host, ctx);
    const done = await withdrawChange(host, host.partyOf(ctx), request.no);
    seeOther(ctx, `/${OWN}/${request.no}?done=${done ? 'withdrawn' : 'not-possible'}`);
  });
}

/** @throws Fault not_found for what is not there and what the party may not see alike */
async function requestAsked(host: ChangeRequestHost, ctx: SignedInContext): Promise<ChangeRequest> {
  const no = String(ctx.params['no']);
  const request = /^\d{1,12}$/.test(no) ? await findRequest(host.db, Number(no)) : undefined;
  if (!request || !maySee(request, host.partyOf(ctx))) throw new Fault('not_found');
  return request;
}
