import { MINUTE } from '#kit/clock.ts';
import type { FormRoute, KeptForm, Reshow } from './types.ts';

export const KEPT_MS = 15 * MINUTE;
const MOST_FIELDS = 500;

/** What the forms of the application tell of the session they were shown in: true no more when they come back. */
const OF_SESSION = ['acting', 'generation'];

/** The form that was sent to `path`, if it can be shown again. The first route that fits is the one that answers. */
export function formAt(
  routes: readonly FormRoute[],
  path: string,
): { reshow: Reshow; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const params = route.method === 'post' ? fit(route.path, path) : undefined;
    if (route.method !== 'post' || !params) continue;
    return typeof route.reshow === 'function' ? { reshow: route.reshow, params } : undefined;
  }
  return undefined;
}

function fit(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, there] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== there.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const said = there[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== said) return undefined;
    } else if (said === '') return undefined;
    else params[part.slice(1)] = said;
  }
  return params;
}

/** What is kept of a form; undefined when it was not typed as this account, or is no form of ours. */
export function keptOf(
  { path, search }: { path: string; search: string },
  sent: readonly { name: string; value: string }[],
  accountId: string,
): KeptForm | undefined {
  const acting = sent.filter(({ name }) => name === 'acting');
  const isOurs = acting.length === 1 && acting[0]?.value === accountId && sent.length <= MOST_FIELDS;
  if (!isOurs || sent.some(({ name, value }) => `${name}${value}`.includes('\0'))) return undefined;
  const fields = sent.filter(({ name }) => !OF_SESSION.includes(name));
  return { path, search, fields: fields.map(({ name, value }) => [name, value]) };
}
