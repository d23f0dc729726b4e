/** A run of text; with `href` it is a link. */
export interface Run {
  text: string;
  href: string;
}

/** A paragraph (its lines), or a list (its items). */
export interface Block {
  isList: boolean;
  lines: Run[][];
}

const ADDRESS = /https:\/\/[\w\-.~:/?#[\]@!$&'*+,;=%]+/g;

/**
 * Reads text as people write it in a mail: an empty line between blocks, `- ` in front of each item of a list,
 * `https://` addresses become links. Nothing in it is markup.
 */
export function readPlainText(text: string): Block[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[^\S\n]*\n+/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .flatMap(splitLists)
    .map(({ isList, lines }) => ({
      isList,
      lines: lines.map((line) => linkAddresses(isList ? line.trim().slice(2) : line.trim())),
    }));
}

/** Items and other lines that follow one another without an empty line stay apart. */
function splitLists(lines: string[]): { isList: boolean; lines: string[] }[] {
  const blocks: { isList: boolean; lines: string[] }[] = [];
  for (const line of lines) {
    const isList = line.trimStart().startsWith('- ');
    const last = blocks.at(-1);
    if (last?.isList === isList) last.lines.push(line);
    else blocks.push({ isList, lines: [line] });
  }
  return blocks;
}

function linkAddresses(line: string): Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const match of line.matchAll(ADDRESS)) {
    const address = withoutEnding(match[0]);
    if (!isPublicAddress(address)) continue;
    if (match.index > at) runs.push({ text: line.slice(at, match.index), href: '' });
    runs.push({ text: address, href: address });
    at = match.index + address.length;
  }
  if (at < line.length) runs.push({ text: line.slice(at), href: '' });
  return runs;
}

/** Without what ends a sentence. From the back, once: a pattern would look ahead from every such sign. */
function withoutEnding(address: string): string {
  let end = address.length;
  while (end > 0 && ".,;:!?'*)]".includes(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
}

/** Whether it is an https address without a name or password in it, which would only mislead. */
export function isPublicAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
}
