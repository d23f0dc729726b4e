import { hasText } from '#templates/locales.ts';

/** The locale key that tells a refusal of the single entry's; one it has no words for is told as such. */
export function toldAs(area: string, error: string): string {
  const key = `${area}.refused-${error}`;
  return hasText('zh-TW', key) ? key : 'office.refused';
}
