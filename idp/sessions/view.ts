import type { Locale } from '#kit/http/locale.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { readDevice } from './device.ts';
import type { BrowserSession, OwnSession, SignInEvent, UnattendedGrant } from './types.ts';

export const SESSIONS = '/account/sessions';
export const HISTORY = `${SESSIONS}/history`;

export function sessionsView(
  registry: ClientRegistry,
  locale: Locale,
  { sessions, grants }: { sessions: OwnSession[]; grants: UnattendedGrant[] },
  current: BrowserSession,
): Views['idp/sessions'] {
  const rows = sessions.map((session) => ({
    current: session.uid === current.uid,
    device: deviceText(locale, session.userAgent),
    address: session.ip ?? '',
    signedInAt: session.signedInAt,
    activeAt: session.activeAt,
    systems: session.clientIds.flatMap((id) => systemName(registry, locale, id) ?? []),
    action: `${SESSIONS}/${encodeURIComponent(session.uid)}/removal`,
  }));
  return {
    sessions: rows.sort((a, b) => Number(b.current) - Number(a.current)),
    others: rows.filter((row) => !row.current).length,
    grants: grants.map(({ ref, clientId, binding, since, endsAt }) => ({
      system: systemName(registry, locale, clientId) ?? clientName(registry, clientId),
      binding: binding ?? '',
      since,
      endsAt,
      action: `${SESSIONS}/grants/${ref}/removal`,
    })),
    othersAction: `${SESSIONS}/others/removal`,
    historyUrl: HISTORY,
  };
}

/** @param events one more than `size` when there are older ones */
export function historyView(
  registry: ClientRegistry,
  locale: Locale,
  events: SignInEvent[],
  page: { size: number; isFirst: boolean },
): Views['idp/sign-in-history'] {
  const shown = events.slice(0, page.size);
  const last = shown.at(-1);
  return {
    events: shown.map((event) => ({
      at: event.at,
      kind: event.outcome,
      key: `sessions.event-${event.type.replaceAll(/[._]/g, '-')}`,
      ...(event.reason !== null && { reason: reasonKey(locale, event.reason) }),
      system: systemName(registry, locale, event.clientId ?? '') ?? translate(locale, 'sessions.entry'),
      device: deviceText(locale, event.userAgent),
      address: event.ip ?? '',
    })),
    ...(events.length > page.size && last && { olderUrl: `${HISTORY}?before=${last.id}` }),
    ...(!page.isFirst && { newestUrl: HISTORY }),
    backUrl: SESSIONS,
  };
}

/** Why a sign-in failed, as a locale key. */
export function reasonKey(locale: Locale, reason: string): string {
  const key = `sessions.reason-${reason}`;
  return hasText(locale, key) ? key : 'sessions.reason-other';
}

/** The browser and system behind a User-Agent header, in words. */
export function deviceText(locale: Locale, userAgent: string | null): string {
  const { browser, system } = readDevice(userAgent);
  if (browser && system) return translate(locale, 'sessions.device', { browser, system });
  return browser ?? system ?? translate(locale, 'sessions.device-unknown');
}

/** A client without a subsystem goes by the name it gave itself. */
function clientName(registry: ClientRegistry, clientId: string): string {
  const own = registry.find(clientId)?.metadata['client_name'];
  return typeof own === 'string' ? own : clientId;
}

/** Undefined for a client of ours, such as this portal. */
function systemName(registry: ClientRegistry, locale: Locale, clientId: string): string | undefined {
  return registry.find(clientId)?.subsystem?.name[locale];
}
