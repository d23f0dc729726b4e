import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { BoundAccount } from '../bindings/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

/** The signed-in home: a tile per bound account, grouped by subsystem, favourites and last used first. */
export function portalView(
  registry: ClientRegistry,
  session: BrowserSession,
  accounts: BoundAccount[],
  locale: Locale,
  now: Date,
  demo: boolean,
): Views['idp/portal'] {
  const groups = new Map<string, Views['idp/portal']['groups'][number]>();
  for (const account of accounts) {
    const subsystem = registry.subsystem(account.subsystemCode);
    if (!subsystem) continue;
    const { code, colour } = subsystem;
    const group = groups.get(code) ?? {
      subsystem: { code, name: subsystem.name[locale], colour },
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
      action: `/accounts/${encodeURIComponent(account.id)}/entry`,
    });
    groups.set(code, group);
  }
  return {
    greeting: translate(locale, `portal.greeting-${partOfDay(now)}`, { name: session.personName }),
    name: session.personName,
    ...(session.previousSignInAt && { lastSignInAt: session.previousSignInAt }),
    groups: [...groups.values()],
    demo,
  };
}

const TAIPEI_OFFSET_HOURS = 8;

/** The part of the day in Taipei. */
function partOfDay(now: Date): 'morning' | 'afternoon' | 'evening' {
  const hour = (now.getUTCHours() + TAIPEI_OFFSET_HOURS) % 24;
  if (hour >= 5 && hour < 12) return 'morning';
  return hour >= 12 && hour < 18 ? 'afternoon' : 'evening';
}
