import type { Db } from '#db/mch/tables.ts';
import { sweepAlone } from '#db/sweep.ts';
import { type Clock, HOUR, MINUTE } from '#kit/clock.ts';
import type { Job } from '#kit/jobs.ts';
import { sweepTransactions } from './relying-party/index.ts';
import { forgetOld } from './retention/index.ts';
import { type Limits, sweepSessions } from './sessions/index.ts';

const BATCH = 500;

/**
 * What runs beside the requests: clearing away what has expired, each turn on one replica at
 * a time. Late deletes do no harm: what has expired stays so.
 */
export function backgroundJobs(db: Db, clock: Clock, limits: Limits, auditMonths: number): Job[] {
  return [
    {
      name: 'mch.sessions',
      everyMs: MINUTE,
      runs: 'everywhere',
      run: () => sweepAlone(db, 'mch.sessions', BATCH, (trx) => sweepSessions(trx, clock(), limits, BATCH)),
    },
    {
      name: 'mch.transactions',
      everyMs: MINUTE,
      runs: 'everywhere',
      run: () => sweepAlone(db, 'mch.transactions', BATCH, (trx) => sweepTransactions(trx, clock(), BATCH)),
    },
    {
      name: 'mch.retention',
      everyMs: HOUR,
      runs: 'everywhere',
      run: () => forgetOld(db, clock, auditMonths),
    },
  ];
}
