/**
 * Renders mails: one layout as HTML and one as plain text, filled from the texts `mail.*`. A mail says everything
 * in both languages, the reader's first.
 */
import Handlebars from 'handlebars';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { formatDateTime } from './dates.ts';
import { readTemplates } from './engine.ts';
import { hasText, translate } from './locales.ts';

type Fact = string | number | Date | { 'zh-TW': string; en: string };

export interface MailTexts {
  /** The texts are `mail.<key>.subject`, `.text`, and, with a `url`, `.action`; `.note` if there is one. */
  key: string;
  /** Comes first; the other language follows. */
  locale: Locale;
  name: string;
  /** Fill the texts; those with a label `mail.fact.<name>` are listed as well, empty ones apart. */
  facts: Record<string, Fact>;
  url?: string;
}

export interface RenderedMail {
  sender: string;
  subject: string;
  text: string;
  html: string;
}

const templates = new Map(readTemplates(['mail']));
const compile = (name: string, options: CompileOptions): HandlebarsTemplateDelegate<unknown> =>
  Handlebars.compile(Handlebars.parse(templates.get(name) ?? ''), { strict: true, ...options });
const asHtml = compile('mail/letter', {});
const asText = compile('mail/letter-text', { noEscape: true });

/** @throws Error when a text is missing: a bug */
export function renderMail(mail: MailTexts): RenderedMail {
  const order = [mail.locale, ...LOCALES.filter((locale) => locale !== mail.locale)];
  const parts = order.map((locale) => partOf(mail, locale));
  const [subject, sender] = [parts[0]?.subject ?? '', translate(mail.locale, 'mail.sender')];
  const data = { lang: parts[0]?.lang, subject, sender, parts };
  return { sender, subject, text: asText(data), html: asHtml(data) };
}

function partOf({ key, name, facts, url }: MailTexts, locale: Locale) {
  const values = Object.fromEntries(
    Object.entries(facts).map(([fact, value]) => [fact, inLanguage(value, locale)]),
  );
  const text = (part: string): string => translate(locale, `mail.${key}.${part}`, values);
  const notes = hasText(locale, `mail.${key}.note`) ? [text('note')] : [];
  return {
    lang: locale === 'en' ? 'en' : 'zh-Hant-TW',
    subject: text('subject'),
    greeting: translate(locale, 'mail.greeting', { name }),
    paragraphs: text('text').split('\n'),
    facts: Object.entries(values)
      .filter(([fact, value]) => value !== '' && hasText(locale, `mail.fact.${fact}`))
      .map(([fact, value]) => ({ label: translate(locale, `mail.fact.${fact}`), value })),
    link:
      url === undefined ? null : { url, label: text('action'), address: translate(locale, 'mail.address') },
    notes,
    automatic: translate(locale, 'mail.automatic'),
  };
}

function inLanguage(value: Fact, locale: Locale): string | number {
  if (value instanceof Date) return formatDateTime(locale, value);
  return typeof value === 'object' ? value[locale] : value;
}
