import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { Cell, Fact } from '#templates/views/console.ts';
import type { ReviewPage } from '#templates/views/console-review.ts';
import { maskNationalId } from '../../accounts/index.ts';
import type { ApplicationProof } from '../../federation/index.ts';
import type { Subsystem, SubsystemChoice } from '../../subsystems/index.ts';
import { type Unit, unitLabel } from '../../units/index.ts';
import { type Provided, providedBy } from '../provided.ts';
import { MANAGER_QUOTA, mayUploadForm } from '../policy.ts';
import { versionOf } from '../service/decide.ts';
import type { Enrollment, EnrollmentEvent } from '../types.ts';
import { ENROLLMENTS } from './list.ts';
import { statusTone } from './words.ts';

/** All a reviewer is shown of one application. */
export interface ReviewFacts {
  enrollment: Enrollment;
  unit: Unit;
  managers: number;
  turns: (EnrollmentEvent & { who: string | null; onBehalfOf: string | null })[];
  scan: { name: string; size: number; pictures: number } | undefined;
  marks: { isOverdue: boolean; remindedAt: Date | null; escalatedAt: Date | null };
  /** The sign-in at an institution it was begun with. */
  proof: ApplicationProof | undefined;
  subsystems: (code: string) => Subsystem | undefined;
  previous?: string;
  next?: string;
}

/** What the caller may do about it, and what was typed. */
export interface ReviewerSide {
  mayDecide: boolean;
  refusalKey: string;
  onBehalfOf: string;
  mayAttach: boolean;
  comment: string;
  errors: FieldError[];
}

/** P-47: one application: facts left, what is asked right, the decision below. */
export function enrollmentReview(facts: ReviewFacts, side: ReviewerSide, locale: Locale): ReviewPage {
  const { enrollment, unit, turns, previous, next } = facts;
  const { id, personal, loginName } = enrollment;
  const urlOf = (other: string | undefined): string => (other === undefined ? '' : `${ENROLLMENTS}/${other}`);
  const onPaper = enrollment.status === 'pending_paper';
  return {
    area: 'console-enrollments',
    title: translate(locale, 'console-enrollments.detail', { name: personal?.name ?? loginName ?? '' }),
    status: statusCells(facts),
    facts: personFacts(enrollment, unit, providedBy(facts.proof, enrollment, locale), locale),
    asked: askedFacts(facts, locale),
    changes: [],
    effects: enrollment.status.startsWith('pending') ? effectsOf(facts, locale) : [],
    scan: onPaper ? scanOf(facts, side) : undefined,
    history: turns.map(({ at, status, reason, who, onBehalfOf }) => ({
      at,
      who: byline(who, onBehalfOf, locale),
      key: `enrollment-progress.status-${status}`,
      note: reason ?? '',
    })),
    decision: side.mayDecide
      ? {
          action: `${ENROLLMENTS}/${id}/decision`,
          version: versionOf(enrollment),
          comment: side.comment,
          commentRequired: false,
          buttons: buttonsOf(onPaper, enrollment),
          onBehalfOf: side.onBehalfOf,
        }
      : undefined,
    withdrawUrl: '',
    refusalKey: side.refusalKey,
    previousUrl: urlOf(previous),
    nextUrl: urlOf(next),
    listUrl: ENROLLMENTS,
    errors: side.errors,
  };
}

/** Who did it, and for whom. */
export function byline(who: string | null, onBehalfOf: string | null, locale: Locale): string {
  if (who === null) return '';
  return onBehalfOf === null ? who : translate(locale, 'console-review.for', { who, name: onBehalfOf });
}

function buttonsOf(onPaper: boolean, { paper }: Enrollment): NonNullable<ReviewPage['decision']>['buttons'] {
  const hasForm = paper === 'uploaded' || paper === 'reviewing';
  const approve = {
    name: 'approve',
    key: 'console-enrollments.approve',
    shortcut: 'approve',
    isMain: true,
  } as const;
  const supplement = {
    name: 'supplement',
    key: 'console-enrollments.supplement',
    shortcut: '',
    isMain: false,
  } as const;
  const back = {
    name: 'return',
    key: 'console-enrollments.return',
    shortcut: 'return',
    isMain: false,
  } as const;
  return [...(!onPaper || hasForm ? [approve] : []), ...(onPaper && hasForm ? [supplement] : []), back];
}

