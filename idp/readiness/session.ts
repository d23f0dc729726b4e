import { randomUUID } from 'node:crypto';
import { MINUTE, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { makeAccountHandle } from '../account-switching/index.ts';
import { nationalIdIndex, sealNationalId } from '../accounts/index.ts';
import type { Manifest } from '../subsystems/index.ts';
import { RUN_SESSION } from './policy.ts';
import {
  closeTechnicalAccount,
  findTechnicalAccount,
  insertTechnicalAccount,
  isOpenUnit,
  openTechnicalAccount,
} from './store/account.ts';
import { endRun, insertRun, insertRunSession, saveSteps } from './store/runs.ts';
import type { ReadinessDeps, RunContext, Step } from './types.ts';

export const LONGEST_RUN_MS = 3 * MINUTE;

/** Begins a run. @returns undefined while another is under way */
export function beginRun(
  { db }: ReadinessDeps,
  manifest: Manifest,
  startedBy: string | undefined,
): Promise<number | undefined> {
  const { code, client } = manifest;
  const longestSeconds = LONGEST_RUN_MS / 1000;
  return db
    .transaction()
    .execute((trx) => insertRun(trx, { code, clientId: client.client_id, startedBy, longestSeconds }));
}

/**
 * Signs the technical account in for this run, by writing its session: the session's id exists only in this
 * process's memory, the account is closed by its own date should the process die.
 * @param places the client's own addresses, all declared
 * @returns undefined when the unit it is to act for is not known
 */
export async function openRun(
  deps: ReadinessDeps,
  runId: number,
  manifest: Manifest,
  places: { entry: URL; logoutUri: URL; isNewKey: boolean },
): Promise<RunContext | undefined> {
  const { readiness: acting, code, suffix, client } = manifest;
  if (!acting) return undefined;
  const sessionId = randomToken(32);
  const sessionUid = RUN_SESSION + randomToken(16);
  const at = deps.clock();
  const until = after(at, LONGEST_RUN_MS);
  const account = await deps.db.transaction().execute(async (trx) => {
    if (!(await isOpenUnit(trx, acting.unit))) return undefined;
    const known = await findTechnicalAccount(trx, code);
    const accountId = known?.accountId ?? randomUUID();
    const declared = `READINESS:${code}`;
    const own =
      known ??
      (await insertTechnicalAccount(trx, {
        ...{ accountId, code, suffix, unit: acting.unit, acting },
        name: `Readiness check ${code}`,
        nationalIdSealed: sealNationalId(deps.keyring, declared, accountId),
        nationalIdIndex: nationalIdIndex(deps.keyring, declared),
      }));
    await openTechnicalAccount(trx, own, acting, until);
    const seconds = Math.floor(at.getTime() / 1000);
    const signedIn = { acr: 'urn:single-entry:acr:phishing-resistant', amr: ['mfa'], loginTs: seconds };
    const payload = { kind: 'Session', accountId: own.accountId, iat: seconds, ...signedIn };
    await insertRunSession(trx, {
      ...{ runId, uid: sessionUid, digest: digest(sessionId), accountId: own.accountId },
      ...{ payload: { ...payload, exp: Math.floor(until.getTime() / 1000) }, at, until },
    });
    return own;
  });
  if (!account) return undefined;
  const { entry, logoutUri, isNewKey } = places;
  entry.searchParams.set('iss', deps.config.issuer);
  const hint = makeAccountHandle(deps.keyring, deps.clock, account.accountId, account.subsystemAccountId);
  entry.searchParams.set('login_hint', hint);
  entry.searchParams.set('target_link_uri', `${entry.origin}/`);
  const signedInUri = new URL(acting.signedInUri);
  const known = [entry, signedInUri, ...client.redirect_uris, deps.config.issuer];
  return {
    ...{ runId, sessionUid, ...account, clientId: client.client_id, entry, signedInUri, logoutUri },
    origins: new Set(known.map((uri) => new URL(uri).origin)),
    cookie: deps.sessionCookie(sessionId),
    isNewKey,
  };
}

/** Ends the run: its session, its grants and their tokens, and the account until the next one. */
export async function closeRun(
  { db }: ReadinessDeps,
  runId: number,
  code: string,
  result: { outcome: 'passed' | 'failed'; steps: Step[] },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await closeTechnicalAccount(trx, code);
    await saveSteps(trx, runId, result.steps);
    await endRun(trx, runId, result.outcome);
  });
}
