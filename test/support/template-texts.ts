/** One template literal of a source: whether kysely's `sql` tags it, its own text, and what is put into it. */
export interface TemplateText {
  tag: 'sql' | '';
  text: string;
  holes: string[];
}

/** Every template literal in `code` (without comments), those within others too. */
export function templatesOf(code: string): TemplateText[] {
  const found: TemplateText[] = [];
  let at = 0;

  const skipString = (): void => {
    const mark = code[at];
    for (at += 1; at < code.length && code[at] !== mark; at += 1) if (code[at] === '\\') at += 1;
  };
  const readTemplate = (): void => {
    const before = code.slice(Math.max(0, at - 900), at);
    const tag = /\bsql(?:<[^`=]*>)?\s*$/.test(before) ? 'sql' : '';
    const template: TemplateText = { tag, text: '', holes: [] };
    found.push(template);
    for (at += 1; at < code.length && code[at] !== '`'; at += 1) {
      if (code[at] === '\\') at += 1;
      else if (code.startsWith('${', at)) {
        const from = (at += 2);
        readCode('}');
        template.holes.push(code.slice(from, at).trim());
        template.text += ' ? ';
        continue;
      }
      template.text += code[at] ?? '';
    }
  };
  const readCode = (end: string): void => {
    for (let depth = 0; at < code.length; at += 1) {
      const char = code[at] ?? '';
      if (char === end && depth === 0) return;
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      if (char === "'" || char === '"') skipString();
      if (char === '`') readTemplate();
    }
  };
  readCode('\0');
  return found;
}
