import type { Db } from '#db/mch/tables.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { type SignedInContext, sessionOf } from '../sessions/index.ts';

/** Writes down who brought a file that held malware, and which. */
export const recordInfected =
  (db: Db, callerOf: (ctx: SignedInContext) => Caller) =>
  async (ctx: SignedInContext, signature: string): Promise<void> => {
    const { account, sub } = sessionOf(ctx);
    await recordAudit(db, {
      type: 'upload.refused',
      outcome: 'refused',
      reason: `infected ${signature.slice(0, 100)}`,
      sub,
      accountId: account.id,
      caller: callerOf(ctx),
    });
  };
