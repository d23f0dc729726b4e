import type { Trx } from '#db/idp/tables.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { insertBinding, unbind } from '../../subsystem-accounts/index.ts';
import { tellOfBinding } from '../mails.ts';
import type { BindingDeps } from './deps.ts';

/** An account whose proof was accepted. */
export interface Proven {
  id: string;
  subsystemCode: string;
  /** To which other account of the same person it is bound, and as what: there it is taken off. */
  binding: { accountId: string; name: string } | undefined;
}

/**
 * Puts a proven account onto the person's list, in the transaction that looked at it last; who had it before and
 * who has it now are told. @throws a unique violation when the person has a binding of that name
 */
export async function attach(
  deps: BindingDeps,
  trx: Trx,
  { id, subsystemCode, binding: before }: Proven,
  { accountId, name }: { accountId: string; name: string },
  caller: Caller,
): Promise<void> {
  const event = { toSubsystemAccountId: id, caller };
  const news = { subsystemCode, subsystemAccountId: id, deed: caller.requestId };
  if (before) {
    const grantsEnded = (await unbind(trx, id, before.accountId)) ?? 0;
    await recordAudit(trx, {
      type: 'binding.removed',
      accountId: before.accountId,
      actorAccountId: accountId,
      ...event,
      details: { moved: true, grantsEnded },
    });
    await tellOfBinding(trx, deps, before.accountId, { outcome: 'removed', binding: before.name, ...news });
  }
  await insertBinding(trx, { id, accountId, name });
  await recordAudit(trx, { type: 'binding.added', accountId, ...event });
  await tellOfBinding(trx, deps, accountId, { outcome: 'added', binding: name, ...news });
}
