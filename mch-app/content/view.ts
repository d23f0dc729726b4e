import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import { textIn, translate } from '#templates/locales.ts';
import type { MchContentEntry, MchNewsLine } from '#templates/views/mch-content.ts';
import { kindOf } from './kinds.ts';
import type { Content, ContentKind, NewsLine } from './types.ts';

/** What a category of a type is called. */
export const categoryText = (locale: Locale, type: string, category: string): string =>
  translate(locale, `content.category-${type}-${category}`);

/** An entry in its readers' language, or in Chinese, marked as such; its body only where it is read. */
export function entryView(
  kind: ContentKind,
  content: Content,
  locale: Locale,
  isRead: boolean,
): MchContentEntry {
  const { id, event } = content;
  const url = `/${kind.place}/${id}`;
  const body = textIn(locale, content.body, content.bodyEn);
  const place = event && textIn(locale, event.place, event.placeEn);
  return {
    id,
    url,
    headline: textIn(locale, content.title, content.titleEn),
    category: categoryText(locale, kind.type, content.category),
    publishedOn: content.publishedOn,
    ...(event && place && { event: { startsAt: event.startsAt, endsAt: event.endsAt, place } }),
    body: { blocks: isRead ? readPlainText(body.text) : [], lang: body.lang },
    link: content.url ?? '',
    files: content.files.map((file) => ({
      name: file.name,
      size: file.size,
      url: `${url}/files/${file.id}`,
    })),
  };
}

/** A line of the first page. */
export function newsView(line: NewsLine, locale: Locale): MchNewsLine {
  return {
    url: `/${kindOf('announcement')?.place}/${line.id}`,
    headline: textIn(locale, line.title, line.titleEn),
    category: categoryText(locale, 'announcement', line.category),
    publishedOn: line.publishedOn,
    isNew: line.isNew,
  };
}
