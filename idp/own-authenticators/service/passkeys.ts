import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type ChallengeScope,
  type PasskeyDeps,
  type PasskeyOptions,
  askForNewPasskey,
  insertPasskey,
  readNewPasskey,
} from '../../authenticators/index.ts';
import { tellOfFactor } from '../mails.ts';
import { normaliseFactorName } from '../policy.ts';
import type { FactorDeps, Owner } from './deps.ts';
import { changeFactors } from './factors.ts';

type Deps = FactorDeps & PasskeyDeps;

export async function startPasskey(
  deps: Deps,
  owner: Owner & { personName: string },
): Promise<PasskeyOptions> {
  const person = { accountId: owner.accountId, loginName: owner.loginName, name: owner.personName };
  return askForNewPasskey(deps, scopeOf(owner), person, deps.clock());
}

/** Registers the passkey of the browser's answer. @returns false when it does not prove itself, or is known */
export async function addPasskey(
  deps: Deps,
  owner: Owner,
  typed: { answer: string; name: string },
  caller: Caller,
): Promise<boolean> {
  const { accountId } = owner;
  const now = deps.clock();
  const fresh = await readNewPasskey(deps, scopeOf(owner), typed.answer, now);
  if (!fresh) return false;
  return changeFactors(deps.db, accountId, async (trx, account) => {
    const name = normaliseFactorName(typed.name);
    if (!(await insertPasskey(trx, { ...fresh, accountId, name, addedAt: now }))) return false;
    await recordAudit(trx, { type: 'authenticator.added', accountId, caller, details: { kind: 'passkey' } });
    await tellOfFactor(trx, deps, account, { outcome: 'added', kind: 'passkey', deed: caller.requestId });
    return true;
  });
}

function scopeOf({ accountId, uid }: Owner): ChallengeScope {
  return { purpose: 'add', within: `${accountId} ${uid}` };
}
