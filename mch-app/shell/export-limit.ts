import type { Db } from '#db/mch/tables.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { type SignedInContext, sessionOf } from '../sessions/index.ts';

/** How much may leave in one file. */
export interface ExportLimit {
  most: number;
  /**
   * Before the first row of a file is written; whoever asked for more is on record.
   * @param most fewer, where a list says so itself
   * @throws Fault too_many_rows
   */
  assertFits(ctx: SignedInContext, list: string, rows: number, most?: number): Promise<void>;
}

/** A file of more rows than `most` is refused as a whole: one that is cut off would be taken for all there is. */
export function limitExports(db: Db, callerOf: (ctx: SignedInContext) => Caller, most: number): ExportLimit {
  return {
    most,
    async assertFits(ctx, list, rows, atMost = most) {
      const allowed = Math.min(most, atMost);
      if (rows <= allowed) return;
      const { account, sub } = sessionOf(ctx);
      await recordAudit(db, {
        type: 'export.refused',
        outcome: 'refused',
        reason: `too_many_rows ${list}`,
        sub,
        accountId: account.id,
        caller: callerOf(ctx),
      });
      throw new Fault('too_many_rows', { most: allowed });
    },
  };
}
