import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import { textIn, translate } from '#templates/locales.ts';
import type { ContentLine, Views } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { CATEGORIES } from './draft.ts';
import { writeCursor } from './policy.ts';
import type { Announcement, AnnouncementKind, AnnouncementLine } from './types.ts';

/** What people may type and choose on the list. */
export interface Asked {
  category: string;
  system: string;
  keyword: string;
}

export const PORTAL_SYSTEM = 'portal';

/** Where the list of each kind lives. */
export const ADDRESS: Record<AnnouncementKind, string> = { announcement: '/announcements', event: '/events' };

function systemName(registry: ClientRegistry, locale: Locale, code: string | undefined): string {
  if (code === undefined) return translate(locale, 'announcements.system-portal');
  return registry.subsystem(code)?.name[locale] ?? code;
}

export function lineView(registry: ClientRegistry, locale: Locale, line: AnnouncementLine): ContentLine {
  const { event } = line;
  const place = event && textIn(locale, event.place, event.placeEn);
  return {
    url: `${ADDRESS[line.kind]}/${line.id}`,
    headline: textIn(locale, line.title, line.titleEn),
    category: translate(locale, `announcements.category-${line.category}`),
    system: systemName(registry, locale, line.subsystemCode),
    publishedOn: line.publishedOn,
    ...(event && place && { event: { startsAt: event.startsAt, endsAt: event.endsAt ?? null, place } }),
  };
}

/** The systems that announcements can be of, the portal first. */
function systemOptions(registry: ClientRegistry, locale: Locale, chosen: string) {
  const subsystems = registry
    .list()
    .flatMap(({ subsystem, active }) => (active && subsystem ? [subsystem] : []));
  return [
    { value: PORTAL_SYSTEM, label: systemName(registry, locale, undefined) },
    ...subsystems.map(({ code, name }) => ({ value: code, label: name[locale] })),
  ].map((option) => ({ ...option, selected: option.value === chosen }));
}

export function listView(
  registry: ClientRegistry,
  locale: Locale,
  kind: AnnouncementKind,
  asked: Asked,
  page: { total: number; more: boolean; lines: AnnouncementLine[]; isFirst: boolean },
): Views['idp/announcements'] {
  const last = page.lines.at(-1);
  const filter = { category: asked.category, system: asked.system, q: asked.keyword };
  const filled = Object.entries(filter).filter(([, value]) => value !== '');
  return {
    kind,
    url: ADDRESS[kind],
    keyword: asked.keyword,
    filtered: filled.length > 0,
    categories: CATEGORIES.map((value) => ({
      value,
      label: translate(locale, `announcements.category-${value}`),
      selected: value === asked.category,
    })),
    systems: systemOptions(registry, locale, asked.system),
    total: page.total,
    lines: page.lines.map((line) => lineView(registry, locale, line)),
    firstUrl: page.isFirst ? '' : address(ADDRESS[kind], filled),
    olderUrl: page.more && last ? address(ADDRESS[kind], [...filled, ['before', writeCursor(last)]]) : '',
  };
}

function address(path: string, query: string[][]): string {
  return query.length > 0 ? `${path}?${new URLSearchParams(query as [string, string][]).toString()}` : path;
}

export function detailView(
  registry: ClientRegistry,
  locale: Locale,
  announcement: Announcement,
): Views['idp/announcement'] {
  const { kind, id } = announcement;
  const body = textIn(locale, announcement.body, announcement.bodyEn);
  return {
    ...lineView(registry, locale, announcement),
    kind,
    listUrl: ADDRESS[kind],
    body: { blocks: readPlainText(body.text), lang: body.lang },
    attachments: announcement.attachments.map((file) => ({
      name: file.name,
      sizeBytes: file.sizeBytes,
      url: `${ADDRESS[kind]}/${id}/attachments/${file.id}`,
    })),
  };
}
