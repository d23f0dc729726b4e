import type { Db } from '#db/idp/tables.ts';
import type { Log } from '#kit/log.ts';
import { setSpooling } from './spooling.ts';
import { drainSpool, probeTrail } from './store.ts';

/**
 * J9: finds out whether the trail can be written. While it cannot, sign-ins are recorded in a spool and everything
 * else that must leave a record is refused, because its record cannot be written; when it can again, the spool is
 * moved into it.
 */
export async function watchAuditStore({ db, log }: { db: Db; log: Log }): Promise<void> {
  try {
    await probeTrail(db);
  } catch (error) {
    if (setSpooling(true))
      log.error({ err: error }, 'the audit trail cannot be written: only sign-ins go on');
    return;
  }
  if (setSpooling(false)) log.warn('the audit trail can be written again');
  await drainSpool(db);
}
