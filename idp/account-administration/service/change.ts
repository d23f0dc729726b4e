import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { FieldError } from '#templates/views.ts';
import type { Change } from '#templates/views/console.ts';
import { countOtherHolders } from '../../accounts/index.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { voidResetLinks } from '../../authenticators/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { FIELDS, type Typed, changesOf, labelOf, typedErrors, typedOf } from '../fields.ts';
import { type DeedRefusal, administrationRefusal, lastHolderRefusal } from '../policy.ts';
import { deletePendingEmail, updateSubject } from '../store/subject.ts';
import type { AccountAdministrationDeps, Doer, Subject } from '../types.ts';
import { getReach, holdSubject } from './reach.ts';

export type ChangeOutcome =
  | { done: true }
  | { done: false; refusal: DeedRefusal }
  | { done: false; errors: FieldError[] }
  /** Somebody was faster: what they changed, what is in force now, and the form with both their changes and ours. */
  | { done: false; meanwhile: Change[]; inForce: Typed; merged: Typed };

/**
 * P-44: changes an account as the form says, against what its form was opened with: what somebody else changed since
 * is shown and kept, unless it is typed anew. Nothing but the form's fields can be changed here.
 * @param was what was in force when the form was opened
 * @throws Fault not_found when the account is out of reach
 */
export async function changeAccount(
  deps: AccountAdministrationDeps,
  { caller, from }: Doer,
  id: string,
  { typed, was }: { typed: Typed; was: Typed },
): Promise<ChangeOutcome> {
  const reach = getReach(caller, 'accounts.change');
  return transact(deps.db, async (trx): Promise<ChangeOutcome> => {
    const subject = await holdSubject(trx, reach, id);
    const refusal = administrationRefusal(caller, reach, subject);
    if (refusal) return { done: false, refusal };
    const inForce = typedOf(subject);
    const meanwhile = differing(was, inForce);
    if (meanwhile.length > 0) {
      const merged = Object.fromEntries(
        FIELDS.map((field) => [field, typed[field] === was[field] ? inForce[field] : typed[field]]),
      ) as Typed;
      return { done: false, meanwhile, inForce, merged };
    }
    const errors = typedErrors(typed, inForce, deps.clock());
    const last = lastHolderRefusal(subject.role, await countOtherHolders(trx, subject));
    if (last && typed.expires !== '' && typed.expires !== inForce.expires) {
      errors.push({ field: 'expires', key: `console-person.refused-${last}` });
    }
    if (errors.length > 0) return { done: false, errors };
    const changed = FIELDS.filter((field) => typed[field] !== inForce[field]);
    if (changed.length === 0) return { done: true };
    await updateSubject(trx, id, changesOf(typed));
    if (changed.includes('email')) await tellOfAddress(trx, deps, subject, typed.email, from.requestId);
    await recordConsoleDeed(trx, caller, {
      type: 'account.changed',
      target: { kind: 'account', id },
      accountId: id,
      unitCode: subject.unitCode,
      changes: Object.fromEntries(changed.map((field) => [field, [inForce[field], typed[field]] as const])),
      from,
    });
    return { done: true };
  });
}

function differing(was: Typed, now: Typed): Change[] {
  return FIELDS.filter((field) => was[field] !== now[field]).map((field) => ({
    key: labelOf(field),
    before: was[field],
    after: now[field],
  }));
}

/** Both addresses are told, and no link that went to the old one opens any more. */
async function tellOfAddress(
  trx: Trx,
  { keyring, clock }: AccountAdministrationDeps,
  subject: Subject,
  email: string,
  deed: string,
): Promise<void> {
  const { id: accountId, name, loginName } = subject;
  await deletePendingEmail(trx, accountId);
  await voidResetLinks(trx, accountId, 'superseded');
  for (const address of [subject.email, email]) {
    await queueMail(trx, keyring, {
      kind: 'address_changed',
      to: { accountId, address, name },
      params: { loginName, changedAt: clock() },
      dedupeKey: `address:${deed}:${accountId}:${address}`,
    });
  }
}
