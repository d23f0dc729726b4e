import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { DAY, after } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, type ConsoleActor, recordAudit, recordConsoleDeed } from '../audit/index.ts';
import { queueMail } from '../notifications/index.ts';
import type { SigningKeyDeps } from './service.ts';
import type { KeyDeed } from './service/record.ts';
import {
  findRevocation,
  insertRevocation,
  isRevoker,
  listNational,
  markConfirmed,
  takeOverdue,
} from './store/revocations.ts';

export const CONFIRM_WITHIN_MS = DAY;

type MailDeps = SigningKeyDeps & { issuer: string };

/** A revocation just done wants a second person's word: everybody who may give it is told. */
export async function askForConfirmation(
  trx: Trx,
  deps: Pick<MailDeps, 'keyring' | 'issuer' | 'clock'>,
  kid: string,
  { reason, by }: KeyDeed,
): Promise<void> {
  await insertRevocation(trx, { kid, at: deps.clock(), by: by?.actor.accountId, reason });
  await tellNational(trx, deps, kid, 'confirm');
}

/** Tells everybody who may confirm a revocation: at once, or that it is overdue. */
async function tellNational(
  trx: Trx,
  deps: Pick<MailDeps, 'keyring' | 'issuer'>,
  kid: string,
  outcome: 'confirm' | 'overdue',
): Promise<void> {
  const url = `${deps.issuer}/console/signing-keys/${kid}/confirmation`;
  for (const { id, name, email, loginName } of await listNational(trx)) {
    await queueMail(trx, deps.keyring, {
      kind: 'key_revoked',
      to: { accountId: id, address: email, name },
      params: { outcome, loginName, kid, url },
      dedupeKey: `key_revoked:${outcome}:${kid}:${id}`,
    });
  }
}

/**
 * A second person's word that a revocation was right. It changes nothing about the key, which is out of use
 * since the revocation; it ends the alarm.
 * @throws Fault not_found; forbidden for whoever revoked it, under any of their accounts; conflict when somebody confirmed it before
 */
export async function confirmRevocation(
  deps: Pick<SigningKeyDeps, 'db' | 'clock'>,
  kid: string,
  by: { actor: ConsoleActor; from: Caller; reason: string },
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const revocation = await findRevocation(trx, kid);
    if (!revocation) throw new Fault('not_found');
    if (await isRevoker(trx, kid, by.actor.accountId)) throw new Fault('forbidden');
    if (!(await markConfirmed(trx, kid, by.actor.accountId, deps.clock()))) throw new Fault('conflict');
    const target = { kind: 'signing_key', id: kid };
    const { actor, from, reason } = by;
    await recordConsoleDeed(trx, actor, {
      type: 'signing_key.revocation_confirmed',
      target,
      reason,
      from,
    });
  });
}

/** Raises the alarm for revocations nobody confirmed within a day, once each. @returns how many */
export async function alarmUnconfirmed(deps: MailDeps): Promise<number> {
  return transact(deps.db, async (trx) => {
    const overdue = await takeOverdue(trx, after(deps.clock(), -CONFIRM_WITHIN_MS));
    for (const { kid } of overdue) {
      await tellNational(trx, deps, kid, 'overdue');
      await recordAudit(trx, { type: 'signing_key.revocation_unconfirmed', details: { kid } });
    }
    return overdue.length;
  });
}
