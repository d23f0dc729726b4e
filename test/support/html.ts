/** A form on a page, and what it would send. */
export interface PageForm {
  action: string;
  method: 'get' | 'post';
  /** Values of its inputs; buttons are apart, because only the one pressed is sent. */
  fields: Record<string, string>;
  buttons: { name: string; value: string; formAction: string | undefined; text: string }[];
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The forms of a page. Enough of HTML for pages of our own, which are well-formed. */
export function readForms(html: string): PageForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = '', body = '']) => {
    const fields: Record<string, string> = {};
    for (const { 0: tag, index } of body.matchAll(CONTROLS)) {
      const name = attributeOf(tag, 'name');
      const isUnchecked = /type="(checkbox|radio|file)"/.test(tag) && !/\schecked(?=[\s/>])/.test(tag);
      if (name !== undefined && !isUnchecked) fields[name] = valueOf(tag, body.slice(index + tag.length));
    }
    const buttons = [...body.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(
      ([, tag = '', text = '']) => ({
        name: attributeOf(tag, 'name') ?? '',
        value: attributeOf(tag, 'value') ?? '',
        formAction: attributeOf(tag, 'formaction'),
        text: decodeHtml(text.replace(/<[^>]*>/g, ' ')).trim(),
      }),
    );
    const method = attributeOf(head, 'method')?.toLowerCase() === 'post' ? 'post' : 'get';
    return { action: attributeOf(head, 'action') ?? '', method, fields, buttons };
  });
}

const CONTROLS = /<(?:input|textarea|select)\b[^>]*>/g;

/** An input's value, a textarea's text, the chosen option of a select or else its first. */
function valueOf(tag: string, after: string): string {
  const inside = after.split(/<\/(?:textarea|select)>/)[0] ?? '';
  if (tag.startsWith('<textarea')) return decodeHtml(inside);
  if (!tag.startsWith('<select')) return attributeOf(tag, 'value') ?? '';
  const options = [...inside.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
  const chosen = options.find((option) => /\sselected(?=[\s/>])/.test(option)) ?? options[0] ?? '';
  return attributeOf(chosen, 'value') ?? '';
}

/** What a person reads on the page, blanks folded. */
export function readText(html: string): string {
  const body = html.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ');
  return decodeHtml(body).replace(/\s+/g, ' ').trim();
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decodeHtml(value);
}

/** The text that these entities stand for. */
export function decodeHtml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (all, hex?: string, dec?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (dec !== undefined) return String.fromCodePoint(Number(dec));
      return ENTITIES[name ?? ''] ?? all;
    },
  );
}
