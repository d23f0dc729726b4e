import type { Db, Trx } from '#db/mch/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, SECOND, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { digest, randomToken } from '#kit/random.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { type Limits, boundsAt, causeOfDeath, endedUnasked } from './policy.ts';
import { keepAccount } from '../known-accounts/index.ts';
import { closeEntries, moveEntry, openEntry } from '../sign-in-log/index.ts';
import { keepUnit } from '../units/index.ts';
import { deleteSession, findSession, insertSession, rememberPast, renewSession } from './store.ts';
import { sealTokens } from './tokens.ts';
import { actorOf, signedInName } from './impersonation.ts';
import type { Account, Act, EndReason, KnownAccount, Notice, Session, Tokens } from './types.ts';

export interface SessionStoreDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  limits: Limits;
}

/** What the single entry said of a person who signed in, or switched. */
export interface Arrival {
  iss: string;
  sub: string;
  sid: string | null;
  account: Account;
  personName: string;
  knownAccounts: KnownAccount[];
  tokens: Tokens;
  act?: Act;
}

/**
 * Opens a session under an id nobody knew before; the browser's former one, if any, is replaced.
 * @returns the id for the cookie
 */
export async function openSession(
  deps: SessionStoreDeps,
  arrival: Arrival,
  formerId: string | undefined,
  caller: Caller,
): Promise<string> {
  const id = randomToken();
  const now = deps.clock();
  await transact(deps.db, async (trx) => {
    const former = formerId === undefined ? undefined : await deleteSession(trx, digest(formerId));
    await keepUnit(trx, arrival.account.unit);
    await keepAccount(trx, arrival.sub, arrival.account, now);
    const sameActor = former?.act?.sub === arrival.act?.sub;
    const samePerson = former?.iss === arrival.iss && former.sub === arrival.sub && sameActor;
    const switched = samePerson && former.account.id !== arrival.account.id;
    await insertSession(trx, {
      ...arrival,
      digest: digest(id),
      generation: samePerson ? former.generation + 1 : 1,
      todosShown: samePerson ? former.todosShown : [],
      tokensSealed: sealTokens(deps.keyring, arrival.tokens, digest(id)),
      refreshedAt: now,
      createdAt: now,
      activeAt: now,
      expiresAt: endOf(arrival, after(now, deps.limits.absoluteSeconds * SECOND)),
      ...(switched ? { notice: switchedNotice(arrival.account) } : {}),
    });
    if (former && !samePerson) await recordEnd(trx, former, 'replaced', caller, now);
    if (switched) await closeEntries(trx, [former.digest], 'switched', now);
    const goesOn = samePerson && !switched && (await moveEntry(trx, former.digest, digest(id)));
    if (!goesOn) {
      const how = switched ? ('switch' as const) : ('sign_in' as const);
      const personName = signedInName(arrival);
      await openEntry(trx, { ...arrival, personName, digest: digest(id), how, ip: caller.ip, at: now });
    }
    await recordAudit(trx, {
      type: switched ? 'account.switched' : 'session.started',
      sub: arrival.sub,
      sid: arrival.sid,
      accountId: arrival.account.id,
      ...(switched ? { fromAccountId: former.account.id } : {}),
      ...actorOf(arrival),
      caller,
    });
  });
  return id;
}

/**
 * Goes on as another account: new id, new tokens, next generation.
 * @returns the new id for the cookie, or undefined when the session ended meanwhile
 */
export async function continueAs(
  deps: SessionStoreDeps,
  session: Session,
  arrival: Arrival,
  caller: Caller,
): Promise<string | undefined> {
  const id = randomToken();
  const renewal = {
    ...arrival,
    digest: digest(id),
    tokensSealed: sealTokens(deps.keyring, arrival.tokens, digest(id)),
    notice: switchedNotice(arrival.account),
  };
  const at = deps.clock();
  const renewed = await transact(deps.db, async (trx) => {
    const found = await renewSession(trx, session.digest, renewal, at);
    if (found) {
      await keepUnit(trx, arrival.account.unit);
      await keepAccount(trx, session.sub, arrival.account, deps.clock());
      await closeEntries(trx, [session.digest], 'switched', at);
      await openEntry(trx, { ...arrival, digest: digest(id), how: 'switch', ip: caller.ip, at });
      await recordAudit(trx, {
        type: 'account.switched',
        sub: session.sub,
        sid: session.sid,
        accountId: arrival.account.id,
        fromAccountId: session.account.id,
        caller,
      });
    }
    return found;
  });
  return renewed ? id : undefined;
}

/** Ends a session, if it is still there. */
export async function endSession(
  deps: Pick<SessionStoreDeps, 'db' | 'clock'>,
  sessionDigest: Buffer,
  reason: EndReason,
  caller: Caller,
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const ended = await deleteSession(trx, sessionDigest);
    if (ended) await recordEnd(trx, ended, reason, caller, deps.clock());
  });
}

/** Clears away a session that was found dead. @returns why it is, or undefined when nothing is left of it */
export async function buryDeadSession(
  deps: Pick<SessionStoreDeps, 'db' | 'clock' | 'limits'>,
  sessionDigest: Buffer,
  caller: Caller,
): Promise<EndReason | undefined> {
  const now = deps.clock();
  return transact(deps.db, async (trx) => {
    if (await findSession(trx, sessionDigest, boundsAt(now, deps.limits))) return undefined;
    const dead = await deleteSession(trx, sessionDigest);
    if (!dead) return undefined;
    const reason = causeOfDeath(dead, now);
    await recordEnd(trx, dead, reason, caller, now);
    return reason;
  });
}

async function recordEnd(
  trx: Trx,
  session: Session,
  reason: EndReason,
  caller: Caller,
  at: Date,
): Promise<void> {
  if (endedUnasked(reason) && !session.act) await rememberPast(trx, [session], at);
  await closeEntries(trx, [session.digest], reason, at);
  await recordAudit(trx, {
    type: 'session.ended',
    reason,
    sub: session.sub,
    sid: session.sid,
    accountId: session.account.id,
    ...actorOf(session),
    caller,
  });
}

/** Nobody acts for somebody longer than the single entry allows. */
function endOf({ act }: Arrival, limit: Date): Date {
  const until = act && new Date(act.until);
  return until && until < limit ? until : limit;
}

function switchedNotice(account: Account): Notice {
  return {
    kind: 'success',
    key: 'mch.switched',
    params: { binding: account.binding, unit: account.unit.name },
  };
}
