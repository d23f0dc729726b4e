import type { Keyring } from '#kit/keyring.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { Cell, Fact } from '#templates/views/console.ts';
import type { ReviewPage } from '#templates/views/console-review.ts';
import { maskName, maskNationalId, openNationalId } from '../../accounts/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';
import { unitLabel } from '../../units/index.ts';
import { managesUnit } from '../policy.ts';
import type { ReviewedRequest } from '../service/read.ts';
import { changesOf, labelIn, menuRoleNames } from '../view.ts';
import { REVIEW_PLACE } from '../words.ts';

export interface Shown {
  found: ReviewedRequest;
  onBehalfOf: string;
  unitNames: Map<string, string>;
  isOverdue: boolean;
  comment: string;
  errors: FieldError[];
  previous?: string;
  next?: string;
}

/** P-49: a request for a subsystem account, or of a change of one, as its reviewer sees it. */
export function accessReview(
  { registry, keyring }: { registry: ClientRegistry; keyring: Keyring },
  shown: Shown,
  locale: Locale,
): ReviewPage {
  const { found, previous, next } = shown;
  const { request, events, mayDecide } = found;
  const urlOf = (id: string | undefined): string => (id === undefined ? '' : `${REVIEW_PLACE}/${id}`);
  return {
    area: 'console-access',
    title: translate(locale, `console-access.detail-${request.kind}`, {
      name: maskName(found.applicant.name),
    }),
    status: statusCells(shown),
    facts: personFacts(keyring, found, locale),
    asked: askedFacts(registry, found, locale),
    changes: changesOf(registry, locale, request, shown.unitNames),
    effects: request.status === 'submitted' ? effectsOf(registry, found, locale) : [],
    scan: undefined,
    history: events.map(({ at, deed, round, actorName, onBehalfOfName, comment }) => ({
      at,
      who:
        actorName === null || onBehalfOfName === null
          ? (actorName ?? '')
          : translate(locale, 'console-review.for', { who: actorName, name: onBehalfOfName }),
      key: `access-requests.event-${deed === 'submitted' && round > 1 ? 'resubmitted' : deed}`,
      note: comment,
    })),
    decision: mayDecide
      ? {
          action: `${REVIEW_PLACE}/${request.id}/decision`,
          version: String(request.version),
          comment: shown.comment,
          commentRequired: true,
          buttons: [
            { name: 'approve', key: 'console-access.approve', shortcut: 'approve', isMain: true },
            { name: 'return', key: 'console-access.return', shortcut: 'return', isMain: false },
          ],
          onBehalfOf: shown.onBehalfOf,
        }
      : undefined,
    withdrawUrl: '',
    refusalKey: '',
    previousUrl: urlOf(previous),
    nextUrl: urlOf(next),
    listUrl: REVIEW_PLACE,
    errors: shown.errors,
  };
}

function statusCells({ found: { request }, isOverdue }: Shown): Cell[] {
  const { status, chain, step, level } = request;
  if (status !== 'submitted') return [{ textKey: `access-requests.state-${status}`, tone: 'neutral' }];
  const waits = level === 'own' ? (chain[step] ?? 'nobody') : level;
  const overdue: Cell[] = isOverdue ? [{ textKey: 'console-review.overdue', tone: 'error' }] : [];
  return [{ textKey: `access-requests.waits-${waits}`, tone: 'info' }, ...overdue];
}

function personFacts(
  keyring: Keyring,
  { applicant, unit, request }: ReviewedRequest,
  locale: Locale,
): Fact[] {
  const nationalId = openNationalId(keyring, applicant.nationalIdSealed, applicant.accountId);
  const fact = (name: string, text: string): Fact => ({ key: `console-access.${name}`, text });
  return [
    fact('unit', unitLabel(unit, locale)),
    fact('name', maskName(applicant.name)),
    fact('national-id', maskNationalId(nationalId)),
    fact('login', applicant.loginName),
    ...(request.subsystemAccountId === null ? [] : [fact('target', request.subsystemAccountId)]),
    ...(applicant.phone === '' ? [] : [fact('phone', applicant.phone)]),
    fact('email', applicant.email),
    { key: 'console-access.submitted', at: request.submittedAt },
  ];
}

function askedFacts(registry: ClientRegistry, { request, quota }: ReviewedRequest, locale: Locale): Fact[] {
  const { subsystemCode, kind, role, duty, menuRoles, reason } = request;
  const subsystem = registry.subsystem(subsystemCode);
  const manifest = subsystem?.manifest;
  const fact = (name: string, text: string): Fact => ({ key: `console-access.${name}`, text });
  const wish =
    kind === 'account'
      ? [
          fact('role', labelIn(manifest?.roles, role, locale)),
          fact('duty', labelIn(manifest?.duties, duty, locale)),
          fact('menu-roles', menuRoleNames(manifest, menuRoles, locale)),
        ]
      : [];
  const isFull = quota !== undefined && quota.used >= quota.limit;
  const managers = manifest && managesUnit(manifest, role) && kind !== 'disable' ? quota : undefined;
  return [
    fact('subsystem', subsystem?.name[locale] ?? subsystemCode),
    { key: 'console-access.kind', textKey: `access-requests.kind-${kind}` },
    ...wish,
    ...(managers
      ? [
          {
            ...fact('quota', `${managers.used}/${managers.limit}`),
            ...(isFull && { tone: 'warning' as const }),
          },
        ]
      : []),
    ...(reason === '' ? [] : [fact('reason', reason)]),
  ];
}

/** What an approval of this step does. */
export function effectsOf(registry: ClientRegistry, { request }: ReviewedRequest, locale: Locale): string[] {
  const { step, chain, kind, subsystemCode, subsystemAccountId } = request;
  const system = registry.subsystem(subsystemCode)?.name[locale] ?? subsystemCode;
  if (step < chain.length - 1) {
    const next = translate(locale, `access-requests.step-${chain[step + 1] ?? 'hpa_admin'}`);
    return [translate(locale, 'console-access.effect-next', { next })];
  }
  return [
    translate(locale, `console-access.effect-${kind}`, { system, account: subsystemAccountId ?? '' }),
    translate(locale, 'console-access.effect-told'),
  ];
}
