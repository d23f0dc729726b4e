import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { NewNotice } from '../notices/index.ts';
import type { ChangeNotice } from './service.ts';
import type { ChangeRequest } from './types.ts';

/** N13 to whoever asked, at each step and at the end; N14 when the record is open. Nothing of the content is in it. */
export function noticesOf(request: ChangeRequest, what: ChangeNotice): NewNotice[] {
  const { no, step, result, accountId } = request;
  const texts = (part: 'subject' | 'body') => {
    const text = (locale: Locale): string =>
      translate(locale, `change-requests.notice-${what}-${part}`, {
        no,
        result: result === null ? '' : translate(locale, `change-requests.result-${result}`),
      });
    return { 'zh-TW': text('zh-TW'), en: text('en') };
  };
  return [
    {
      dedupeKey: `change-${no}-${what}-${step}`,
      accountId,
      subject: texts('subject'),
      body: texts('body'),
      path: `/common/change-requests/history/${no}`,
    },
  ];
}
