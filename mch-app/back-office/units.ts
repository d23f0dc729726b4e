import { randomUUID } from 'node:crypto';
import type { Form } from '#kit/http/form.ts';
import type { Locale } from '#kit/http/locale.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { COUNTIES, findCounty, findTown } from '#kit/taiwan/divisions.ts';
import type { FieldError } from '#templates/views.ts';
import { menuRoleLabel } from '../access/index.ts';
import type { Reshow } from '../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import { idOf, read, send } from './ask.ts';
import type { OfficeList } from './list.ts';
import { oneLine } from './text.ts';
import { toldAs } from './told.ts';
import type { OfficeHost } from './types.ts';
import { type UnitLine, type WholeUnit, contactNow, unitPage, wholeUnit } from './wire.ts';

const PLACE = 'admin/accounts/units';
const UNIT = /^[0-9A-Za-z]{1,20}$/;
const key = (name: string): string => `console-unit.${name}`;

const nameOf = (unit: UnitLine, locale: Locale): string => (locale === 'en' && unit.name_en) || unit.name;
const placeOf = ({ county, town }: UnitLine, locale: Locale): string =>
  [findCounty(county), findTown(county, town)]
    .map((place) => (locale === 'en' ? place?.nameEn : place?.name) ?? '')
    .filter(Boolean)
    .join(' ');
const statusCell = ({ status }: UnitLine) => ({
  textKey: `console-units.${status}`,
  tone: status === 'active' ? ('success' as const) : ('neutral' as const),
});

/** M-37: the units one administers: one's own, for the agency every one. */
export function unitList(host: OfficeHost): OfficeList<UnitLine> {
  return {
    path: PLACE,
    area: 'office.units',
    filters: {
      code: { key: key('code'), kind: 'text', pattern: UNIT },
      name: { key: key('name'), kind: 'text' },
      county: { key: 'office.county', kind: 'select', pattern: /^\d{5}$/ },
    },
    optionsOf: (_name, locale) =>
      COUNTIES.map(({ code, name, nameEn }) => ({ value: code, label: locale === 'en' ? nameEn : name })),
    columns: [
      { key: key('code'), cell: ({ code: text }) => ({ text }) },
      { key: key('name'), cell: (unit, locale) => ({ text: nameOf(unit, locale) }) },
      { key: key('place'), cell: (unit, locale) => ({ text: placeOf(unit, locale) }) },
      { key: key('status'), cell: statusCell },
    ],
    async load(ctx, filters, cursor) {
      const page = await read(host, ctx, '/units', unitPage, { ...filters, cursor });
      return { rows: page.units, next: page.next };
    },
    rowUrl: ({ code }) => `/${PLACE}/${code}`,
  };
}

interface Contact {
  version: string;
  address: string;
  phone: string;
  email: string;
  reason: string;
}
interface Qualification {
  menu_role: string;
  valid_from: string;
  valid_to: string;
  approval_no: string;
  basis: string;
}
interface Filled {
  contact?: Contact;
  qualification?: Qualification;
  /** Which one is to end, and when. */
  end?: { which: string; endsOn: string };
  errors?: FieldError[];
  /** What somebody else has changed the contact to. */
  meanwhile?: { address: string; phone: string; email: string };
}

/** GET of one unit (M-37). */
export function showUnit(host: OfficeHost): Handler {
  return async (ctx) => show(host, ctx, await findUnit(host, ctx), {});
}