function statusCells({ enrollment, marks }: ReviewFacts): Cell[] {
  const shown = (enrollment.status === 'pending_paper' && enrollment.paper) || enrollment.status;
  const mark = (is: boolean, name: string, tone: 'error' | 'warning' | 'info'): Cell[] =>
    is ? [{ textKey: `console-review.${name}`, tone }] : [];
  return [
    { textKey: `console-enrollments.state-${shown}`, tone: statusTone(shown) },
    ...mark(marks.isOverdue, 'overdue', 'error'),
    ...mark(marks.remindedAt !== null, 'reminded', 'info'),
    ...mark(marks.escalatedAt !== null, 'escalated', 'warning'),
  ];
}

function personFacts(
  { personal, loginName, submittedAt }: Enrollment,
  unit: Unit,
  provided: Provided | undefined,
  locale: Locale,
): Fact[] {
  const sourced = (text: string | undefined, isProvided = false): string | undefined =>
    text !== undefined && isProvided && provided
      ? translate(locale, 'console-enrollments.provided', { text, name: provided.name })
      : text;
  const given = (field: string, text: string | undefined) => sourced(text, provided?.fields.includes(field));
  const fact = (name: string, text: string | undefined): Fact[] =>
    text === undefined || text === '' ? [] : [{ key: `console-enrollments.${name}`, text }];
  return [
    ...fact('name', given('name', personal?.name)),
    ...fact('unit', sourced(unitLabel(unit, locale), provided?.unit)),
    ...fact('title-of', given('title', personal?.title)),
    ...fact('national-id', personal && maskNationalId(personal.nationalId)),
    ...fact('account', loginName),
    ...fact('phone', given('phone', personal?.phone)),
    ...fact('spare-phone', personal?.sparePhone),
    ...fact('unit-phone', personal?.unitPhone),
    ...fact('mobile', personal?.mobile),
    ...fact('email', given('email', personal?.email)),
    ...fact('spare-email', personal?.spareEmail),
    ...(submittedAt ? [{ key: 'console-enrollments.submitted', at: submittedAt }] : []),
  ];
}

function askedFacts({ enrollment, managers, subsystems, proof }: ReviewFacts, locale: Locale): Fact[] {
  const provided = providedBy(proof, enrollment, locale);
  const role = enrollment.role ?? 'user';
  return [
    { key: 'console-enrollments.role', textKey: `enrollment.role-${role}` },
    ...(role === 'unit_manager'
      ? [{ key: 'console-enrollments.managers', text: `${managers}/${MANAGER_QUOTA}` }]
      : []),
    ...(provided
      ? [
          {
            key: 'console-enrollments.institution',
            text: [provided.name, ...provided.known].join(' · '),
          },
        ]
      : []),
    ...enrollment.subsystems.map((choice): Fact => ({
      key: 'console-enrollments.subsystem',
      text: choiceText(choice, subsystems(choice.code), locale),
    })),
  ];
}

/** A subsystem asked for in its own words: name, role, duty, menu roles. */
function choiceText(choice: SubsystemChoice, subsystem: Subsystem | undefined, locale: Locale): string {
  if (!subsystem) return choice.code;
  const { roles, duties, menuRoles } = subsystem.manifest;
  const nameOf = (list: { code: string; label: Record<Locale, string> }[], code: string): string =>
    list.find((each) => each.code === code)?.label[locale] ?? code;
  const parts = [nameOf(roles, choice.role), nameOf(duties, choice.duty)];
  const menus = choice.menuRoles.map((code) => nameOf(menuRoles, code));
  return [subsystem.name[locale], ...parts, menus.join(locale === 'en' ? ', ' : '、')]
    .filter(Boolean)
    .join(' · ');
}

export function effectsOf({ enrollment, subsystems, proof }: ReviewFacts, locale: Locale): string[] {
  const provided = providedBy(proof, enrollment, locale);
  const { loginName = '', role } = enrollment;
  return [
    translate(locale, `console-enrollments.effect-${role ?? 'user'}`, { account: loginName }),
    ...enrollment.subsystems.map(({ code }) =>
      translate(locale, 'console-enrollments.effect-subsystem', {
        subsystem: subsystems(code)?.name[locale] ?? code,
      }),
    ),
    ...(provided
      ? [translate(locale, `console-enrollments.effect-${provided.standing}`, { name: provided.name })]
      : []),
    translate(locale, 'console-enrollments.effect-told'),
  ];
}

function scanOf({ enrollment, scan }: ReviewFacts, { mayAttach }: ReviewerSide): ReviewPage['scan'] {
  const url = `${ENROLLMENTS}/${enrollment.id}/scan`;
  return {
    name: scan?.name ?? '',
    size: scan?.size ?? 0,
    url,
    pictures: Array.from({ length: scan?.pictures ?? 0 }, (_, at) => `${url}/${at + 1}`),
    attachUrl: mayAttach && mayUploadForm(enrollment) ? url : '',
    isThere: scan !== undefined,
  };
}
