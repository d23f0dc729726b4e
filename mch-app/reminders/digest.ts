import { insertNotice } from '../notices/index.ts';
import { takeForDigest } from '../known-accounts/index.ts';
import { countTodos } from '../todos/index.ts';
import { digestDay } from './policy.ts';
import type { ReminderDeps } from './totals.ts';

/**
 * N15: from eight in the morning in Taipei, one mail a day to each account that wants it and has work waiting in the
 * menu roles it ticked. Account and day are one key, so neither a second replica, a restart nor a clock that jumps
 * brings another. @returns how many were queued
 */
export async function sendDigests(deps: ReminderDeps): Promise<number> {
  const { db, clock, origin } = deps;
  const now = clock();
  const day = digestDay(now);
  if (day === undefined) return 0;
  let queued = 0;
  for (;;) {
    const taken = await db.transaction().execute(async (trx) => {
      const holder = await takeForDigest(trx, day);
      if (!holder) return false;
      const waiting = (await countTodos(trx, deps.todosOf(holder))).filter(({ count }) => count > 0);
      if (waiting.length === 0) return true;
      const { account } = holder;
      const isNew = await insertNotice(trx, {
        dedupeKey: `digest-${account.id}-${day}`.replaceAll('@', '.'),
        accountId: account.id,
        subject: { 'zh-TW': '', en: '' },
        body: { 'zh-TW': '', en: '' },
        path: '/common/todo',
        link: `${origin}/common/todo`,
        at: now,
        reminder: {
          lines: waiting.map(({ label, count }) => ({ label: { ...label }, count })),
          settings: `${origin}/common/profile?tab=work`,
          unit: account.unit.code,
          menu_roles: account.menuRoles,
        },
      });
      queued += isNew ? 1 : 0;
      return true;
    });
    if (!taken) return queued;
  }
}