/** POST of how a unit is reached: its manager's to change. */
export function changeContact(host: OfficeHost): Handler {
  return host.actingForm(async (ctx, posted) => {
    const unit = await findUnit(host, ctx);
    const contact = readContact(posted);
    const body = { ...contact, version: Number(contact.version) };
    const path = `/units/${unit.code}/contact`;
    const answer = await send(host, ctx, path, { method: 'PUT', body, key: posted.get('key') });
    if (answer.ok) return seeOther(ctx, `/${PLACE}/${unit.code}?done=changed`);
    ctx.status = answer.status;
    const now = contactNow.safeParse(answer.body);
    if (now.success) {
      const { version, ...meanwhile } = now.data.now;
      return show(host, ctx, unit, { contact: { ...contact, version: String(version) }, meanwhile });
    }
    show(host, ctx, unit, { contact, errors: faultsIn(answer.body, 'console-unit-edit', answer.error) });
  });
}

/** POST of a qualification: the agency's to give. */
export function addQualification(host: OfficeHost): Handler {
  return host.actingForm(async (ctx, posted) => {
    const unit = await findUnit(host, ctx);
    const qualification = readQualification(posted);
    const missing = [
      ...(qualification.menu_role === '' ? [{ field: 'menu_role', key: FAULT('unknown') }] : []),
      ...(qualification.valid_from === '' ? [{ field: 'valid_from', key: FAULT('day') }] : []),
    ];
    if (missing.length > 0) {
      ctx.status = 422;
      return show(host, ctx, unit, { qualification, errors: missing });
    }
    const path = `/units/${unit.code}/entitlements`;
    const answer = await send(host, ctx, path, { body: qualification, key: posted.get('key') });
    if (answer.ok) return seeOther(ctx, `/${PLACE}/${unit.code}?done=qualified`);
    ctx.status = answer.status;
    const errors =
      answer.error === 'given_before'
        ? [{ field: 'menu_role', key: FAULT('there') }]
        : faultsIn(answer.body, 'console-unit-entitlements', answer.error);
    show(host, ctx, unit, { qualification, errors });
  });
}

/** A unit's page with the contact as it was typed before. */
export function contactAsTyped(host: OfficeHost): Reshow {
  return async (ctx, posted) => show(host, ctx, await findUnit(host, ctx), { contact: readContact(posted) });
}

/** A unit's page with the qualification as it was typed before. */
export function qualificationAsTyped(host: OfficeHost): Reshow {
  return async (ctx, posted) =>
    show(host, ctx, await findUnit(host, ctx), { qualification: readQualification(posted) });
}

const readContact = (posted: Form): Contact => ({
  version: posted.get('version'),
  address: oneLine(posted.get('address'), 200),
  phone: oneLine(posted.get('phone'), 40),
  email: oneLine(posted.get('email'), 254),
  reason: oneLine(posted.get('reason'), 500),
});

const readQualification = (posted: Form): Qualification => ({
  menu_role: posted.get('menu_role'),
  valid_from: posted.get('valid_from'),
  valid_to: posted.get('valid_to'),
  approval_no: oneLine(posted.get('approval_no'), 60),
  basis: oneLine(posted.get('basis'), 200),
});

/** POST: lets a qualification end on a day. */
export function endAsTyped(host: OfficeHost): Reshow {
  return async (ctx, posted) => show(host, ctx, await findUnit(host, ctx), { end: readEnd(posted) });
}

const readEnd = (posted: Form) => ({ which: posted.get('which'), endsOn: posted.get('ends_on') });

export function endQualification(host: OfficeHost): Handler {
  return host.actingForm(async (ctx, posted) => {
    const unit = await findUnit(host, ctx);
    const end = readEnd(posted);
    const [menuRole = '', validFrom = ''] = end.which.split(' ');
    const validTo = end.endsOn;
    const fault = [{ field: 'ends_on', key: FAULT('end') }];
    if (validTo === '' || menuRole === '') {
      ctx.status = 422;
      return show(host, ctx, unit, { end, errors: fault });
    }
    const body = { menu_role: menuRole, valid_from: validFrom, valid_to: validTo };
    const path = `/units/${unit.code}/entitlements/end`;
    const answer = await send(host, ctx, path, { body, key: posted.get('key') });
    if (answer.ok) return seeOther(ctx, `/${PLACE}/${unit.code}?done=qualified`);
    ctx.status = answer.status;
    show(host, ctx, unit, {
      end,
      errors: answer.status === 409 ? fault : [{ field: '', key: toldAs('office', answer.error) }],
    });
  });
}

