import { randomUUID } from 'node:crypto';
import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import type { Locale } from '#kit/http/locale.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { OfficeViews } from '#templates/views/office.ts';
import { dutyLabel, menuRoleLabel, roleLabel } from '../access/index.ts';
import type { Reshow } from '../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import { idOf, read, send } from './ask.ts';
import { statusCell } from './lists.ts';
import { oneLine } from './text.ts';
import { toldAs } from './told.ts';
import type { OfficeHost } from './types.ts';
import { type Access, type AccountAccess, accountAccess, inForce } from './wire.ts';

const PLACE = 'admin/accounts/staff';
type View = OfficeViews['mch-app/office-account'];

interface Filled {
  form: Access;
  was: Access;
  reason: string;
  errors: View['errors'];
  /** Somebody else changed it since the form was opened. */
  isMeanwhile: boolean;
}

/** GET of one account (M-36, P-51): what it may do, and what it may be given. */
export function showStaff(host: OfficeHost): Handler {
  return async (ctx) => {
    const account = await findAccount(host, ctx);
    const { access } = account;
    show(host, ctx, account, { form: access, was: access, reason: '', errors: [], isMeanwhile: false });
  };
}

/** POST of the form: the single entry judges it, and says who was faster. */
export function changeStaff(host: OfficeHost): Handler {
  return host.actingForm(async (ctx, posted) => {
    const account = await findAccount(host, ctx);
    const filled = readFilled(posted);
    const { form, was, reason } = filled;
    if (reason === '' && form.status === 'disabled' && was.status === 'active') {
      ctx.status = 422;
      const errors = [{ field: 'reason', key: 'console.reason-missing' }];
      return show(host, ctx, account, { ...filled, errors });
    }
    const path = `/subsystem-accounts/${encodeURIComponent(account.id)}/access`;
    const body = { access: form, was, reason };
    const answer = await send(host, ctx, path, { method: 'PUT', body, key: posted.get('key') });
    if (answer.ok) return seeOther(ctx, `/${PLACE}/${encodeURIComponent(account.id)}?done=saved`);
    ctx.status = answer.status;
    const now = inForce.safeParse(answer.body);
    if (now.success) {
      return show(host, ctx, account, { ...filled, was: now.data.in_force, isMeanwhile: true });
    }
    const field = typeof answer.body['field'] === 'string' ? answer.body['field'] : '';
    show(host, ctx, account, {
      ...filled,
      errors: [{ field, key: toldAs('console-rights', answer.error) }],
    });
  });
}

/** The form as it was typed before: what it was typed over is judged when it is sent. */
export function staffAsTyped(host: OfficeHost): Reshow {
  return async (ctx, posted) => show(host, ctx, await findAccount(host, ctx), readFilled(posted));
}

/** @throws Fault bad_request for what no form of ours sends */
function readFilled(posted: Form): Filled {
  const reason = oneLine(posted.get('reason'), 500);
  return { form: readAccess(posted), was: readWas(posted), reason, errors: [], isMeanwhile: false };
}

const findAccount = (host: OfficeHost, ctx: SignedInContext): Promise<AccountAccess> =>
  read(host, ctx, `/subsystem-accounts/${encodeURIComponent(idOf(ctx))}/access`, accountAccess);

/** @throws Fault bad_request for what no form of ours sends */
function readAccess(posted: Form): Access {
  const [role, duty, status] = [posted.get('role'), posted.get('duty'), posted.get('status')];
  if (status !== 'active' && status !== 'disabled') throw new Fault('bad_request');
  return { role, duty, menu_roles: [...new Set(posted.all(`menu_role.${duty}`))].toSorted(), status };
}

/** @throws Fault bad_request */
function readWas(posted: Form): Access {
  try {
    return accountAccess.shape.access.parse(JSON.parse(posted.get('was')));
  } catch (error) {
    throw new Fault('bad_request', {}, error);
  }
}

function show(host: OfficeHost, ctx: SignedInContext, account: AccountAccess, filled: Filled): void {
  const { locale } = ctx.state;
  const { form, was, reason, errors, isMeanwhile } = filled;
  const session = sessionOf(ctx);
  const done = ctx.method === 'GET' && new URLSearchParams(ctx.querystring).get('done') === 'saved';
  const { used, limit } = account.managers;
  host.show(ctx, 'mch-app/office-account', {
    ...host.frameOf(ctx, PLACE),
    id: account.id,
    facts: [
      { key: 'office.name', text: account.holder_name },
      {
        key: 'office.unit',
        text: `${account.unit.code} ${(locale === 'en' && account.unit.name_en) || account.unit.name}`,
      },
      { key: 'office.status', ...statusCell(account.status) },
    ],
    access: accessFacts(account.access, locale),
    doneKey: done ? 'console-rights.done-saved' : '',
    meanwhile: isMeanwhile ? accessFacts(was, locale) : [],
    lookOnlyKey: account.look_only === undefined ? '' : toldAs('console-rights', account.look_only),
    action: `/${PLACE}/${encodeURIComponent(account.id)}`,
    backUrl: `/${PLACE}`,
    was: JSON.stringify(was),
    key: randomUUID(),
    quota: { key: used >= limit ? 'console-rights.quota-full' : 'console-rights.quota', used, limit },
    roles: account.roles.map(({ code, manages }) => ({
      value: code,
      label: roleLabel(code, locale),
      selected: code === form.role,
      disabled: manages && code !== account.access.role && (used >= limit || !account.may_make_managers),
    })),
    duties: account.duties.map(({ code }) => ({
      value: code,
      label: dutyLabel(code, locale),
      selected: code === form.duty,
    })),
    menus: account.duties.map(({ code, menu_roles: roles }) => ({
      duty: code,
      label: dutyLabel(code, locale),
      roles: roles.map((role) => ({
        value: role,
        label: menuRoleLabel(role, locale),
        selected: code === form.duty && form.menu_roles.includes(role),
      })),
    })),
    statuses: (['active', 'disabled'] as const).map((value) => ({
      value,
      label: translate(locale, `office.status-${value}`),
      selected: value === form.status,
    })),
    reason,
    errors,
    acting: session.account.id,
    generation: session.generation,
  });
}

function accessFacts({ role, duty, menu_roles: menuRoles, status }: Access, locale: Locale) {
  return [
    { key: 'office.role', text: roleLabel(role, locale) },
    { key: 'office.duty', text: dutyLabel(duty, locale) },
    { key: 'office.menu-roles-held', text: menuRoles.map((code) => menuRoleLabel(code, locale)).join('; ') },
    { key: 'office.access-status', text: translate(locale, `office.status-${status}`) },
  ];
}
