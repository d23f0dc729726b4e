import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats `check` until it passes; at `deadlineMs` its last failure is thrown. */
export async function eventually(check: () => void | Promise<void>, deadlineMs = 3000): Promise<void> {
  const until = Date.now() + deadlineMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(20);
    }
  }
}
