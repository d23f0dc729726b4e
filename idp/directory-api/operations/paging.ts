import { z } from 'zod';
import type { Keyring } from '#kit/keyring.ts';
import { type Position, openCursor, sealCursor } from '#kit/list.ts';

export const PAGE_SIZE = 100;

export const unitCode = z.string().regex(/^[0-9A-Za-z]{1,20}$/);
export const accountId = z.string().regex(/^[\x21-\x7e]{1,64}$/);
export const code = z.string().regex(/^[\w.-]{1,60}$/);
/** As far as PostgreSQL and people go. */
export const day = z.iso.date().regex(/^(19|2\d)\d\d-/);
export const reason = z.string().trim().min(1).max(500);
export const cursor = z.string().max(1000).optional();

/** A list's request as cursors know it: of use only with the same list, subsystem and filters. */
function requestOf(filters: Record<string, string | undefined>) {
  return { filters: filters as Record<string, string>, faults: [], sort: 'id', descending: false };
}

/** The last row of the page before. @throws Fault bad_request for a cursor that is not ours, or of another list */
export function startOf(
  keyring: Keyring,
  list: string,
  filters: Record<string, string | undefined>,
  text: string | undefined,
): Position | undefined {
  return text === undefined ? undefined : openCursor(list, requestOf(filters), text, keyring);
}

/** One page of what was found, with the cursor of the next where there is more. */
export function pageOf<Row>(
  keyring: Keyring,
  list: string,
  filters: Record<string, string | undefined>,
  found: Row[],
  positionOf: (row: Row) => Position,
  size = PAGE_SIZE,
): { rows: Row[]; next?: string } {
  const rows = found.slice(0, size);
  const last = found.length > size ? rows.at(-1) : undefined;
  return { rows, ...(last && { next: sealCursor(list, requestOf(filters), positionOf(last), keyring) }) };
}
