const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;
const UNSEEN = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** The text with an apostrophe in front where a spreadsheet could take it for a formula, full-width signs too. */
export function formulaSafe(text: string): string {
  const plain = text.replaceAll(UNSEEN, ' ');
  return FORMULA.test(plain) && !/^[+-]?\d[\d\s-]*$/.test(plain) ? `'${plain}` : plain;
}
