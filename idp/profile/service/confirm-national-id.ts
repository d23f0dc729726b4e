import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { recordAudit } from '../../audit/index.ts';
import { confirmDeclared, lockDeclaration } from '../store.ts';

export type ConfirmationRefusal = 'unknown_account' | 'nothing_declared' | 'own_number' | 'declared_again';

/**
 * Confirms an ID number its owner had declared: from now on it proves whose subsystem accounts are. Whoever confirms
 * has seen a document; that they may decide about this account is the caller's to know.
 * @param seen since when the number that was compared is declared: one changed meanwhile is not confirmed
 * @param by the administrator; undefined for an operator at the machine
 * @returns why not, or undefined when it is done
 */
export async function confirmNationalId(
  db: Db,
  accountId: string,
  { reason, seen }: { reason: string; seen?: Date },
  by?: { accountId: string },
): Promise<ConfirmationRefusal | undefined> {
  return transact(db, async (trx) => {
    const declared = await lockDeclaration(trx, accountId);
    if (!declared) return 'unknown_account';
    if (declared.declaredAt === null) return 'nothing_declared';
    if (by?.accountId === accountId) return 'own_number';
    if (seen && seen.getTime() !== declared.declaredAt.getTime()) return 'declared_again';
    await confirmDeclared(trx, accountId);
    await recordAudit(trx, {
      type: 'national_id.confirmed',
      accountId,
      ...(by && { actorAccountId: by.accountId }),
      details: { reason },
    });
    return undefined;
  });
}
