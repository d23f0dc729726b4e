import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import { textIn, translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { Download, HelpEntry, HelpKind, Place } from './types.ts';

/** Pages whose words belong to the product: `<page>.<section>-title` and `<page>.<section>` in the locale files. */
export const TEXT_PAGES = {
  about: ['what', 'entry', 'funding', 'support'],
  privacy: ['who', 'classes', 'purpose', 'rights', 'refusals', 'cookies', 'contact'],
  accessibility: ['aim', 'how', 'keys', 'limits', 'contact'],
  'information-security': ['account', 'transport', 'scan', 'mail', 'habits'],
} as const;
export type TextPage = keyof typeof TEXT_PAGES;

export function textPageView(locale: Locale, page: TextPage): Views['idp/text-page'] {
  return {
    title: translate(locale, `${page}.title`),
    lead: translate(locale, `${page}.lead`),
    sections: TEXT_PAGES[page].map((section) => ({
      id: section,
      title: translate(locale, `${page}.${section}-title`),
      blocks: readPlainText(translate(locale, `${page}.${section}`)),
    })),
  };
}

/** Entries by topic, in the order of their first entries. */
export function entriesView(locale: Locale, kind: HelpKind, entries: HelpEntry[]): Views['idp/help-entries'] {
  const topics = [...new Set(entries.map(({ topic }) => topic))];
  return {
    kind,
    topics: topics.map((topic) => ({
      id: `topic-${topic}`,
      label: translate(locale, `help.topic-${topic}`),
      entries: entries
        .filter((entry) => entry.topic === topic)
        .map((entry) => {
          const body = textIn(locale, entry.body, entry.bodyEn);
          return {
            id: `entry-${entry.slug}`,
            title: textIn(locale, entry.title, entry.titleEn),
            body: { blocks: readPlainText(body.text), lang: body.lang },
            url: entry.url ?? '',
          };
        }),
    })),
  };
}

export function downloadsView(
  locale: Locale,
  downloads: Download[],
  isSignedIn: boolean,
): Views['idp/downloads'] {
  return {
    signInUrl: '/sign-in?return_to=/downloads',
    files: downloads.map((file) => ({
      title: textIn(locale, file.title, file.titleEn),
      category: translate(locale, `downloads.category-${file.category}`),
      name: file.name,
      kind: (/\.(\w+)$/.exec(file.name)?.[1] ?? '').toUpperCase(),
      sizeBytes: file.sizeBytes,
      publishedOn: file.publishedOn,
      url: file.signedInOnly && !isSignedIn ? '' : `/downloads/${file.id}`,
    })),
  };
}

export function siteMapView(groups: { key: string; places: Place[] }[]): Views['idp/site-map'] {
  return { groups };
}
