import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { makeAccountHandle } from '../../account-switching/index.ts';
import { type Caller, type ConsoleActor, recordAudit } from '../../audit/index.ts';
import { CODE_MS, approverRefusal, stateOf, subjectRefusal } from '../policy.ts';
import { mayApprove, mayHelp, placeAt } from '../rights.ts';
import {
  findHelper,
  findSignIn,
  findSubject,
  insertSession,
  isRunningFor,
  lockImpersonation,
  setBegun,
  setCode,
} from '../store.ts';
import type { Impersonation, ImpersonationDeps, ImpersonationRefusal, Place } from '../types.ts';
import { tellPerson } from '../words.ts';

export type Prepared =
  { ready: true; code: string; until: Date } | { ready: false; reason: ImpersonationRefusal | 'not_found' };

/**
 * Makes the one-time code by which the operator, freshly signed in at the console, begins in a browser that is signed
 * in to nothing. A code made anew makes the one before worthless.
 */
export async function prepareImpersonation(
  deps: ImpersonationDeps,
  actor: ConsoleActor,
  id: string,
): Promise<Prepared> {
  return transact(deps.db, async (trx): Promise<Prepared> => {
    const found = await lockImpersonation(trx, { id });
    if (!found) return { ready: false, reason: 'not_found' };
    if (found.operatorAccountId !== actor.accountId) return { ready: false, reason: 'not_yours' };
    const checked = await check(deps, trx, found);
    if ('refusal' in checked) return { ready: false, reason: checked.refusal };
    const signIn = await findSignIn(trx, actor.session.uid);
    if (!signIn) return { ready: false, reason: 'not_permitted' };
    const code = randomToken();
    const until = after(deps.clock(), CODE_MS);
    await setCode(trx, id, { digest: digest(code), until, signIn });
    return { ready: true, code, until };
  });
}

export type Begun =
  | { begun: true; cookie: string; url: string }
  | { begun: false; reason: ImpersonationRefusal | 'code_wrong' };

/**
 * Begins: everything is looked at again, the approver's right too; a browser session is made that belongs to nobody's
 * account, says how the operator signed in, and ends with the time; the person is told. Once, however often at once.
 * @returns the session's id for the cookie, and where the subsystem is entered
 */
export async function beginImpersonation(
  deps: ImpersonationDeps & { config: { lifetimes: { sessionIdleSeconds: number } } },
  code: string,
  from: Caller,
): Promise<Begun> {
  return transact(deps.db, async (trx): Promise<Begun> => {
    const found = await lockImpersonation(trx, { codeDigest: digest(code) });
    const now = deps.clock();
    if (!found?.signIn || found.codeUntil === null || found.codeUntil <= now) {
      return { begun: false, reason: 'code_wrong' };
    }
    const checked = await check(deps, trx, found);
    const isBusy = await isRunningFor(trx, found.operatorAccountId);
    const refusal = 'refusal' in checked ? checked.refusal : isBusy ? 'running_already' : undefined;
    if ('refusal' in checked || refusal !== undefined) {
      await record(trx, found, from, { reason: refusal ?? 'not_pending' });
      return { begun: false, reason: refusal ?? 'not_pending' };
    }
    const [cookie, uid] = [randomToken(32), randomToken()];
    const endsAt = after(now, found.minutes * MINUTE);
    const idle = after(now, deps.config.lifetimes.sessionIdleSeconds * 1000);
    const until = idle < endsAt ? idle : endsAt;
    const { acr, amr, at } = found.signIn;
    const seconds = (moment: Date): number => Math.floor(moment.getTime() / 1000);
    const payload = { kind: 'Session', accountId: found.accountId, iat: seconds(now), acr, amr, loginTs: at };
    await insertSession(trx, {
      ...{ uid, digest: digest(cookie), impersonationId: found.id, at: now, until },
      ...{ loginAt: new Date(at * 1000), payload: { ...payload, exp: seconds(until) } },
      ...{ ip: from.ip, userAgent: from.userAgent },
    });
    await setBegun(trx, found.id, { at: now, until: endsAt, sessionUid: uid });
    await record(trx, { ...found, sessionUid: uid }, from, { details: { until: endsAt.toISOString() } });
    await tellPerson(trx, deps, { ...found, begunAt: now, endsAt }, 'begun');
    return { begun: true, cookie, url: entryUrl(deps, found, checked.place) };
  });
}

/** What must hold at the moment of use. */
async function check(
  deps: ImpersonationDeps,
  trx: Trx,
  found: Impersonation,
): Promise<{ place: Place } | { refusal: ImpersonationRefusal }> {
  if (stateOf(found, deps.clock()) !== 'approved') return { refusal: 'not_pending' };
  const operator = await findHelper(trx, found.operatorAccountId);
  const subject = await findSubject(trx, found.subsystemAccountId);
  const approver = found.decidedBy === null ? undefined : await findHelper(trx, found.decidedBy);
  const place = placeAt(deps.registry, found.subsystemCode);
  if (subject?.accountId !== found.accountId) return { refusal: 'account_unavailable' };
  const refusal =
    approverRefusal(approver, { operator, subject }, mayApprove) ??
    subjectRefusal(operator, subject, place, mayHelp);
  if (refusal !== undefined || !place) return { refusal: refusal ?? 'not_permitted_there' };
  return { place };
}

async function record(
  trx: Trx,
  found: Impersonation,
  caller: Caller,
  { reason, details }: { reason?: string; details?: Record<string, string> },
): Promise<void> {
  const { id, accountId, operatorAccountId, clientId, subsystemAccountId, sessionUid, ticket } = found;
  await recordAudit(trx, {
    ...{ type: 'impersonation.begun', accountId, actorAccountId: operatorAccountId, clientId, caller },
    ...{ toSubsystemAccountId: subsystemAccountId, ...(sessionUid !== null && { sessionUid }) },
    ...(reason !== undefined && { reason }),
    details: { ...details, target: `impersonation:${id}`, reason: found.reason, ticket },
  });
}

/** OpenID Connect Core §4: the subsystem's own entrance, with a short-lived handle of the account. */
function entryUrl(deps: ImpersonationDeps, found: Impersonation, { entry }: Place): string {
  const url = new URL(entry);
  url.searchParams.set('iss', deps.config.issuer);
  const hint = makeAccountHandle(deps.keyring, deps.clock, found.accountId, found.subsystemAccountId);
  url.searchParams.set('login_hint', hint);
  url.searchParams.set('target_link_uri', `${url.origin}/`);
  return url.href;
}
