import type { Db } from '#db/idp/tables.ts';
import type { Context } from '#kit/http/context.ts';
import { callerOf } from './caller.ts';
import { recordAudit } from './store.ts';

/** Writes down that a file which held malware was brought, where, and what it held. */
export const recordInfected =
  (db: Db, trustedProxyHops: number) =>
  (ctx: Context, signature: string): Promise<void> =>
    recordAudit(db, {
      type: 'upload.refused',
      reason: 'infected',
      caller: callerOf(ctx, trustedProxyHops),
      details: { signature: signature.slice(0, 100), path: ctx.path },
    });
