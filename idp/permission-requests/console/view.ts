import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { Fact, HistoryLine } from '#templates/views/console.ts';
import type { ReviewPage } from '#templates/views/console-review.ts';
import type { ManagerQuota } from '../../entitlements/index.ts';
import type { Subsystem } from '../../subsystems/index.ts';
import type { Candidate, PermissionRequest } from '../types.ts';
import { PERMISSION_REQUESTS } from '../words.ts';
import { TONES } from './list.ts';

export interface PermissionFacts {
  request: PermissionRequest;
  subsystem: Subsystem | undefined;
  candidate: Candidate | undefined;
  quota: ManagerQuota | undefined;
}

export interface PermissionSide {
  mayDecide: boolean;
  refusalKey: string;
  mayWithdraw: boolean;
  comment: string;
  errors: FieldError[];
}

const fact = (name: string, text: string): Fact => ({ key: `console-permission.${name}`, text });

/** One request: who asks left, what is asked right, the agency's decision below. */
export function permissionReview(facts: PermissionFacts, side: PermissionSide, locale: Locale): ReviewPage {
  const { request } = facts;
  const { id, no, status, unitCode, unitName, unitNameEn } = request;
  const address = `${PERMISSION_REQUESTS}/${id}`;
  return {
    area: 'console-permission',
    title: translate(locale, 'console-permission.detail', { no }),
    status: [{ textKey: `console-permission.decision-${status}`, tone: TONES[status] }],
    facts: [
      fact('unit', `${unitCode}-${(locale === 'en' && unitNameEn) || unitName}`),
      fact('applicant', request.applicantName),
      ...(request.phone === '' ? [] : [fact('phone', request.phone)]),
      ...(request.email === '' ? [] : [fact('email', request.email)]),
      { key: 'console-permission.submitted', at: request.createdAt },
    ],
    asked: askedFacts(facts, locale),
    changes: [],
    effects: status === 'submitted' ? effectsOf(facts, locale) : [],
    scan: undefined,
    history: historyOf(request),
    decision: side.mayDecide
      ? {
          action: `${address}/decision`,
          version: status,
          comment: side.comment,
          commentRequired: false,
          buttons: [
            { name: 'allow', key: 'console-permission.allow', shortcut: 'approve', isMain: true },
            { name: 'refuse', key: 'console-permission.refuse', shortcut: 'return', isMain: false },
          ],
          onBehalfOf: '',
        }
      : undefined,
    withdrawUrl: side.mayWithdraw ? `${address}/withdrawal` : '',
    refusalKey: side.refusalKey,
    previousUrl: '',
    nextUrl: '',
    listUrl: PERMISSION_REQUESTS,
    errors: side.errors,
  };
}

function askedFacts({ request, subsystem, candidate, quota }: PermissionFacts, locale: Locale): Fact[] {
  const { kind, subsystemCode, targetId, menuRole, content } = request;
  return [
    { key: 'console-permission.kind', textKey: `console-permission.kind-${kind}` },
    fact('subsystem', subsystem?.name[locale] ?? subsystemCode),
    ...(targetId === null
      ? []
      : [fact('target', candidate ? `${candidate.holderName} (${targetId})` : targetId)]),
    ...(quota && kind === 'extra_manager' ? [fact('quota', `${quota.used}/${quota.limit}`)] : []),
    ...(menuRole === null ? [] : [fact('menu-role', menuRoleLabel(subsystem, menuRole, locale))]),
    fact('content', content),
  ];
}

export function menuRoleLabel(subsystem: Subsystem | undefined, code: string, locale: Locale): string {
  return subsystem?.manifest.menuRoles.find((role) => role.code === code)?.label[locale] ?? code;
}

/** What the agency's "yes" does. */
export function effectsOf({ request, subsystem, candidate }: PermissionFacts, locale: Locale): string[] {
  const { kind, targetId, menuRole } = request;
  const target = candidate ? `${candidate.holderName} (${targetId})` : (targetId ?? '');
  const role = menuRoleLabel(subsystem, menuRole ?? '', locale);
  return [
    translate(locale, `console-permission.effect-${kind}`, { target, role }),
    translate(locale, 'console-permission.effect-told'),
  ];
}

function historyOf(request: PermissionRequest): HistoryLine[] {
  const { status, decidedAt, deciderName, reason, createdAt, applicantName } = request;
  const sent = { at: createdAt, who: applicantName, key: 'console-permission.event-submitted', note: '' };
  if (status === 'submitted' || !decidedAt) return [sent];
  const end = {
    at: decidedAt,
    who: deciderName ?? '',
    key: `console-permission.event-${status}`,
    note: reason,
  };
  return [end, sent];
}
