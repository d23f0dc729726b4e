import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { NewMessage } from '../messages/index.ts';
import type { Localized } from '../subsystems/index.ts';

export const REQUESTS = '/account/sign-in-requests';

export const requestUrl = (handle: string): string => `${REQUESTS}/${encodeURIComponent(handle)}`;

/** What a person is told in the portal: that somebody asks, and what they have answered. */
export function requestMessage(
  kind: 'asked' | 'approved' | 'denied',
  { accountId, handle, name }: { accountId: string; handle: string; name: Localized },
): NewMessage {
  const say = (part: string): Localized => ({ 'zh-TW': inWords('zh-TW', part), en: inWords('en', part) });
  const inWords = (locale: Locale, part: string): string =>
    translate(locale, `sign-in-requests.${part}`, { client: name[locale] });
  return {
    accountId,
    sender: say('sender'),
    subject: say(`${kind}-subject`),
    body: say(`${kind}-body`),
    link: requestUrl(handle),
    dedupeKey: `sign-in-request ${handle} ${kind}`,
  };
}
