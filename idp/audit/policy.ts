/**
 * `text` without control characters (they forge log lines, and PostgreSQL refuses NUL in jsonb) or lone
 * surrogates, cut to `max` UTF-16 units.
 */
export function printable(text: string, max: number): string {
  return text
    .slice(0, max)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim();
}
