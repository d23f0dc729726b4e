import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { UnitPicker } from '#templates/views/access-requests.ts';
import type { FlowSteps } from '#templates/views/enrollment.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { PasswordRules } from '../authenticators/index.ts';
import { type Subsystem, choiceForm, choiceLines } from '../subsystems/index.ts';
import { type Unit, unitLabel } from '../units/index.ts';
import { PERSONAL_FIELDS } from './personal.ts';
import type { Provided } from './provided.ts';
import { type UnitFacts, STEPS, mayVisit, roleRefusal } from './policy.ts';
import type { Enrollment, EnrollmentStep } from './types.ts';

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
  found: Omit<UnitPicker, 'searchUrl' | 'action' | 'method' | 'hidden'>,
): Views['idp/enrollment-unit'] {
  const frame = stepFrame('unit', draft);
  const picker = { ...found, searchUrl: stepUrl('unit'), action: frame.action, method: 'post' as const };
  return { ...frame, picker: { ...picker, hidden: [] } };
}

export function roleView(
  draft: Enrollment,
  unit: Unit,
  facts: UnitFacts,
  takesCards: boolean,
  locale: Locale,
): Views['idp/enrollment-role'] {
  const roles = (['unit_manager', 'user'] as const).map((role) => {
    const refusal = roleRefusal(role, facts);
    return {
      value: role,
      key: `enrollment.role-${role}`,
      hintKey: `enrollment.role-${role}${takesCards && role === 'unit_manager' ? '-card' : ''}-hint`,
      selected: draft.role === role && refusal === undefined,
      ...(refusal !== undefined && { refusal: { key: `enrollment.refused-${refusal}` } }),
    };
  });
  return { ...stepFrame('role', draft), unit: unitLabel(unit, locale), roles };
}

export function personView(
  draft: Enrollment,
  rules: PasswordRules,
  provided: Provided | undefined,
): Views['idp/enrollment-person'] {
  const values = Object.entries(PERSONAL_FIELDS).map(([field, key]): [string, string] => [
    field,
    draft.personal?.[key] ?? '',
  ]);
  return {
    ...stepFrame('person', draft),
    values: Object.fromEntries(values),
    rules,
    passwordKept: draft.passwordHash !== undefined,
    provided: Object.fromEntries((provided?.fields ?? []).map((field) => [field, provided?.name ?? ''])),
    ...institutionOf(provided),
  };
}

function institutionOf(provided: Provided | undefined) {
  if (!provided) return {};
  const { name, standing, until } = provided;
  const key = `enrollment.institution-${standing}${standing === 'good' && !until ? '-sent' : ''}`;
  return { institution: { name, key, standing, ...(until && { until }) } };
}

export function subsystemsView(
  draft: Enrollment,
  unit: Unit,
  offered: Subsystem[],
  locale: Locale,
): Views['idp/enrollment-subsystems'] {
  const systems = offered.map((subsystem) => {
    const choice = draft.subsystems.find((each) => each.code === subsystem.code);
    return { ...choiceForm(subsystem, unit.kind, choice, locale), selected: choice !== undefined };
  });
  return { ...stepFrame('subsystems', draft), unit: unitLabel(unit, locale), systems };
}

export function reviewView(
  draft: Enrollment,
  unit: Unit,
  offered: Subsystem[],
  locale: Locale,
  captcha: { captchaImageUrl: string; captchaAudioUrl: string; newCaptchaUrl: string },
  provided: Provided | undefined,
): Views['idp/enrollment-review'] {
  const t = (key: string): string => translate(locale, `enrollment.${key}`);
  const labels: Record<string, string> = { title: 'job' };
  const facts = Object.entries(PERSONAL_FIELDS).map(([field, key]) => ({
    key: `enrollment.${labels[field] ?? field}`,
    value: draft.personal?.[key] || t('fact-none'),
    ...(provided?.fields.includes(field) && { source: provided.name }),
  }));
  return {
    ...stepFrame('review', draft),
    action: '/enrollment/submission',
    sections: [
      {
        key: 'enrollment.step-unit',
        url: stepUrl('unit'),
        facts: [
          {
            ...{ key: 'enrollment.fact-unit', value: unitLabel(unit, locale) },
            ...(provided?.unit && { source: provided.name }),
          },
        ],
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
    ...institutionOf(provided),
  };
}
