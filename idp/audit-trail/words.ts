import type { Locale } from '#kit/http/locale.ts';
import { hasText, translate } from '#templates/locales.ts';

/** What events are about, as the list offers them. */
export const NOUNS = [
  ...['sign_in', 'session', 'second_factor', 'password', 'authenticator', 'account', 'email', 'profile'],
  ...[
    'subsystem_account',
    'binding',
    'enrollment',
    'access_request',
    'permission_request',
    'unit',
    'unit_import',
  ],
  ...['subsystem', 'client', 'client_secret', 'signing_key', 'list', 'data', 'data_request', 'audit'],
  ...['impersonation', 'console_network', 'alert', 'account_review', 'breach', 'content', 'mail', 'message'],
] as const;

/** An event's name in words: its noun and deed where both have them, its code otherwise. */
export function eventName(type: string, locale: Locale): string {
  const [noun = '', deed = ''] = type.split('.');
  const keys = [`audit-noun.${noun}`, `audit-deed.${deed}`];
  return keys.every((key) => hasText(locale, key))
    ? keys.map((key) => translate(locale, key)).join(' ')
    : type;
}
