import type { Adapter, AdapterPayload } from 'oidc-provider';
import { after } from '#kit/clock.ts';
import { digest } from '#kit/random.ts';
import { type StorageDeps, refusing } from './adapter-base.ts';
import type { SessionClient, SessionFacts } from './facts.ts';
import { readSession, readSessionByUid } from './read-session.ts';
import { type UnitOfWork, currentWork } from './unit-of-work.ts';

/** Found by uid, the cookie's value is unknown: this stands for it and is understood when written back. */
const BY_DIGEST = 'digest:';
const TOUCH_AFTER_MS = 60_000;

type Clients = Record<string, SessionClient>;

/**
 * Browser sessions. The library reads, changes and writes a session as one document; here only what changed is
 * written, client by client, so that sign-ins running at once in one browser never lose each other's entries.
 */
export function sessionAdapter(deps: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(id) {
      const work = currentWork();
      const choice = work.hints.choice;
      const read = await readSession(deps.database, digest(id), {
        clientId: choice?.clientId ?? '',
        subsystemCode: choice?.subsystemCode,
        wantedAccountId: choice?.wantedAccountId,
      });
      if (!read) return undefined;
      work.browserSession = read;
      if (choice) work.choice = read.choice;
      work.sessions.set(read.session.uid, read.session);
      const { accountId } = read.session.payload;
      if (accountId) work.people.set(accountId, read.person);
      if (read.grantId) work.grants.set(read.grantId, read.grant);
      return toPayload(read.session, id);
    },
    async findByUid(uid) {
      const work = currentWork();
      if (!work.sessions.has(uid)) work.sessions.set(uid, await readSessionByUid(deps.database, uid));
      const session = work.sessions.get(uid);
      return session && toPayload(session, BY_DIGEST + session.digest);
    },
    upsert(id, payload) {
      record(deps, currentWork(), id, payload);
      return Promise.resolve();
    },
    destroy(id) {
      // either the session ends, or its id changes and an upsert under the same uid follows
      const { writes, browserSession } = currentWork();
      if (browserSession && digestOf(id).toString('hex') === browserSession.session.digest) {
        writes.sessionEnd = { uid: browserSession.session.uid };
      }
      writes.session = undefined;
      return Promise.resolve();
    },
  };
}

/** Marks a session as in use, at most once a minute (less when the idle limit is short). */
export function touchSession(deps: StorageDeps, work: UnitOfWork, uid: string): void {
  const session = work.sessions.get(uid);
  if (!session) return;
  const now = deps.clock();
  const idle = deps.lifetimes.sessionIdleSeconds * 1000;
  if (now.getTime() - session.activeAt.getTime() < Math.min(TOUCH_AFTER_MS, idle / 4)) return;
  work.writes.sessionTouch = { uid, activeAt: now, expiresAt: expiryOf(deps, session.payload, now, session) };
}

function toPayload(session: SessionFacts, id: string): AdapterPayload {
  return {
    ...session.payload,
    uid: session.uid,
    jti: id,
    exp: Math.floor(session.expiresAt.getTime() / 1000),
    authorizations: structuredClone(session.clients),
  };
}

function record(deps: StorageDeps, work: UnitOfWork, id: string, document: AdapterPayload): void {
  const { authorizations = {}, jti: _bearer, iat: _iat, exp, uid, ...payload } = document;
  if (uid === undefined) throw new Error('a session needs its uid');
  const { writes } = work;
  const before = work.sessions.get(uid);
  writes.sessionEnd = undefined;
  // a visitor who is not signed in and has nothing pending leaves no row
  if (!before && payload.accountId === undefined && document.state === undefined) return;

  recordClients(work, uid, before?.clients ?? {}, authorizations);
  const key = digestOf(id);
  const stored = { ...payload, exp };
  if (before && isUnchanged(before, stored, key)) {
    touchSession(deps, work, uid);
    return;
  }
  const now = deps.clock();
  writes.session = {
    uid,
    digest: key,
    payload: stored,
    exists: before !== undefined,
    activeAt: now,
    expiresAt: expiryOf(deps, stored, now, before),
    previousSignInAt: work.previousSignInAt,
    upstream: work.upstream,
    ip: work.hints.ip,
    userAgent: work.hints.userAgent,
  };
}

function recordClients(work: UnitOfWork, uid: string, before: Clients, now: Clients): void {
  const { writes } = work;
  writes.sessionClients = [];
  writes.sessionClientRemovals = [];
  for (const [clientId, value] of Object.entries(now)) {
    const old = before[clientId];
    if (old?.grantId === value.grantId && old?.sid === value.sid) continue;
    const ties = work.boundTo.get(value.grantId ?? '');
    if (ties && ties.sessionUid === undefined) continue; // granted to a device: the browser keeps what it has
    const subsystemAccountId = work.grants.get(value.grantId ?? '')?.subsystemAccountId;
    writes.sessionClients.push({ sessionUid: uid, clientId, value, subsystemAccountId });
    if (old?.grantId && old.grantId !== value.grantId) writes.grantEnds.add(old.grantId);
  }
  for (const clientId of Object.keys(before)) {
    if (!(clientId in now)) writes.sessionClientRemovals.push({ sessionUid: uid, clientId });
  }
}

function isUnchanged(before: SessionFacts, payload: AdapterPayload, key: Buffer): boolean {
  const meaning = ({ exp: _exp, iat: _iat, ...rest }: AdapterPayload): string =>
    JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  return key.toString('hex') === before.digest && meaning(before.payload) === meaning(payload);
}

function expiryOf(deps: StorageDeps, payload: AdapterPayload, now: Date, before?: SessionFacts): Date {
  const { sessionIdleSeconds, sessionAbsoluteSeconds } = deps.lifetimes;
  const idle = after(now, sessionIdleSeconds * 1000);
  if (payload.loginTs === undefined) return idle;
  const absolute = new Date((payload.loginTs + sessionAbsoluteSeconds) * 1000);
  const limits = [idle, absolute, ...(before?.impersonation ? [before.impersonation.until] : [])];
  return new Date(Math.min(...limits.map((limit) => limit.getTime())));
}

function digestOf(id: string): Buffer {
  return id.startsWith(BY_DIGEST) ? Buffer.from(id.slice(BY_DIGEST.length), 'hex') : digest(id);
}
