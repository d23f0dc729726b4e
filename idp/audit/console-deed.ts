import type { Trx } from '#db/idp/tables.ts';
import { describeChanges } from './changes.ts';
import { recordAudit } from './store.ts';
import type { ConsoleActor, ConsoleDeed } from './types.ts';

/**
 * Records a deed done in the console, in the deed's own transaction: who, to what, which fields with what before
 * and after, why, from where. Secret and personal values never reach the record, only their fields' names.
 */
export async function recordConsoleDeed(trx: Trx, actor: ConsoleActor, deed: ConsoleDeed): Promise<void> {
  const changes = deed.changes && describeChanges(deed.changes, deed.open);
  await recordAudit(trx, {
    type: deed.type,
    accountId: deed.accountId ?? actor.accountId,
    actorAccountId: actor.accountId,
    sessionUid: actor.session.uid,
    ...(deed.clientId !== undefined && { clientId: deed.clientId }),
    ...(deed.subsystemAccountId !== undefined && { toSubsystemAccountId: deed.subsystemAccountId }),
    ...(deed.refusal !== undefined && { reason: deed.refusal }),
    caller: deed.from,
    details: {
      ...deed.details,
      via: actor.via ?? 'console',
      role: actor.role,
      unit: deed.unitCode ?? actor.unitCode,
      target: `${deed.target.kind}:${deed.target.id}`,
      ...(changes && { fields: changes.fields, before: changes.before, after: changes.after }),
      ...(deed.reason !== undefined && { reason: deed.reason }),
    },
  });
}
