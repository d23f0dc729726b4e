import { sweepAlone } from '#db/sweep.ts';
import { HOUR, MINUTE, SECOND } from '#kit/clock.ts';
import type { Job } from '#kit/jobs.ts';
import type { IdpApi } from './idp-api/index.ts';
import { sweepKeptForms } from './kept-forms/index.ts';
import { type NoticeDeps, sendNotices } from './notices/index.ts';
import { sweepTransactions } from './relying-party/index.ts';
import { type ReminderDeps, sendDigests, tellTotals } from './reminders/index.ts';
import { forgetOld } from './retention/index.ts';
import { type Limits, sweepSessions } from './sessions/index.ts';
import { followRegister } from './units/index.ts';

const BATCH = 500;

export interface JobDeps extends NoticeDeps {
  /** A turn of the files of records that wait. */
  runImports: () => Promise<void>;
  api: Pick<IdpApi, 'post' | 'get'>;
  reminders: ReminderDeps;
  limits: Limits;
  auditMonths: number;
}

/**
 * What runs beside the requests: clearing away what has expired, each turn on one replica at
 * a time. Late deletes do no harm: what has expired stays so.
 */
export function backgroundJobs(deps: JobDeps): Job[] {
  const { db, clock, limits, auditMonths } = deps;
  return [
    {
      name: 'mch.notices',
      everyMs: 2 * SECOND,
      runs: 'everywhere', // each message is taken by one replica at a time
      run: () => sendNotices(deps),
    },
    {
      name: 'mch.imports',
      everyMs: SECOND,
      runs: 'everywhere', // each file is taken by one replica at a time
      run: deps.runImports,
    },
    {
      name: 'mch.units',
      everyMs: 5 * MINUTE,
      runs: 'everywhere', // each writes what the register says: twice the same is no harm
      run: () => followRegister(deps),
    },
    {
      name: 'mch.digests',
      everyMs: MINUTE,
      runs: 'everywhere', // an account is taken by one replica a day
      run: async () => void (await sendDigests(deps.reminders)),
    },
    {
      name: 'mch.totals',
      everyMs: 15 * SECOND,
      runs: 'everywhere', // an account is taken by one replica at a time
      run: () => tellTotals(deps.reminders),
    },
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
      name: 'mch.kept-forms',
      everyMs: MINUTE,
      runs: 'everywhere',
      run: () => sweepAlone(db, 'mch.kept-forms', BATCH, (trx) => sweepKeptForms(trx, clock(), BATCH)),
    },
    {
      name: 'mch.retention',
      everyMs: HOUR,
      runs: 'everywhere',
      run: () => forgetOld(db, clock, auditMonths),
    },
  ];
}
