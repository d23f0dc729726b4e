import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { isShown, occurrenceOf, restrictionOf } from './policy.ts';
import { listNotices, listWindows } from './store.ts';
import type { Notice, Occurrence } from './types.ts';

/**
 * Notices and windows, held in memory because every page shows them: a page costs no statement for it. `refresh`
 * is called on notification and, in case one was lost, at short intervals.
 */
export interface StatusBoard {
  notices(): Notice[];
  /** Windows announced or under way, the next first. */
  occurrences(): Occurrence[];
  /** What restricts a subsystem, or the portal itself, at this moment. */
  restriction(subsystemCode?: string): Occurrence | undefined;
  refresh(): Promise<void>;
}

export async function createStatusBoard(db: Db, clock: Clock): Promise<StatusBoard> {
  const read = () => Promise.all([listNotices(db, clock()), listWindows(db)]);
  let [notices, windows] = await read();
  return {
    notices: () => notices.filter((notice) => isShown(notice, clock())),
    occurrences: () =>
      windows
        .flatMap((window) => occurrenceOf(window, clock()) ?? [])
        .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime()),
    restriction: (subsystemCode) => restrictionOf(windows, subsystemCode, clock()),
    async refresh() {
      [notices, windows] = await read();
    },
  };
}
