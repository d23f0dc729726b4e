import { HOUR } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { ContentLine, Views } from '#templates/views.ts';
import type { BoundAccount } from '../bindings/index.ts';
import { type StatusBoard, closedText } from '../service-status/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import { REQUESTS } from '../sign-in-requests/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

/** What of a person's stands on their home; `requests`: how many sign-ins elsewhere wait for their approval. */
interface OwnHome {
  session: BrowserSession;
  accounts: BoundAccount[];
  news: ContentLine[];
  requests: number;
}

/** The signed-in home: a tile per bound account, grouped by subsystem, favourites and last used first. */
export function portalView(
  world: { registry: ClientRegistry; board: StatusBoard; now: Date; demo: boolean },
  { session, accounts, news, requests }: OwnHome,
  locale: Locale,
): Views['idp/portal'] {
  const groups = new Map<string, Views['idp/portal']['groups'][number]>();
  for (const account of accounts) {
    const subsystem = world.registry.subsystem(account.subsystemCode);
    if (!subsystem) continue;
    const { code, colour } = subsystem;
    const group = groups.get(code) ?? {
      subsystem: { code, name: subsystem.name[locale], colour },
      closed: reasonClosed(world.board, code, locale),
      accounts: [],
    };
    group.accounts.push({
      id: account.id,
      binding: account.binding,
      unitCode: account.unitCode,
      unitName: locale === 'en' ? account.unitNameEn : account.unitName,
      roleLabel: account.roleLabel[locale],
      dutyLabel: account.dutyLabel[locale],
      favourite: account.favourite,
      ...(account.lastUsedAt && { lastUsedAt: account.lastUsedAt }),
      ...(account.waiting !== undefined && { waiting: account.waiting }),
      ...staleSince(account, world.now),
      action: `/accounts/${encodeURIComponent(account.id)}/entry`,
    });
    groups.set(code, group);
  }
  return {
    greeting: translate(locale, `portal.greeting-${partOfDay(world.now)}`, { name: session.personName }),
    name: session.personName,
    ...(session.previousSignInAt && { lastSignInAt: session.previousSignInAt }),
    ...(requests > 0 && { requests: { count: requests, url: REQUESTS } }),
    groups: [...groups.values()],
    news,
    demo: world.demo,
  };
}

/** A total that its subsystem has not confirmed lately says of when it is. */
function staleSince({ waitingAt }: BoundAccount, now: Date): { waitingAsOf?: Date } {
  const isStale = waitingAt !== undefined && now.getTime() - waitingAt.getTime() > STALE_MS;
  return isStale ? { waitingAsOf: waitingAt } : {};
}

/** Why the subsystem cannot be entered at this moment; '' when it can. */
function reasonClosed(board: StatusBoard, code: string, locale: Locale): string {
  const restriction = board.restriction(code);
  return restriction?.window.mode === 'closed' ? closedText(restriction, locale) : '';
}

/** Subsystems confirm what they told each hour while their people work. */
const STALE_MS = 2 * HOUR;
const TAIPEI_OFFSET_HOURS = 8;

/** The part of the day in Taipei. */
function partOfDay(now: Date): 'morning' | 'afternoon' | 'evening' {
  const hour = (now.getUTCHours() + TAIPEI_OFFSET_HOURS) % 24;
  if (hour >= 5 && hour < 12) return 'morning';
  return hour >= 12 && hour < 18 ? 'afternoon' : 'evening';
}
