import type { AuditEvent } from './types.ts';

/** A kind of record; `reason` is empty where there was none. */
export interface EventKind {
  type: string;
  outcome: string;
  reason: string;
}

const MOST_KINDS = 2000;
/** The codes of policies and of the protocol; what an operator wrote is not a kind. */
const CODE = /^[a-z][a-z0-9_]{0,47}$/;

const counts = new Map<string, { kind: EventKind; count: number }>();

/** Counts a record as it is written. */
export function tally(event: Pick<AuditEvent, 'type' | 'reason'>, outcome: string): void {
  const reason = event.reason !== undefined && CODE.test(event.reason) ? event.reason : '';
  const key = `${event.type} ${outcome} ${reason}`;
  const known = counts.get(key);
  if (known) known.count += 1;
  else if (counts.size < MOST_KINDS)
    counts.set(key, { kind: { type: event.type, outcome, reason }, count: 1 });
}

/** Records this process wrote so far, by kind; one taken back with its transaction stays counted. */
export function* eventCounts(): Generator<readonly [EventKind, number]> {
  for (const { kind, count } of counts.values()) yield [kind, count];
}
