import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { type Account, findAccount, lockAccount, needsSecondFactor } from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  deletePasskey,
  deletePersonCard,
  deleteRecoveryCodes,
  deleteTotp,
  findTotp,
  listPasskeys,
  listPersonCards,
  renamePasskey,
  renamePersonCard,
  renameTotp,
} from '../../authenticators/index.ts';
import { tellOfFactor } from '../mails.ts';
import { decideRemoval, normaliseFactorName } from '../policy.ts';
import type { Factor, FactorNeeds } from '../types.ts';
import type { FactorDeps, Owner } from './deps.ts';

const STEP_MS = 30_000;
export const TOTP_ID = 'totp';

/** The person's second factors, and what their role asks of them. */
export async function readFactors(
  { db, phishingResistantRoles }: { db: Db | Trx } & Pick<FactorDeps, 'phishingResistantRoles'>,
  accountId: string,
): Promise<{ factors: Factor[]; needs: FactorNeeds }> {
  const account = await findAccount(db, accountId);
  const totp = await findTotp(db, accountId);
  const factors: Factor[] = [];
  if (totp) {
    factors.push({
      id: TOTP_ID,
      kind: 'totp',
      name: totp.name,
      addedAt: totp.enrolledAt,
      lastUsedAt: totp.lastUsedStep > 0 ? new Date(totp.lastUsedStep * STEP_MS) : undefined,
    });
  }
  for (const { id, name, addedAt, lastUsedAt } of await listPasskeys(db, accountId)) {
    factors.push({ id, kind: 'passkey', name, addedAt, lastUsedAt: lastUsedAt ?? undefined });
  }
  for (const { id, name, addedAt, lastUsedAt } of await listPersonCards(db, accountId)) {
    factors.push({ id, kind: 'card', name, addedAt, lastUsedAt: lastUsedAt ?? undefined });
  }
  return { factors, needs: account ? needsOf(account, phishingResistantRoles) : 'none' };
}

function needsOf(account: Account, resistant: FactorDeps['phishingResistantRoles']): FactorNeeds {
  if (resistant.has(account.role)) return 'phishing_resistant';
  return needsSecondFactor(account) ? 'one' : 'none';
}

/** Runs a change of the person's factors; changes of one person never run at once. */
export async function changeFactors<T>(
  db: Db,
  accountId: string,
  change: (trx: Trx, account: Account) => Promise<T>,
): Promise<T> {
  return transact(db, async (trx) => {
    const account = await lockAccount(trx, accountId);
    if (!account) throw new Fault('account_unavailable');
    return change(trx, account);
  });
}

/** @throws Fault not_found when the person has no such factor */
export async function renameFactor(
  deps: FactorDeps,
  { accountId }: Owner,
  id: string,
  typed: string,
  caller: Caller,
): Promise<void> {
  await changeFactors(deps.db, accountId, async (trx) => {
    const { kind } = await getFactor({ ...deps, db: trx }, accountId, id);
    const name = normaliseFactorName(typed);
    if (kind === 'totp') await renameTotp(trx, accountId, name);
    else if (kind === 'passkey') await renamePasskey(trx, accountId, id, name);
    else await renamePersonCard(trx, accountId, id, name);
    await recordAudit(trx, { type: 'authenticator.renamed', accountId, caller, details: { kind } });
  });
}

/** Takes a factor away, and tells its owner. @throws Fault not_found @returns why it stays, or undefined */
export async function removeFactor(
  deps: FactorDeps,
  { accountId }: Owner,
  id: string,
  caller: Caller,
): Promise<'last_required' | undefined> {
  return changeFactors(deps.db, accountId, async (trx, account) => {
    const { factors, needs } = await readFactors({ ...deps, db: trx }, accountId);
    const decision = decideRemoval(factors, id, needs);
    const factor = factors.find((candidate) => candidate.id === id);
    if (!factor || (!decision.allowed && decision.reason === 'unknown')) throw new Fault('not_found');
    const event = { accountId, caller, details: { kind: factor.kind } };
    if (!decision.allowed) {
      await recordAudit(trx, { type: 'authenticator.removal_refused', reason: 'last_required', ...event });
      return 'last_required';
    }
    if (factor.kind === 'totp') await deleteTotp(trx, accountId);
    else if (factor.kind === 'passkey') await deletePasskey(trx, accountId, id);
    else await deletePersonCard(trx, accountId, id);
    if (factors.length === 1) await deleteRecoveryCodes(trx, accountId); // nothing is left to stand in for
    await recordAudit(trx, { type: 'authenticator.removed', ...event });
    await tellOfFactor(trx, deps, account, { outcome: 'removed', kind: factor.kind, deed: caller.requestId });
    return undefined;
  });
}

/** @throws Fault not_found */
export async function getFactor(
  deps: Parameters<typeof readFactors>[0],
  accountId: string,
  id: string,
): Promise<Factor> {
  const { factors } = await readFactors(deps, accountId);
  const factor = factors.find((candidate) => candidate.id === id);
  if (!factor) throw new Fault('not_found');
  return factor;
}
