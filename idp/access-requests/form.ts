import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { FieldError } from '#templates/views.ts';
import type { ChoiceForm } from '#templates/views/enrollment.ts';
import { type Subsystem, choiceErrors, choiceForm, readChoices } from '../subsystems/index.ts';
import { managesUnit } from './policy.ts';
import type { AccessRequest, RequestKind } from './types.ts';

export const MAX_REASON = 500;

/** What one may choose, or, of a change, what the account is now. */
export type Chosen = Pick<AccessRequest, 'role' | 'duty' | 'menuRoles' | 'fields'>;

/**
 * The subsystem as far as a request of this kind may choose: a change of menu roles stays with its duty, one of role
 * is to a managing one, and no change asks for the application's fields again.
 */
export function narrowForKind(subsystem: Subsystem, kind: RequestKind, now: Chosen | undefined): Subsystem {
  const { manifest } = subsystem;
  if (kind === 'account') return subsystem;
  const parts = {
    unit: { duties: manifest.duties, roles: manifest.roles },
    role: {
      duties: manifest.duties,
      roles: manifest.roles.filter(({ code }) => managesUnit(manifest, code)),
    },
    menu_roles: { duties: manifest.duties.filter(({ code }) => code === now?.duty), roles: manifest.roles },
    disable: { duties: manifest.duties, roles: manifest.roles },
  }[kind];
  return { ...subsystem, manifest: { ...manifest, ...parts, applicationFields: [] } };
}

/** The part of the form that a kind of request shows; managing roles only while the unit may have one more (P-51). */
export function choiceOfKind(
  subsystem: Subsystem,
  kind: RequestKind,
  unitKind: string,
  typed: Chosen | undefined,
  locale: Locale,
  isFull: boolean,
): ChoiceForm {
  const whole = choiceForm(narrowForKind(subsystem, kind, typed), unitKind, typed, locale);
  return {
    ...whole,
    roles: (kind === 'account' || kind === 'role' ? whole.roles : []).filter(
      ({ value }) => !isFull || !managesUnit(subsystem.manifest, value),
    ),
    duties: kind === 'role' || kind === 'disable' ? [] : whole.duties,
  };
}

/**
 * What a form of this kind chose; parts it does not show stay as `now` has them, whatever was sent.
 * @throws Fault bad_request for a choice that the page never offered
 */
export function readChoice(
  form: Form,
  subsystem: Subsystem,
  kind: RequestKind,
  unitKind: string,
  now: Chosen | undefined,
  locale: Locale,
): { chosen: Chosen; errors: FieldError[] } {
  if (kind === 'disable' || (kind === 'role' && now))
    return readRole(form, subsystem, kind, now as Chosen, locale);
  const { code } = subsystem;
  const narrow = narrowForKind(subsystem, kind, now);
  const kept: Record<string, string[]> = {
    subsystem: [code],
    ...(kind !== 'account' && now && { [`${code}.role`]: [now.role] }),
    ...(kind === 'menu_roles' && now && { [`${code}.duty`]: [now.duty] }),
  };
  const [choice] = readChoices({ all: (name) => kept[name] ?? form.all(name) }, [narrow]);
  if (!choice) throw new Fault('bad_request');
  const { errors, tampered } = choiceErrors([choice], [narrow], unitKind, locale);
  if (tampered) throw new Fault('bad_request');
  const { role, duty, menuRoles, fields } = choice;
  return { chosen: { role, duty, menuRoles, fields: kind === 'account' ? fields : {} }, errors };
}

function readRole(
  form: Form,
  subsystem: Subsystem,
  kind: RequestKind,
  now: Chosen,
  locale: Locale,
): { chosen: Chosen; errors: FieldError[] } {
  if (kind === 'disable') return { chosen: now, errors: [] };
  const { code, shortName, manifest } = narrowForKind(subsystem, kind, now);
  const role = form.get(`${code}.role`);
  if (role !== '' && !manifest.roles.some((each) => each.code === role)) throw new Fault('bad_request');
  const params = { system: shortName[locale] };
  const missing = { field: `${code}-role`, key: 'enrollment.choice-role-required', params };
  return { chosen: { ...now, role: role === '' ? now.role : role }, errors: role === '' ? [missing] : [] };
}

/** What was typed as a reason, and what is wrong with it. */
export function readReason(form: Form): { reason: string; errors: FieldError[] } {
  const reason = form
    .get('reason')
    .replaceAll(/[^\P{C}\n]/gu, '')
    .trim()
    .slice(0, MAX_REASON)
    .toWellFormed();
  return {
    reason,
    errors: reason === '' ? [{ field: 'reason', key: 'access-requests.reason-required' }] : [],
  };
}
