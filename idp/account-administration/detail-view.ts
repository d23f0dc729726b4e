import type { Locale } from '#kit/http/locale.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { Fact } from '#templates/views/console.ts';
import { maskNationalId, openNationalId } from '../accounts/index.ts';
import { type OwnSession, type SignInEvent, deviceText, reasonKey } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { listAccountsOf, listDeedsOn, listFactorsOf } from './store/detail.ts';
import type { AccountAdministrationDeps, ShownStatus, Subject } from './types.ts';

const STEP_MS = 30_000;
const TONES = { active: 'success', disabled: 'neutral', expired: 'warning', locked: 'error' } as const;
const ACCOUNT_TONES = {
  active: 'success',
  pending: 'info',
  suspended: 'warning',
  disabled: 'neutral',
} as const;

type Rows<T extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<T>>;
type View = Views['idp/console-person'];

export interface Detail {
  subject: Subject;
  status: ShownStatus;
  lookOnlyKey: string;
  deeds: View['deeds'];
  accounts: Rows<typeof listAccountsOf>;
  factors: Rows<typeof listFactorsOf>;
  sessions: OwnSession[];
  signIns: SignInEvent[];
  history: Rows<typeof listDeedsOn>;
  mayEndSessions: boolean;
  /** Where a subsystem account is shown, for those the caller may see. */
  accountUrl: (account: Rows<typeof listAccountsOf>[number]) => string;
  signInsUrl: string;
}

/** A person's account as its page shows it. */
export function personView(
  { registry, keyring }: Pick<AccountAdministrationDeps, 'registry' | 'keyring'>,
  detail: Detail,
  locale: Locale,
): View {
  const { subject, status } = detail;
  const here = `/console/accounts/${subject.id}`;
  return {
    name: subject.name,
    loginName: subject.loginName,
    status: { textKey: `console-people.status-${status}`, tone: TONES[status] },
    lookOnlyKey: detail.lookOnlyKey,
    deeds: detail.deeds,
    facts: factsOf(keyring, subject, locale),
    accounts: detail.accounts.map((account) => ({
      id: account.id,
      url: detail.accountUrl(account),
      system: registry.subsystem(account.subsystemCode)?.name[locale] ?? account.subsystemCode,
      unit: (locale === 'en' && account.unitNameEn) || account.unitName,
      role: roleLabel(registry, account, locale),
      status: { textKey: `console-person.status-${account.status}`, tone: ACCOUNT_TONES[account.status] },
      isBound: account.isBound,
    })),
    factors: [
      ...detail.factors.totp.map(({ addedAt, lastUsedStep }) => ({
        key: 'security.kind-totp',
        addedAt,
        ...(lastUsedStep > 0 && { lastUsedAt: new Date(lastUsedStep * STEP_MS) }),
      })),
      ...detail.factors.passkeys.map(({ addedAt, lastUsedAt }) => ({
        key: 'security.kind-passkey',
        addedAt,
        ...(lastUsedAt && { lastUsedAt }),
      })),
      ...detail.factors.cards.map(({ addedAt, lastUsedAt }) => ({
        key: 'security.kind-card',
        addedAt,
        ...(lastUsedAt && { lastUsedAt }),
      })),
    ],
    sessions: detail.sessions.map((session) => ({
      device: deviceText(locale, session.userAgent),
      address: session.ip ?? '',
      signedInAt: session.signedInAt,
      activeAt: session.activeAt,
      systems: session.clientIds.flatMap((id) => registry.find(id)?.subsystem?.name[locale] ?? []),
      action: detail.mayEndSessions ? `${here}/sessions/${encodeURIComponent(session.uid)}/removal` : '',
    })),
    signOutUrl: detail.mayEndSessions ? `${here}/sign-out` : '',
    signIns: detail.signIns.map((event) => ({
      at: event.at,
      kind: event.outcome,
      key: `sessions.event-${event.type.replaceAll(/[._]/g, '-')}`,
      ...(event.reason !== null && { reason: reasonKey(locale, event.reason) }),
      device: deviceText(locale, event.userAgent),
      address: event.ip ?? '',
    })),
    signInsUrl: detail.signInsUrl,
    history: detail.history.map((event) => ({
      at: event.at,
      who: event.actorName ? `${event.actorName} (${event.actorLoginName})` : subject.name,
      key: eventKey(locale, event.type),
      note: noteOf(event.details, locale),
    })),
  };
}

function factsOf(keyring: AccountAdministrationDeps['keyring'], subject: Subject, locale: Locale): Fact[] {
  const nationalId = maskNationalId(openNationalId(keyring, subject.nationalIdSealed, subject.id));
  const text = (key: string, value: string): Fact[] => (value === '' ? [] : [{ key, text: value }]);
  const at = (key: string, value: Date | null | undefined): Fact[] => (value ? [{ key, at: value }] : []);
  return [
    ...text('console-people.login', subject.loginName),
    ...text('console-person.person-no', subject.personNo),
    { key: 'console-people.unit', text: `${subject.unitCode} ${unitName(subject, locale)}` },
    { key: 'console-people.role', textKey: `console-people.role-${subject.role}` },
    ...text('console-person.job', subject.title),
    ...text('console-people.national-id', nationalId),
    ...(subject.declaredAt ? declaredFact(subject.declaredAt) : []),
    ...text('console-people.email', subject.email),
    ...text('console-person.spare-email', subject.spareEmail),
    ...text('console-person.phone', subject.phone),
    ...text('console-person.spare-phone', subject.sparePhone),
    ...text('console-person.unit-phone', subject.unitPhone),
    ...text('console-person.mobile', subject.mobile),
    ...at('console-person.expires', subject.expiresAt),
    ...at('console-person.created', subject.createdAt),
    ...at('console-people.last', subject.lastSignInAt),
    ...at('console-person.password-changed', subject.passwordChangedAt),
  ];
}

function declaredFact(at: Date): Fact[] {
  return [{ key: 'console-person.declared', at }];
}

export function unitName(
  { unitName: zh, unitNameEn: en }: Pick<Subject, 'unitName' | 'unitNameEn'>,
  locale: Locale,
) {
  return (locale === 'en' && en) || zh;
}

/** A subsystem's role in words, or its code when the manifest no longer has it. */
export function roleLabel(
  registry: Pick<ClientRegistry, 'subsystem'>,
  account: { subsystemCode: string; role: string },
  locale: Locale,
): string {
  const roles = registry.subsystem(account.subsystemCode)?.manifest.roles ?? [];
  return roles.find(({ code }) => code === account.role)?.label[locale] ?? account.role;
}

function eventKey(locale: Locale, type: string): string {
  const key = `console-person.event-${type.replaceAll(/[._]/g, '-')}`;
  return hasText(locale, key) ? key : 'console-person.event-other';
}

/** Why, and which fields; values stay in the audit trail. */
function noteOf(details: Record<string, unknown>, locale: Locale): string {
  const { reason, fields } = details;
  const named = (Array.isArray(fields) ? fields : []).map((field) => {
    const key = `console-person.field-${String(field)}`;
    return hasText(locale, key) ? translate(locale, key) : String(field);
  });
  return [typeof reason === 'string' ? reason : '', named.join(locale === 'en' ? ', ' : '\u3001')]
    .filter((part) => part !== '')
    .join('\n');
}
