/** What was typed as one line: forms unified, nothing invisible, at most so many characters. */
export function oneLine(typed: string, max: number): string {
  const text = typed.normalize('NFC').replaceAll(/\p{C}/gu, ' ').trim();
  return Array.from(text).slice(0, max).join('');
}

/** The same with its line breaks kept. */
export function someLines(typed: string, max: number): string {
  const text = typed
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{C}\n]/gu, ' ')
    .trim();
  return Array.from(text).slice(0, max).join('');
}
