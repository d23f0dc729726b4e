import type { Db } from '#db/idp/tables.ts';
import type { Account } from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type EnrolmentScope,
  acceptTotp,
  countRecoveryCodes,
  findTotp,
  issueRecoveryCodes,
} from '../../authenticators/index.ts';
import { Fault } from '#kit/errors.ts';
import { tellOfFactor } from '../mails.ts';
import { normaliseFactorName } from '../policy.ts';
import type { FactorDeps, Owner } from './deps.ts';
import { changeFactors, readFactors } from './factors.ts';

/**
 * Puts the authenticator app of an offer in force, once it shows a right code; it replaces the one there was,
 * unless `onlyFirst` says that there must be none.
 * @returns false when the code is wrong or the offer stale
 */
export async function addTotp(
  deps: FactorDeps,
  scope: EnrolmentScope,
  answer: { sealed: string; typed: string; name: string; onlyFirst?: boolean },
  caller: Caller,
): Promise<boolean> {
  const { accountId } = scope;
  return changeFactors(deps.db, accountId, async (trx, account: Account) => {
    const name = normaliseFactorName(answer.name);
    if (answer.onlyFirst && (await findTotp(trx, accountId))) return false;
    if (!(await acceptTotp(trx, deps.keyring, scope, { ...answer, name, now: deps.clock() }))) return false;
    await recordAudit(trx, { type: 'authenticator.added', accountId, caller, details: { kind: 'totp' } });
    await tellOfFactor(trx, deps, account, { outcome: 'added', kind: 'totp', deed: caller.requestId });
    return true;
  });
}

/** New recovery codes, for somebody who has a factor they can stand in for. @throws Fault conflict without one */
export async function renewRecoveryCodes(
  deps: FactorDeps,
  { accountId }: Owner,
  caller: Caller,
): Promise<string[]> {
  return changeFactors(deps.db, accountId, async (trx) => {
    const { factors } = await readFactors({ ...deps, db: trx }, accountId);
    if (factors.length === 0) throw new Fault('conflict');
    const codes = await issueRecoveryCodes(trx, deps.keyring, accountId, deps.clock());
    await recordAudit(trx, { type: 'recovery_codes.issued', accountId, caller });
    return codes;
  });
}

export async function countCodesLeft(db: Db, accountId: string): Promise<number> {
  return countRecoveryCodes(db, accountId);
}
