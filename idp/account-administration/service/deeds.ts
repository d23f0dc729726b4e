import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { accountStanding, countOtherHolders } from '../../accounts/index.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { PASSWORD_THROTTLE, TOTP_THROTTLE, lockedNames } from '../../authenticators/index.ts';
import type { Deed } from '../../permissions/index.ts';
import { hasLinksEnough } from '../../recovery/index.ts';
import { type DeedFacts, type DeedRefusal, administrationRefusal, deedRefusal } from '../policy.ts';
import { findSurroundings } from '../store/subject.ts';
import type { AccountAdministrationDeps, DeedName, Doer, Subject } from '../types.ts';
import { type Effect, EFFECTS } from './effects.ts';
import { getReach, getSubject, holdSubject } from './reach.ts';

/** Which permission each deed is. */
export const DEED_OF: Record<DeedName, Deed> = {
  disabling: 'accounts.disable',
  enabling: 'accounts.disable',
  unlocking: 'accounts.unlock',
  'password-reset': 'accounts.reset_password',
  'factor-reset': 'accounts.reset_factor',
  'sign-out': 'sessions.end',
};

/** What was done, for the audit trail. */
const EVENTS: Record<DeedName, `${string}.${string}`> = {
  disabling: 'account.disabled',
  enabling: 'account.enabled',
  unlocking: 'account.unlocked',
  'password-reset': 'password_reset.sent',
  'factor-reset': 'authenticator.reset',
  'sign-out': 'session.ended',
};

export interface Outlook {
  subject: Subject;
  facts: DeedFacts;
  refusal: DeedRefusal | undefined;
}

/** What would become of the deed now. @throws Fault not_found when the account is out of reach */
export async function foresee(
  deps: AccountAdministrationDeps,
  caller: Doer['caller'],
  name: DeedName,
  id: string,
): Promise<Outlook> {
  const reach = getReach(caller, DEED_OF[name]);
  const subject = await getSubject(deps.db, reach, id);
  const facts = await readFacts(deps, deps.db, subject);
  const refusal = administrationRefusal(caller, reach, subject) ?? deedRefusal(name, subject, facts);
  return { subject, facts, refusal };
}

/**
 * Does one deed to one account: everything is asked again in the deed's own transaction, and recorded there.
 * @returns why not; nothing when it is done
 * @throws Fault not_found when the account is out of reach
 */
export async function doDeed(
  deps: AccountAdministrationDeps,
  doer: Doer,
  name: DeedName,
  { id, reason }: { id: string; reason: string },
): Promise<DeedRefusal | undefined> {
  const reach = getReach(doer.caller, DEED_OF[name]);
  return transact(deps.db, async (trx) => {
    const subject = await holdSubject(trx, reach, id);
    const facts = await readFacts(deps, trx, subject);
    const refusal = administrationRefusal(doer.caller, reach, subject) ?? deedRefusal(name, subject, facts);
    if (refusal) return refusal;
    const effect: Effect = await EFFECTS[name](trx, deps, subject, { reason, doer });
    await recordConsoleDeed(trx, doer.caller, {
      type: EVENTS[name],
      target: { kind: 'account', id },
      accountId: id,
      unitCode: subject.unitCode,
      ...effect,
      reason,
      from: doer.from,
    });
    return undefined;
  });
}

/** What decides about deeds to the account, as it is now. */
export async function readFacts(
  { clock, keyring }: AccountAdministrationDeps,
  db: Db | Trx,
  subject: Subject,
): Promise<DeedFacts> {
  const now = clock();
  const [byPassword, byFactor] = await Promise.all([
    lockedNames(db, keyring, PASSWORD_THROTTLE, [subject.loginName], now),
    lockedNames(db, keyring, TOTP_THROTTLE, [subject.id], now),
  ]);
  return {
    standing: accountStanding(subject, now),
    otherHolders: await countOtherHolders(db, subject),
    isLocked: byPassword.size + byFactor.size > 0,
    ...(await findSurroundings(db, subject.id)),
    hasLinksEnough: await hasLinksEnough(db, subject.id, now),
  };
}
