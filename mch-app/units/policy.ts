/** How many units a look-up shows at once. */
export const UNITS_OFFERED = 20;
const MAX_TEXT = 60;

/** What was typed as it is searched: forms unified, cut; of a chosen line `code-name` its code. */
export function readUnitSearch(typed: string): string {
  const text = typed.normalize('NFKC').replaceAll(/\p{C}/gu, '').trim().slice(0, MAX_TEXT);
  return unitCodeOf(text) ?? text;
}

/** The code of what was typed or chosen, `code` or `code-name`; undefined for anything else. */
export function unitCodeOf(text: string): string | undefined {
  return /^([0-9A-Z]{8,10})(?:-.*)?$/iu.exec(text)?.[1]?.toUpperCase();
}

/** A unit as forms show and take it. */
export const unitLine = (code: string, name: string): string => `${code}-${name}`;
