/** The two trimesters in which guidance is given; what lies between them is the second. */
export type Trimester = 'first' | 'second' | 'third';

/** Before 13 weeks; from 29 weeks on (both in days). */
const FIRST_BEFORE = 13 * 7;
const THIRD_FROM = 29 * 7;
const TERM = 280;
/** Checks everybody has; more need a special approval. */
export const USUAL_VISITS = 14;

/** Order codes of guidance, and the trimester each pays for. Assumed until the codes' register tells otherwise. */
export const GUIDANCE_CODES: Readonly<Record<string, Trimester>> = { '91': 'first', '92': 'third' };

/** The trimester so many days of pregnancy fall into. */
export function trimesterOf(days: number): Trimester {
  return days < FIRST_BEFORE ? 'first' : days < THIRD_FROM ? 'second' : 'third';
}

/** The trimester of a visit: a guidance code says it, else the weeks do. */
export function trimesterOfVisit(code: unknown, days: unknown): Trimester | null {
  const claimed = typeof code === 'string' ? GUIDANCE_CODES[code] : undefined;
  return claimed ?? (typeof days === 'number' ? trimesterOf(days) : null);
}

/** The due date of whoever is so many days pregnant on a day. */
export function dueDate(on: unknown, days: unknown): string | null {
  if (typeof on !== 'string' || typeof days !== 'number') return null;
  const due = Date.parse(on) + (TERM - days) * 86_400_000;
  return new Date(due).toISOString().slice(0, 10);
}
