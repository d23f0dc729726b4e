import { randomUUID } from 'node:crypto';
import type { Form } from '#kit/http/form.ts';
import type { Locale } from '#kit/http/locale.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { menuRoleLabel } from '../access/index.ts';
import type { Reshow } from '../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import { Refused, idOf, read, send } from './ask.ts';
import type { OfficeList } from './list.ts';
import { oneLine, someLines } from './text.ts';
import { toldAs } from './told.ts';
import type { OfficeHost } from './types.ts';
import { type RightsRequest, rights, rightsChoices, rightsPage } from './wire.ts';

const PLACE = 'admin/accounts/permission-requests';
const AREA = 'console-permission';
const KINDS = ['extra_manager', 'menu_role'] as const;
const STATUSES = ['submitted', 'allowed', 'refused', 'withdrawn'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_CONTENT = 500;
const PHONE = /^[0-9()#+\- ]{6,30}$/;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** Which field of the form a refusal is about. */
const FIELDS: Record<string, string> = {
  target_unsuitable: 'target',
  role_unknown: 'role',
  already_entitled: 'role',
};

const key = (name: string): string => `${AREA}.${name}`;
const closedKey = ({ status }: RightsRequest): string =>
  key(status === 'submitted' ? 'progress-open' : 'progress-closed');
const unitText = ({ unit }: RightsRequest, locale: Locale): string =>
  `${unit.code} ${(locale === 'en' && unit.name_en) || unit.name}`;

/** M-42: with a column each for the applicant's side, the agency's decision and what was then done. */
export function rightsList(host: OfficeHost): OfficeList<RightsRequest> {
  return {
    path: PLACE,
    area: AREA,
    filters: {
      no: { key: key('no'), kind: 'text', pattern: /^\d{1,9}$/ },
      from: { key: key('from'), kind: 'date', isDay: true },
      to: { key: key('to'), kind: 'date', isDay: true },
      status: { key: key('progress'), kind: 'select', pattern: new RegExp(`^(${STATUSES.join('|')})$`) },
    },
    optionsOf: (_name, locale) =>
      STATUSES.map((value) => ({ value, label: translate(locale, key(`decision-${value}`)) })),
    columns: [
      { key: key('no'), cell: ({ no }) => ({ text: String(no) }) },
      { key: key('submitted'), cell: ({ created_at: at }) => ({ at }) },
      { key: key('kind'), cell: ({ kind }) => ({ textKey: key(`kind-${kind}`) }) },
      { key: key('unit'), cell: (row, locale) => ({ text: unitText(row, locale) }) },
      { key: key('applicant'), cell: ({ applicant: text }) => ({ text }) },
      {
        key: key('progress'),
        cell: (row) => ({ textKey: closedKey(row), tone: row.status === 'submitted' ? 'info' : 'neutral' }),
      },
      {
        key: 'office.rights-agency',
        cell: ({ status, decided_at: at, decided_by: by }, locale) => ({
          text: [
            translate(locale, key(`decision-${status}`)),
            status === 'withdrawn' ? '' : (by ?? ''),
            at ? formatDateTime(locale, at) : '',
          ]
            .filter(Boolean)
            .join(' · '),
        }),
      },
      { key: 'office.rights-maintenance', cell: ({ status }) => ({ textKey: key(`done-${status}`) }) },
    ],
    async load(ctx, filters, cursor) {
      const page = await read(host, ctx, '/permission-requests', rightsPage, { ...filters, cursor });
      return { rows: page.requests, next: page.next };
    },
    rowUrl: ({ id }) => `/${PLACE}/${id}`,
    tools: [{ key: key('new'), url: `/${PLACE}/new` }],
  };
}

interface Typed {
  kind: string;
  target: string;
  role: string;
  content: string;
  phone: string;
  email: string;
}
const NOTHING: Typed = { kind: '', target: '', role: '', content: '', phone: '', email: '' };

/** GET of the form (M-43). */
export function showRightsForm(host: OfficeHost): Handler {
  return async (ctx) => showForm(host, ctx, NOTHING, []);
}

async function showForm(
  host: OfficeHost,
  ctx: SignedInContext,
  typed: Typed,
  errors: FieldError[],
): Promise<void> {
  const { locale } = ctx.state;
  const session = sessionOf(ctx);
  const choices = await read(host, ctx, '/permission-requests/choices', rightsChoices).catch(
    (error: unknown) => {
      if (error instanceof Refused) return undefined;
      throw error;
    },
  );
  if (!choices) ctx.status = 403;
  const { code, name } = session.account.unit;
  host.show(ctx, 'mch-app/office-rights-form', {
    ...host.frameOf(ctx, PLACE),
    isRefused: choices === undefined,
    facts: [
      { key: key('applicant'), text: session.personName },
      { key: key('submitted'), text: formatDateTime(locale, host.clock()) },
      { key: key('unit'), text: `(${code})${name}` },
      { key: key('progress'), textKey: 'office.rights-new' },
    ],
    action: `/${PLACE}`,
    backUrl: `/${PLACE}`,
    key: randomUUID(),
    typed,
    maxContent: MAX_CONTENT,
    kinds: KINDS.map((value) => ({ value, key: key(`kind-${value}`), selected: value === typed.kind })),
    quota: choices?.managers ?? { used: 0, limit: 0 },
    candidates: (choices?.candidates ?? []).map(({ id, holder_name: holder }) => ({
      value: id,
      label: `${holder} (${id})`,
      selected: id === typed.target,
    })),
    menuRoles: (choices?.menu_roles ?? []).map((role) => ({
      value: role,
      label: menuRoleLabel(role, locale),
      selected: role === typed.role,
    })),
    errors,
    acting: session.account.id,
    generation: session.generation,
  });
}

/** POST of the form (SM-08): one wish is one request, however often it is sent. */
export function submitRights(host: OfficeHost): Handler {
  return host.actingForm(async (ctx, posted) => {
    const typed = readTyped(posted);
    const errors = faultsOf(typed);
    if (errors.length > 0) {
      ctx.status = 422;
      return showForm(host, ctx, typed, errors);
    }
    const { kind, target, role, content, phone, email } = typed;
    const wish = kind === 'extra_manager' ? { kind, target } : { kind, menu_role: role };
    const body = { ...wish, content, phone, email };
    const answer = await send(host, ctx, '/permission-requests', { body, key: posted.get('key') });
    if (answer.ok) return seeOther(ctx, `/${PLACE}/${String(answer.body['id'])}?done=sent`);
    ctx.status = answer.status;
    await showForm(host, ctx, typed, [
      { field: FIELDS[answer.error] ?? '', key: toldAs(AREA, answer.error) },
    ]);
  });
}

/** The form as it was typed before. */
export function rightsAsTyped(host: OfficeHost): Reshow {
  return (ctx, posted) => showForm(host, ctx, readTyped(posted), []);
}

function readTyped(posted: Form): Typed {
  return {
    kind: posted.get('kind'),
    target: posted.get('target'),
    role: posted.get('role'),
    content: someLines(posted.get('content'), MAX_CONTENT + 1),
    phone: oneLine(posted.get('phone'), 31),
    email: oneLine(posted.get('email'), 255),
  };
}

function faultsOf({ kind, target, role, content, phone, email }: Typed): FieldError[] {
  const wrong = (field: string, name: string): FieldError => ({ field, key: key(`refused-${name}`) });
  return [
    ...(phone !== '' && !PHONE.test(phone) ? [{ field: 'phone', key: 'change-requests.bad-phone' }] : []),
    ...(email !== '' && (!MAIL.test(email) || email.length > 254)
      ? [{ field: 'email', key: 'change-requests.bad-email' }]
      : []),
    ...(KINDS.some((one) => one === kind) ? [] : [wrong('kind', 'kind_missing')]),
    ...(kind === 'extra_manager' && target === '' ? [wrong('target', 'target_missing')] : []),
    ...(kind === 'menu_role' && role === '' ? [wrong('role', 'role_missing')] : []),
    ...(content === '' || Array.from(content).length > MAX_CONTENT
      ? [wrong('content', 'content_missing')]
      : []),
  ];
}

/** GET of one request. */
export function showRights(host: OfficeHost): Handler {
  return async (ctx) => {
    const request = await findRights(host, ctx);
    const said = new URLSearchParams(ctx.querystring).get('done') ?? '';
    const done: Record<string, string> = { sent: key('done-sent'), withdrawn: key('done-withdrawn-deed') };
    show(host, ctx, request, done[said] ?? '', []);
  };
}

function show(
  host: OfficeHost,
  ctx: SignedInContext,
  request: RightsRequest,
  doneKey: string,
  errors: FieldError[],
): void {
  const { locale } = ctx.state;
  const session = sessionOf(ctx);
  const { no, kind, status, target, menu_role: role, phone, email } = request;
  const isOpen = status === 'submitted';
  host.show(ctx, 'mch-app/office-rights', {
    ...host.frameOf(ctx, PLACE),
    no,
    progress: { textKey: closedKey(request), tone: isOpen ? 'info' : 'neutral' },
    doneKey,
    facts: [
      { key: key('applicant'), text: request.applicant },
      { key: key('submitted'), at: request.created_at },
      { key: key('unit'), text: unitText(request, locale) },
      ...(phone === '' ? [] : [{ key: key('phone'), text: phone }]),
      ...(email === '' ? [] : [{ key: key('email'), text: email }]),
      { key: key('asked'), textKey: key(`kind-${kind}`) },
      ...(target === null ? [] : [{ key: key('target'), text: target }]),
      ...(role === null ? [] : [{ key: key('menu-role'), text: menuRoleLabel(role, locale) }]),
    ],
    content: request.content,
    decision: [
      { key: key('decision'), textKey: key(`decision-${status}`) },
      ...(request.decided_by !== null && status !== 'withdrawn'
        ? [{ key: key('decider'), text: request.decided_by }]
        : []),
      ...(request.decided_at === null ? [] : [{ key: key('decided'), at: request.decided_at }]),
      ...(request.reason === '' ? [] : [{ key: key('reason'), text: request.reason }]),
      { key: key('done'), textKey: key(`done-${status}`) },
    ],
    reviewUrl:
      isOpen && !request.is_own && session.account.duty === 'hpa'
        ? `${host.issuer}/console/permission-requests/${request.id}`
        : '',
    withdrawUrl: isOpen && request.is_own ? `/${PLACE}/${request.id}/withdrawal` : '',
    backUrl: `/${PLACE}`,
    key: randomUUID(),
    errors,
    acting: session.account.id,
    generation: session.generation,
  });
}

/** POST: the applicant takes it back while nobody has decided. */
export function withdrawRights(host: OfficeHost): Handler {
  return host.actingForm(async (ctx, posted) => {
    const request = await findRights(host, ctx);
    const path = `/permission-requests/${request.id}/withdrawal`;
    const answer = await send(host, ctx, path, { body: {}, key: posted.get('key') });
    if (answer.ok) return seeOther(ctx, `/${PLACE}/${request.id}?done=withdrawn`);
    ctx.status = answer.status;
    show(host, ctx, request, '', [{ field: '', key: toldAs(AREA, answer.error) }]);
  });
}

const findRights = (host: OfficeHost, ctx: SignedInContext): Promise<RightsRequest> =>
  read(host, ctx, `/permission-requests/${idOf(ctx, UUID)}`, rights);
