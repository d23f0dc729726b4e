import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FlowSteps } from '#templates/views/enrollment.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { Subsystem } from '../subsystems/index.ts';
import { COUNTIES, type Unit, type UnitSearch, findCounty } from '../units/index.ts';
import { dutiesFor } from './choices.ts';
import { PERSONAL_FIELDS } from './personal.ts';
import { type UnitFacts, STEPS, mayVisit, roleRefusal } from './policy.ts';
import type { Enrollment, EnrollmentStep, SubsystemChoice } from './types.ts';

/** How people know a unit: `code-name`. */
export function unitLabel(unit: Unit, locale: Locale): string {
  return `${unit.code}-${locale === 'en' ? unit.nameEn : unit.name}`;
}

export function stepUrl(step: EnrollmentStep): string {
  return `/enrollment/${step}`;
}

/** What every step's page shows: where one is, and what was wrong when it was sent last. */
export function stepFrame(
  step: EnrollmentStep,
  draft: Enrollment | undefined,
): { steps: FlowSteps; action: string; errors: FieldError[] } {
  const done = draft?.done ?? [];
  return {
    steps: STEPS.map((each) => ({
      key: `enrollment.step-${each}`,
      state: each === step ? 'current' : done.includes(each) && mayVisit(each, done) ? 'done' : 'open',
      url: stepUrl(each),
    })),
    action: stepUrl(step),
    errors: draft?.retry?.step === step ? draft.retry.errors : [],
  };
}

export function unitView(
  draft: Enrollment | undefined,
  search: UnitSearch,
  found: { units: Unit[]; more: boolean; searched: boolean },
  locale: Locale,
): Views['idp/enrollment-unit'] {
  const option = (selected: string) => (place: { code: string; name: string; nameEn: string }) => ({
    value: place.code,
    label: locale === 'en' ? place.nameEn : place.name,
    selected: place.code === selected,
  });
  const chosen = draft?.unitCode ?? '';
  return {
    ...stepFrame('unit', draft),
    searchUrl: stepUrl('unit'),
    query: search.text,
    counties: COUNTIES.map(option(search.county)),
    towns: (findCounty(search.county)?.towns ?? []).map(option(search.town)),
    chosen,
    searched: found.searched,
    units: found.units.map((unit) => ({
      code: unit.code,
      name: locale === 'en' ? unit.nameEn : unit.name,
      selected: unit.code === chosen || found.units.length === 1,
    })),
    more: found.more,
  };
}

export function roleView(
  draft: Enrollment,
  unit: Unit,
  facts: UnitFacts,
  locale: Locale,
): Views['idp/enrollment-role'] {
  const roles = (['unit_manager', 'user'] as const).map((role) => {
    const refusal = roleRefusal(role, facts);
    return {
      value: role,
      key: `enrollment.role-${role}`,
      selected: draft.role === role && refusal === undefined,
      ...(refusal !== undefined && { refusal: { key: `enrollment.refused-${refusal}` } }),
    };
  });
  return { ...stepFrame('role', draft), unit: unitLabel(unit, locale), roles };
}

export function personView(draft: Enrollment): Views['idp/enrollment-person'] {
  const values = Object.entries(PERSONAL_FIELDS).map(([field, key]): [string, string] => [
    field,
    draft.personal?.[key] ?? '',
  ]);
  return {
    ...stepFrame('person', draft),
    values: Object.fromEntries(values),
    passwordKept: draft.passwordHash !== undefined,
  };
}

export function subsystemsView(
  draft: Enrollment,
  unit: Unit,
  offered: Subsystem[],
  locale: Locale,
): Views['idp/enrollment-subsystems'] {
  const systems = offered.map(({ code, name, colour, manifest }) => {
    const choice = draft.subsystems.find((each) => each.code === code);
    const labels = new Map(manifest.menuRoles.map((role) => [role.code, role.label[locale]]));
    return {
      code,
      name: name[locale],
      colour,
      selected: choice !== undefined,
      roles: manifest.roles.map((role) => ({
        value: role.code,
        label: role.label[locale],
        selected: choice?.role === role.code,
      })),
      duties: dutiesFor(manifest, unit.kind).map((duty) => ({
        value: duty.code,
        label: duty.label[locale],
        selected: choice?.duty === duty.code,
        menuRoles: duty.menuRoles.map((role) => ({
          value: role,
          label: labels.get(role) ?? role,
          selected: choice?.duty === duty.code && choice.menuRoles.includes(role),
        })),
      })),
      fields: manifest.applicationFields.map((field) => {
        const values = choice?.fields[field.name] ?? [];
        return {
          name: field.name,
          label: field.label[locale],
          type: field.type,
          text: values[0] ?? '',
          required: field.required,
          options: field.options.map(({ value, label }) => ({
            value,
            label: label[locale],
            selected: values.includes(value),
          })),
        };
      }),
    };
  });
  return { ...stepFrame('subsystems', draft), unit: unitLabel(unit, locale), systems };
}

/** A choice in words: role, duty, menu roles, then the fields the subsystem asks for. */
export function choiceLines(choice: SubsystemChoice, { manifest }: Subsystem, locale: Locale): string[] {
  const role = manifest.roles.find(({ code }) => code === choice.role);
  const duty = manifest.duties.find(({ code }) => code === choice.duty);
  const menuRoles = manifest.menuRoles.filter(({ code }) => choice.menuRoles.includes(code));
  const fields = manifest.applicationFields.map((field) => {
    const values = (choice.fields[field.name] ?? []).map(
      (value) => field.options.find((option) => option.value === value)?.label[locale] ?? value,
    );
    return values.length === 0 ? '' : `${field.label[locale]}: ${values.join(', ')}`;
  });
  const lines = [role?.label[locale], duty?.label[locale], ...menuRoles.map(({ label }) => label[locale])];
  return [...lines, ...fields].filter((line) => line !== undefined && line !== '') as string[];
}

export function reviewView(
  draft: Enrollment,
  unit: Unit,
  offered: Subsystem[],
  locale: Locale,
  captcha: { captchaImageUrl: string; captchaAudioUrl: string; newCaptchaUrl: string },
): Views['idp/enrollment-review'] {
  const t = (key: string): string => translate(locale, `enrollment.${key}`);
  const labels: Record<string, string> = { title: 'job' };
  const facts = Object.entries(PERSONAL_FIELDS).map(([field, key]) => ({
    key: `enrollment.${labels[field] ?? field}`,
    value: draft.personal?.[key] || t('fact-none'),
  }));
  return {
    ...stepFrame('review', draft),
    action: '/enrollment/submission',
    sections: [
      {
        key: 'enrollment.step-unit',
        url: stepUrl('unit'),
        facts: [{ key: 'enrollment.fact-unit', value: unitLabel(unit, locale) }],
      },
      {
        key: 'enrollment.step-role',
        url: stepUrl('role'),
        facts: [{ key: 'enrollment.fact-role', value: t(`role-${draft.role}`) }],
      },
      { key: 'enrollment.step-person', url: stepUrl('person'), facts },
    ],
    systems: draft.subsystems.flatMap((choice) => {
      const subsystem = offered.find(({ code }) => code === choice.code);
      return subsystem
        ? [{ name: subsystem.name[locale], lines: choiceLines(choice, subsystem, locale) }]
        : [];
    }),
    systemsUrl: stepUrl('subsystems'),
    ...captcha,
  };
}
