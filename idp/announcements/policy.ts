import type { Position, Publication, PublicationFacts } from './types.ts';

/** SM-15: what an announcement is at this moment. Its last moment no longer belongs to it. */
export function publicationOf(facts: PublicationFacts, now: Date): Publication {
  if (facts.state !== 'released') return facts.state;
  if (now < facts.publishFrom) return 'scheduled';
  return facts.publishUntil && now >= facts.publishUntil ? 'expired' : 'published';
}

const CURSOR = /^([12]\d{3}-\d{2}-\d{2})\.(-?\d{1,6})\.([0-9a-f-]{36})$/;

export function writeCursor({ publishedOn, sortOrder, id }: Position): string {
  return `${publishedOn}.${sortOrder}.${id}`;
}

/** @returns undefined for anything that is no cursor of ours: the list then starts at its head */
export function readCursor(text: string): Position | undefined {
  const [, publishedOn = '', sortOrder = '', id = ''] = CURSOR.exec(text) ?? [];
  return isUuid(id) && isDay(publishedOn) ? { publishedOn, sortOrder: Number(sortOrder), id } : undefined;
}

/** Whether the calendar has such a day: 30 February would reach the database as an error. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
