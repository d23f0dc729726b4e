import { isCalendarDay } from '#kit/list.ts';
import type { FilterRule } from '#kit/list.ts';

/** Reads a list's filters from its address; what cannot be right is named, unknown parameters are passed over. */
export function readFilters(
  rules: Record<string, FilterRule>,
  querystring: string,
): { filters: Record<string, string>; faults: string[] } {
  const query = new URLSearchParams(querystring);
  const filters: Record<string, string> = {};
  const faults: string[] = [];
  for (const [name, { max = 60, pattern, isDay = false }] of Object.entries(rules)) {
    const value = (query.get(name) ?? '').normalize('NFC').trim();
    if (value === '') continue;
    filters[name] = value;
    const isWrong = (pattern && !pattern.test(value)) || (isDay && !isCalendarDay(value));
    if (value.length > max || /\p{Cc}/u.test(value) || isWrong) faults.push(name);
  }
  return { filters, faults };
}
