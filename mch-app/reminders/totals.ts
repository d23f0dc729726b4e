import type { Db } from '#db/mch/tables.ts';
import { type Clock, MINUTE, after } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { IdpApi } from '../idp-api/index.ts';
import { type KnownHolder, countAgainAt, keepTold, takeForCounting } from '../known-accounts/index.ts';
import { type Todo, countTodos } from '../todos/index.ts';
import { countAgainIn, isToBeTold } from './policy.ts';

export interface ReminderDeps {
  db: Db;
  clock: Clock;
  log: Log;
  api: Pick<IdpApi, 'put'>;
  origin: string;
  /** Everything that can wait for an account. */
  todosOf: (holder: KnownHolder) => Todo[];
}

const AT_ONCE = 25;
const LEASE_MS = 2 * MINUTE;

/**
 * Tells the single entry what waits at accounts that were lately used, for the totals on its portal. While it is away
 * they are tried again; an account it no longer knows is left alone until somebody signs in with it.
 */
export async function tellTotals(deps: ReminderDeps): Promise<void> {
  const now = deps.clock();
  const due = await takeForCounting(deps.db, now, after(now, LEASE_MS), AT_ONCE);
  for (const holder of due) await tell(deps, holder, now);
}

async function tell({ db, log, api, origin, todosOf }: ReminderDeps, holder: KnownHolder, now: Date) {
  const { account, seenAt } = holder;
  const todos = await countTodos(db, todosOf(holder));
  const counts = todos.map(({ id, label, url, count }, at) => ({
    key: `${id.toLowerCase()}.${at}`,
    label: { ...label },
    count,
    url: origin + url,
  }));
  const told = counts.map(({ key, count }) => `${key}=${count}`).join(' ');
  const wait = countAgainIn(seenAt, now);
  if (isToBeTold(holder, told, now)) {
    const address = `/subsystem-accounts/${encodeURIComponent(account.id)}/todo-counts`;
    const answer = await api.put(address, 'todo_counts:write', { counts }).catch((error: unknown) => {
      log.warn({ err: error }, 'what waits could not be told');
      return undefined;
    });
    if (answer?.status === 404) return countAgainAt(db, account.id, null);
    if (answer?.status !== 200) return; // the lease runs out, and it is tried again
    await keepTold(db, account.id, told, now);
  }
  await countAgainAt(db, account.id, wait === undefined ? null : after(now, wait));
}
