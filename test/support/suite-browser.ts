import type { Page } from './journey.ts';

/** What the suite's own browser does on one page: `[deed, kind, target, value]`. */
interface Task {
  match?: string;
  commands: string[][];
}

export interface SuitePlan {
  client: { client_id: string; client_secret: string };
  browser: { match: string; tasks: Task[] }[];
}

/** Holds that a page is where the task expects it, and has every field and button that it names. */
export function holds(page: Page | undefined, { match, commands }: Task): void {
  if (match) expect(page?.url.href.startsWith(match.replace('*', ''))).toBe(true);
  for (const [deed, kind, target = ''] of commands) {
    const button = target
      .split(' ')
      .at(-1)
      ?.replace(/\[(\w+)=(\w+)\]/, '[^>]*\\b$1="$2"');
    const wanted = deed === 'text' ? `<input[^>]*\\bid="${target}"[^>]*\\bname="${target}"` : `<${button}`;
    expect([kind, page?.html]).toEqual([kind, expect.stringMatching(new RegExp(wanted))]);
  }
}
