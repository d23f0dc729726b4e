import { setTimeout as sleep } from 'node:timers/promises';
import { refuseForeignNetwork } from '#kit/http/outbound.ts';
import { randomToken } from '#kit/random.ts';
import { logoutClaims } from '../policy.ts';
import { findRunSid } from '../store/runs.ts';
import { subjectAt } from '../../pairwise-subjects/index.ts';
import { signLogoutToken } from '../tokens.ts';
import type { LogoutVariant, ReadinessDeps, Reason, RunContext } from '../types.ts';
import { attempt, isSignedIn } from './sign-in.ts';

const TIMEOUT_MS = 5000;
/** How soon a subsystem must have obeyed. */
const OBEY_MS = 1000;
const LOOK_EVERY_MS = 50;

type Finding = { reason?: Reason; seen?: string };

/** Signs in, then sends a logout token with one thing wrong: it must be refused and the session live on. */
export async function sendBadLogout(
  deps: ReadinessDeps,
  run: RunContext,
  variant: LogoutVariant,
): Promise<Finding> {
  const { browser, isSignedIn: wasSignedIn } = await attempt(deps, run, 'honest');
  if (!wasSignedIn) return { reason: 'not_signed_in' };
  const status = await send(deps, run, variant);
  if (status === undefined) return { reason: 'logout_unreachable' };
  const seen = `HTTP ${status}`;
  if (!(await isSignedIn(browser, run))) return { reason: 'bad_logout_obeyed', seen };
  return status < 300 ? { reason: 'bad_logout_acknowledged', seen } : { seen };
}

/** Signs in, then sends a good one: taken, and obeyed within a second. */
export async function sendLogout(deps: ReadinessDeps, run: RunContext): Promise<Finding> {
  const { browser, isSignedIn: wasSignedIn } = await attempt(deps, run, 'honest');
  if (!wasSignedIn) return { reason: 'not_signed_in' };
  const sentAt = performance.now();
  const status = await send(deps, run, undefined);
  if (status === undefined) return { reason: 'logout_unreachable' };
  if (status !== 200 && status !== 204) return { reason: 'logout_refused', seen: `HTTP ${status}` };
  for (;;) {
    const passedMs = Math.round(performance.now() - sentAt);
    if (!(await isSignedIn(browser, run))) return { seen: `${passedMs} ms` };
    if (passedMs > OBEY_MS) return { reason: 'logout_ignored', seen: `${passedMs} ms` };
    await sleep(LOOK_EVERY_MS);
  }
}

/** @returns the status of the answer; undefined when there was none */
async function send(
  deps: ReadinessDeps,
  run: RunContext,
  variant: LogoutVariant | undefined,
): Promise<number | undefined> {
  const sid = await findRunSid(deps.db, run.sessionUid, run.clientId);
  const { issuer, privateNetworks } = deps.config;
  const { sector, subsystem } = deps.registry.find(run.clientId) ?? {};
  const alg = subsystem?.manifest.client.id_token_signed_response_alg ?? 'ES256';
  const sub = await subjectAt(deps.db, run.accountId, sector);
  const about = { issuer, clientId: run.clientId, sub, sid, jti: randomToken() };
  const token = await signLogoutToken(deps, alg, logoutClaims(about, deps.clock(), variant), variant);
  try {
    await refuseForeignNetwork(run.logoutUri, privateNetworks);
    const response = await fetch(run.logoutUri, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ logout_token: token }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
