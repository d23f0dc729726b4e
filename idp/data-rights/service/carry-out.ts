import { randomBytes } from 'node:crypto';
import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Keyring } from '#kit/keyring.ts';
import { type Account, findAccount, sealNationalId } from '../../accounts/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { type LifeDeps, type ResignationRefusal, resignWithin } from '../../life-cycle/index.ts';
import { type CarryingRefusal, decideCarrying } from '../policy.ts';
import { eraseAccount, eraseApplications } from '../store/erase.ts';
import { lockRequest, saveCarriedOut } from '../store/requests.ts';

const DIGEST_BYTES = 32;

export interface CarryingDeps extends LifeDeps {
  db: Db;
  keyring: Keyring;
}

/**
 * does what a granted request asks for. To stop: the account and its subsystem accounts are disabled, sessions,
 * grants and bindings end, the person is told by mail. To delete: that, and everything of the person goes that no
 * law keeps; the audit trail and the decisions stay under the account's number.
 * @param by the administrator; undefined for an operator at the machine
 * @returns why not, or undefined when it is done
 */
export async function carryOut(
  deps: CarryingDeps,
  id: string,
  by?: { accountId: string },
): Promise<CarryingRefusal | ResignationRefusal | undefined> {
  return transact(deps.db, async (trx) => {
    const { request } = await lockRequest(trx, id);
    const decision = decideCarrying(request);
    if (!decision.allowed || !request) return decision.allowed ? 'unknown_request' : decision.reason;
    const account = await findAccount(trx, request.accountId);
    if (!account) return 'unknown_account';
    const refusal = await stop(trx, deps, account, `data_request ${id}`);
    if (refusal) return refusal;
    const actor = by && { actorAccountId: by.accountId };
    if (request.kind === 'delete') await erase(trx, deps, account, { request: id, ...actor });
    await saveCarriedOut(trx, id);
    await recordAudit(trx, {
      type: 'data_request.carried_out',
      accountId: account.id,
      ...actor,
      details: { request: id, kind: request.kind },
    });
    return undefined;
  });
}

/** Like leaving: the last manager of a unit names a successor before. */
async function stop(
  trx: Trx,
  deps: CarryingDeps,
  account: Account,
  reason: string,
): Promise<ResignationRefusal | undefined> {
  if (account.status === 'disabled') return undefined;
  const outcome = await resignWithin(trx, deps, { loginName: account.loginName, reason });
  return outcome.resigned ? undefined : outcome.reason;
}

async function erase(
  trx: Trx,
  { keyring }: CarryingDeps,
  { id: accountId }: Account,
  { request, ...actor }: { request: string; actorAccountId?: string },
): Promise<void> {
  await eraseAccount(trx, accountId, {
    nationalIdSealed: sealNationalId(keyring, '', accountId),
    nationalIdIndex: randomBytes(DIGEST_BYTES), // equals no number's
  });
  const applications = await eraseApplications(trx, accountId);
  await recordAudit(trx, { type: 'account.erased', accountId, ...actor, details: { request, applications } });
}
