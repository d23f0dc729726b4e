import type { Locale } from '#kit/http/locale.ts';
import { textIn, translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { Message, MessageText } from './types.ts';

export const MESSAGES = '/account/messages';
export const PAGE_SIZE = 20;

type Registry = Pick<ClientRegistry, 'subsystem'>;

/**
 * One page of the list, newest first.
 * @param found one more than a page holds when there are older ones
 * @param isFirst false when newer messages stand on a page before this one
 */
export function messagesView(
  registry: Registry,
  locale: Locale,
  found: Message[],
  unread: number,
  isFirst: boolean,
): Omit<Views['idp/messages'], 'work'> {
  const shown = found.slice(0, PAGE_SIZE);
  const last = shown.at(-1);
  return {
    messages: shown.map((message) => ({
      ...headOf(registry, locale, message),
      url: `${MESSAGES}/${message.id}`,
      isUnread: message.readAt === null,
    })),
    unread,
    readAction: `${MESSAGES}/read`,
    newest: String(shown[0]?.id ?? 0),
    firstUrl: isFirst ? '' : MESSAGES,
    olderUrl: found.length > PAGE_SIZE && last ? `${MESSAGES}?before=${last.id}` : '',
  };
}

/** One message as a page. */
export function messageView(registry: Registry, locale: Locale, message: Message): Views['idp/message'] {
  const body = written(locale, message.body);
  const { link } = message;
  const leadsTo = link?.startsWith('/') ? undefined : registry.subsystem(message.subsystemCode ?? '');
  return {
    ...headOf(registry, locale, message),
    body: { paragraphs: body.text.split(/\n+/).filter((line) => line.trim() !== ''), lang: body.lang },
    link: link ?? '',
    linkLabel: leadsTo
      ? translate(locale, 'messages.go-to', { name: leadsTo.shortName[locale] })
      : translate(locale, 'messages.go'),
    listUrl: MESSAGES,
  };
}

function headOf(registry: Registry, locale: Locale, message: Message) {
  const subsystem = registry.subsystem(message.subsystemCode ?? '');
  return {
    prefix: subsystem?.manifest.messagePrefix[locale] ?? '',
    subject: written(locale, message.subject),
    sender: written(locale, message.sender),
    receivedAt: message.receivedAt,
  };
}

const written = (locale: Locale, text: MessageText) => textIn(locale, text['zh-TW'], text.en);
