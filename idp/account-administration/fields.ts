import type { Form } from '#kit/http/form.ts';
import type { FieldError } from '#templates/views.ts';
import type { FormField } from '#templates/views/console-question.ts';
import { personalErrors, readPersonal } from '../enrollments/index.ts';
import type { AccountChanges, Subject } from './types.ts';

/** What the form of an account holds, as it is typed. */
export const FIELDS = [
  'name',
  'title',
  'phone',
  'spare_phone',
  'unit_phone',
  'mobile',
  'email',
  'spare_email',
  'expires',
] as const;
export type FieldName = (typeof FIELDS)[number];
export type Typed = Record<FieldName, string>;

const KINDS: Partial<Record<FieldName, FormField['kind']>> = {
  phone: 'tel',
  spare_phone: 'tel',
  unit_phone: 'tel',
  mobile: 'tel',
  email: 'email',
  spare_email: 'email',
  expires: 'date',
};
const REQUIRED: FieldName[] = ['name', 'title', 'phone', 'email'];
const HINTS: Partial<Record<FieldName, string>> = {
  phone: 'enrollment.phone-hint',
  mobile: 'enrollment.mobile-hint',
  expires: 'console-person.expires-hint',
};
const LABELS: Record<FieldName, string> = {
  name: 'console-people.name',
  title: 'console-person.job',
  phone: 'console-person.phone',
  spare_phone: 'console-person.spare-phone',
  unit_phone: 'console-person.unit-phone',
  mobile: 'console-person.mobile',
  email: 'console-people.email',
  spare_email: 'console-person.spare-email',
  expires: 'console-person.expires',
};

/** The form's fields with what was typed. */
export function formFields(typed: Typed): FormField[] {
  return FIELDS.map((name) => ({
    name,
    key: LABELS[name],
    kind: KINDS[name] ?? 'text',
    value: typed[name],
    required: REQUIRED.includes(name),
    maxlength: name === 'email' || name === 'spare_email' ? 254 : 50,
    ...(HINTS[name] !== undefined && { hintKey: HINTS[name] }),
  }));
}

export function labelOf(name: FieldName): string {
  return LABELS[name];
}

/** What is in force, as the form shows it. */
export function typedOf(subject: AccountChanges): Typed {
  return {
    name: subject.name,
    title: subject.title,
    phone: subject.phone,
    spare_phone: subject.sparePhone,
    unit_phone: subject.unitPhone,
    mobile: subject.mobile,
    email: subject.email,
    spare_email: subject.spareEmail,
    expires: lastDay(subject.expiresAt),
  };
}

/** What was typed, unified as it is kept. */
export function readTyped(form: Pick<Form, 'get'>): Typed {
  const personal = readPersonal((field) => form.get(field));
  return {
    name: personal.name,
    title: personal.title,
    phone: personal.phone,
    spare_phone: personal.sparePhone,
    unit_phone: personal.unitPhone,
    mobile: personal.mobile,
    email: personal.email,
    spare_email: personal.spareEmail,
    expires: form.get('expires').trim().slice(0, 10),
  };
}

export function changesOf(typed: Typed): AccountChanges {
  return {
    name: typed.name,
    title: typed.title,
    phone: typed.phone,
    sparePhone: typed.spare_phone,
    unitPhone: typed.unit_phone,
    mobile: typed.mobile,
    email: typed.email,
    spareEmail: typed.spare_email,
    expiresAt: typed.expires === '' ? null : endOfDay(typed.expires),
  };
}

/** Everything wrong with what was typed; what stayed as it is in force is not asked again. */
export function typedErrors(typed: Typed, inForce: Typed | undefined, now: Date): FieldError[] {
  const personal = { ...changesOf(typed), loginName: '', nationalId: '' };
  const errors = personalErrors(personal, now).filter(
    ({ field }) => (FIELDS as readonly string[]).includes(field) && isNew(field as FieldName),
  );
  if (typed.expires !== '' && isNew('expires')) {
    const until = endOfDay(typed.expires);
    if (!until || until <= now) errors.push({ field: 'expires', key: 'console-person.expires-invalid' });
  }
  return errors;

  function isNew(field: FieldName): boolean {
    return inForce?.[field] !== typed[field];
  }
}

/** The end of the day in Taipei; null for what is no day. */
function endOfDay(day: string): Date | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (year === undefined) return null;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date), 16));
  return lastDay(at) === day ? at : null;
}

/** The last whole day in Taipei before the moment. */
function lastDay(at: Subject['expiresAt']): string {
  if (!at) return '';
  const taipei = new Date(at.getTime() - 1 + 8 * 3_600_000);
  return taipei.toISOString().slice(0, 10);
}
