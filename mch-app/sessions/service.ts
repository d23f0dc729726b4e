import type { Db } from '#db/mch/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, SECOND, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { digest, randomToken } from '#kit/random.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { type Limits, boundsAt, causeOfDeath } from './policy.ts';
import { keepAccount } from '../known-accounts/index.ts';
import { keepUnit } from '../units/index.ts';
import { deleteSession, findSession, insertSession, renewSession } from './store.ts';
import { sealTokens } from './tokens.ts';
import type { Account, EndReason, KnownAccount, Notice, Session, Tokens } from './types.ts';

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
    const samePerson = former?.iss === arrival.iss && former.sub === arrival.sub;
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
      expiresAt: after(now, deps.limits.absoluteSeconds * SECOND),
      ...(switched ? { notice: switchedNotice(arrival.account) } : {}),
    });
    if (former && !samePerson) await recordEnd(trx, former, 'replaced', caller);
    await recordAudit(trx, {
      type: switched ? 'account.switched' : 'session.started',
      sub: arrival.sub,
      sid: arrival.sid,
      accountId: arrival.account.id,
      ...(switched ? { fromAccountId: former.account.id } : {}),
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
  const renewed = await transact(deps.db, async (trx) => {
    const found = await renewSession(trx, session.digest, renewal, deps.clock());
    if (found) {
      await keepUnit(trx, arrival.account.unit);
      await keepAccount(trx, session.sub, arrival.account, deps.clock());
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
  deps: Pick<SessionStoreDeps, 'db'>,
  sessionDigest: Buffer,
  reason: EndReason,
  caller: Caller,
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const ended = await deleteSession(trx, sessionDigest);
    if (ended) await recordEnd(trx, ended, reason, caller);
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
    await recordEnd(trx, dead, reason, caller);
    return reason;
  });
}

async function recordEnd(
  trx: Parameters<typeof recordAudit>[0],
  session: Session,
  reason: EndReason,
  caller: Caller,
): Promise<void> {
  await recordAudit(trx, {
    type: 'session.ended',
    reason,
    sub: session.sub,
    sid: session.sid,
    accountId: session.account.id,
    caller,
  });
}

function switchedNotice(account: Account): Notice {
  return {
    kind: 'success',
    key: 'mch.switched',
    params: { binding: account.binding, unit: account.unit.name },
  };
}
