import { MINUTE } from '#kit/clock.ts';

const FRESH_MS = 5 * MINUTE;
/** A page is shown only while its form has time left to be sent. */
const READING_MS = 2 * MINUTE;

/** Whether the sign-in is recent enough for a sensitive deed (`write`), or to show the page that asks for it (`read`). */
export function isFresh(signedInAt: Date, now: Date, deed: 'read' | 'write'): boolean {
  return now.getTime() - signedInAt.getTime() <= (deed === 'write' ? FRESH_MS : FRESH_MS - READING_MS);
}
