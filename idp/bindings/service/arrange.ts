import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { unbind } from '../../subsystem-accounts/index.ts';
import { tellOfBinding } from '../mails.ts';
import { bindingNameProblem, normaliseBindingName } from '../policy.ts';
import { findOwnBinding, lockFavourites, saveOrder, updateName } from '../store/own.ts';
import type { BindingProblem, Owner } from './bind.ts';
import type { BindingDeps } from './deps.ts';

type Own = Pick<Owner, 'accountId'>;

/** Gives a binding another name. @throws Fault not_found when the person has no such binding */
export async function rename(
  deps: Pick<BindingDeps, 'db'>,
  { accountId }: Own,
  id: string,
  typed: string,
  caller: Caller,
): Promise<BindingProblem | undefined> {
  const name = normaliseBindingName(typed);
  const problem = bindingNameProblem(name);
  if (problem) return problem === 'missing' ? 'name_missing' : 'name_too_long';
  try {
    await transact(deps.db, async (trx) => {
      if (!(await updateName(trx, accountId, id, name))) throw new Fault('not_found');
      await recordAudit(trx, { type: 'binding.renamed', accountId, toSubsystemAccountId: id, caller });
    });
  } catch (error) {
    if (isSqlState(error, UNIQUE_VIOLATION)) return 'name_taken';
    throw error;
  }
  return undefined;
}

/**
 * Takes a binding off the person's list; whoever acts as it stops at once. The account itself stays the
 * person's. @throws Fault not_found when the person has no such binding, or no more
 */
export async function remove(
  deps: BindingDeps,
  { accountId }: Own,
  id: string,
  caller: Caller,
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const own = await findOwnBinding(trx, accountId, id);
    const grantsEnded = own && (await unbind(trx, id, accountId));
    if (!own || grantsEnded === undefined) throw new Fault('not_found');
    const event = { toSubsystemAccountId: id, caller, details: { grantsEnded } };
    await recordAudit(trx, { type: 'binding.removed', accountId, ...event });
    const { binding, subsystemCode } = own;
    const news = { binding, subsystemCode, subsystemAccountId: id, deed: caller.requestId };
    await tellOfBinding(trx, deps, accountId, { outcome: 'removed', ...news });
  });
}

/** Moves a favourite one place; at the end of the row it stays. @throws Fault not_found */
export async function moveFavourite(
  deps: Pick<BindingDeps, 'db'>,
  { accountId }: Own,
  id: string,
  direction: 'up' | 'down',
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const ids = await lockFavourites(trx, accountId);
    const at = ids.indexOf(id);
    if (at === -1) throw new Fault('not_found');
    const to = Math.min(Math.max(at + (direction === 'up' ? -1 : 1), 0), ids.length - 1);
    ids.splice(to, 0, ...ids.splice(at, 1));
    await saveOrder(trx, accountId, ids);
  });
}
