import { type Fence } from './fence.ts';
import type { Standing } from './standing.ts';

/** Whether this process does the work that only one may do at a time. */
export interface Leadership {
  /** The token in hand while the lease surely lasts; undefined: another leads, or might by now. */
  current(): Fence | undefined;
  /** Lets another take over at once. */
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  name: string;
  standing: Standing;
  /** Who leads, for people who look at the table. */
  holder: string;
  onChange?: (leads: boolean, token: number | undefined) => void;
  leaseMs?: number;
  renewMs?: number;
}

const LEASE_MS = 10_000;
const RENEW_MS = 1000;
/** A leader that did not renew so many times in a row is overdue. */
const MISSED_RENEWALS = 2.5;
/** Our clock may run a little slower than the database's. */
const CAUTION = 0.8;

const RENEW = `update job_lease set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  where name = $1 and token = $2 returning token`;

/*
 * Taken over when the lease has run out; earlier, as soon as it was not renewed when it should have been, by who gets
 * the lock, because then the session that held it is gone: its process died. The row
 * locks let one of several candidates through, and none while a transaction holds the fence: PostgreSQL ends that of a
 * leader who is paused in the middle of one (idle_in_transaction_session_timeout).
 */
const TAKE_OVER = `with mine as (select pg_try_advisory_lock(hashtext('job lease'), hashtext($1)) as lock),
  due as (select l.name from job_lease l, mine
          where l.name = $1 and l.expires_at < clock_timestamp()
            + case when mine.lock then $4 * interval '1 millisecond' else interval '0' end
          for update of l skip locked),
  idle as (select f.name from job_fence f join due on due.name = f.name for update of f skip locked),
  fence as (update job_fence f set token = f.token + 1 from idle where f.name = idle.name returning f.name, f.token)
  update job_lease l set token = fence.token, holder = $2, taken_at = clock_timestamp(),
    expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  from fence where l.name = fence.name returning l.token`;

const RELEASE = `update job_lease set expires_at = '-infinity' where name = $1 and token = $2`;

/**
 * Stands for election under `name`, for ever, once a second: whoever holds the lease renews it, the others look whether
 * it is free. A leader that dies is followed within three seconds, because its session's lock goes with it; one that
 * is paused, within its lease. What it still tries to write then is refused by the fence (`fencedDatabase`).
 */
export async function standForLeadership(options: LeadershipOptions): Promise<Leadership> {
  const { name, standing, holder, onChange, leaseMs = LEASE_MS, renewMs = RENEW_MS } = options;
  let held: { token: number; until: number } | undefined;
  let stopped = false;

  const turn = async (): Promise<void> => {
    const asked = performance.now();
    const overdueMs = leaseMs - renewMs * MISSED_RENEWALS;
    const values = held ? [name, held.token, leaseMs] : [name, holder, leaseMs, Math.max(0, overdueMs)];
    const [row] = await standing.query<{ token: number }>(held ? RENEW : TAKE_OVER, values);
    const before = held;
    held = row && { token: row.token, until: asked + leaseMs * CAUTION };
    if (before?.token !== held?.token) onChange?.(held !== undefined, held?.token);
  };
  const lost = (): void => {
    if (!held || performance.now() < held.until) return; // the next turn may still reach the database
    held = undefined;
    onChange?.(false, undefined);
  };
  let running = turn();
  await running;
  let busy = false;
  const timer = setInterval(() => {
    if (busy || stopped) return;
    busy = true;
    running = turn()
      .catch(lost)
      .finally(() => (busy = false));
  }, renewMs);
  timer.unref();

  return {
    current: () =>
      held && !stopped && performance.now() < held.until ? { name, token: held.token } : undefined,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running.catch(() => {});
      if (held) await standing.query(RELEASE, [name, held.token]).catch(() => {}); // it runs out by itself
    },
  };
}