const FAULT = (why: string): string => `console-unit-entitlements.fault-${why}`;
const SNAKE: Record<string, string> = { menuRole: 'menu_role', validFrom: 'valid_from', validTo: 'valid_to' };

/** What the single entry found wrong with the fields. */
function faultsIn(body: Record<string, unknown>, area: string, error: string): FieldError[] {
  const faults = Array.isArray(body['faults'])
    ? (body['faults'] as { field?: unknown; why?: unknown }[])
    : [];
  if (faults.length === 0) return [{ field: '', key: toldAs('office', error) }];
  return faults.map(({ field, why }) => ({
    field: SNAKE[String(field)] ?? String(field),
    key: `${area}.fault-${String(why)}`,
  }));
}

const findUnit = (host: OfficeHost, ctx: SignedInContext): Promise<WholeUnit> =>
  read(host, ctx, `/units/${idOf(ctx, UNIT)}`, wholeUnit);

const DONE: Record<string, string> = {
  changed: 'console-unit.done-changed',
  qualified: 'console-unit-entitlements.done',
};

function show(host: OfficeHost, ctx: SignedInContext, unit: WholeUnit, filled: Filled): void {
  const { locale } = ctx.state;
  const session = sessionOf(ctx);
  const said = ctx.method === 'GET' ? (new URLSearchParams(ctx.querystring).get('done') ?? '') : '';
  const { address, phone, email } = unit;
  const here = `/${PLACE}/${unit.code}`;
  host.show(ctx, 'mch-app/office-unit', {
    ...host.frameOf(ctx, PLACE),
    name: nameOf(unit, locale),
    doneKey: DONE[said] ?? '',
    facts: [
      { key: key('code'), text: unit.code },
      { key: key('name'), text: unit.name },
      { key: key('name-en'), text: unit.name_en },
      { key: key('kind'), textKey: `office.unit-kind-${unit.kind}` },
      { key: key('place'), text: placeOf(unit, locale) },
      { key: key('status'), ...statusCell(unit) },
      { key: 'office.managers', text: `${unit.managers.used} / ${unit.managers.limit}` },
    ],
    contactFacts: [
      { key: key('address'), text: address },
      { key: key('phone'), text: phone },
      { key: key('email'), text: email },
    ],
    mayChange: unit.may_change_contact,
    contact: filled.contact ?? { version: String(unit.version), address, phone, email, reason: '' },
    meanwhile: filled.meanwhile
      ? (['address', 'phone', 'email'] as const).map((name) => ({
          key: key(name),
          text: filled.meanwhile?.[name] ?? '',
        }))
      : [],
    qualifications: unit.entitlements.map((one) => ({
      ...one,
      label: menuRoleLabel(one.menu_role, locale),
      value: `${one.menu_role} ${one.valid_from}`,
      selected: `${one.menu_role} ${one.valid_from}` === filled.end?.which,
    })),
    endsOn: filled.end?.endsOn ?? '',
    mayQualify: unit.may_entitle,
    typed: filled.qualification ?? {
      menu_role: '',
      valid_from: '',
      valid_to: '',
      approval_no: '',
      basis: '',
    },
    menuRoles: unit.possible_menu_roles.map((role) => ({
      value: role,
      label: menuRoleLabel(role, locale),
      selected: role === filled.qualification?.menu_role,
    })),
    contactAction: `${here}/contact`,
    qualifyAction: `${here}/qualifications`,
    endAction: `${here}/qualifications/end`,
    backUrl: `/${PLACE}`,
    key: randomUUID(),
    errors: filled.errors ?? [],
    acting: session.account.id,
    generation: session.generation,
  });
}
