import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError, Fault } from '#kit/errors.ts';
import { recordAudit } from '../audit/index.ts';
import { rotateKeys } from '../signing-keys/index.ts';
import type { Manifest } from '../subsystems/index.ts';
import { BAD_LOGOUTS, BAD_TOKENS, outcomeOf } from './policy.ts';
import { beginRun, closeRun, openRun } from './session.ts';
import { sendBadLogout, sendLogout } from './steps/logout.ts';
import { attempt, isSignedIn, newBrowser, reasonOf } from './steps/sign-in.ts';
import { saveSteps } from './store/runs.ts';
import { announcedKid } from './tokens.ts';
import type { ReadinessDeps, Reason, RunContext, Step, StepName } from './types.ts';

type Finding = { reason?: Reason | undefined; seen?: string | undefined; isUnknown?: boolean };

/** A run under way: `done` settles with its outcome once everything it opened is closed again. */
export interface StartedRun {
  runId: number;
  done: Promise<'passed' | 'failed'>;
}

/**
 * Begins a readiness check of the subsystem: a browser without a person signs in there as the subsystem's
 * technical account, with ID tokens and logout tokens as they should and should not be.
 * @throws Fault not_found, or conflict while another check of it is under way
 */
export async function startCheck(deps: ReadinessDeps, code: string, startedBy?: string): Promise<StartedRun> {
  const client = deps.registry.list().find(({ subsystem }) => subsystem?.code === code);
  if (!client?.subsystem) throw new Fault('not_found');
  const { manifest } = client.subsystem;
  const runId = await beginRun(deps, manifest, startedBy);
  if (runId === undefined) throw new Fault('conflict');
  return { runId, done: perform(deps, runId, manifest, client.active, startedBy) };
}

async function perform(
  deps: ReadinessDeps,
  runId: number,
  manifest: Manifest,
  isActive: boolean,
  startedBy: string | undefined,
): Promise<'passed' | 'failed'> {
  const steps = new Steps(deps, runId);
  let outcome: 'passed' | 'failed' = 'failed';
  try {
    const run = await configure(deps, steps, runId, manifest, isActive);
    if (run) await visit(deps, steps, run);
    outcome = outcomeOf(steps.list);
  } finally {
    await closeRun(deps, runId, manifest.code, { outcome, steps: steps.list });
    await recordAudit(deps.db, {
      type: 'subsystem.checked',
      clientId: manifest.client.client_id,
      ...(startedBy !== undefined && { actorAccountId: startedBy }),
      details: { subsystem: manifest.code, run: runId, outcome },
    });
  }
  return outcome;
}

/** Everything the check needs is declared, and a successor of the signing key is published. */
async function configure(
  deps: ReadinessDeps,
  steps: Steps,
  runId: number,
  manifest: Manifest,
  isActive: boolean,
): Promise<RunContext | undefined> {
  let run: RunContext | undefined;
  await steps.take('configuration', async () => {
    const { initiate_login_uri: entry, backchannel_logout_uri: logout } = manifest.client;
    if (!manifest.readiness) return { reason: 'no_readiness' };
    if (!isActive) return { reason: 'client_disabled' };
    if (entry === undefined) return { reason: 'no_entry' };
    if (logout === undefined) return { reason: 'no_logout_uri' };
    // an altered token would have to be encrypted for a key that we cannot read the honest one with
    if (manifest.client.id_token_encrypted_response_alg !== undefined) return { reason: 'encrypted_tokens' };
    const isNewKey = await announceSuccessor(deps, manifest);
    const places = { entry: new URL(entry), logoutUri: new URL(logout), isNewKey };
    run = await openRun(deps, runId, manifest, places);
    return run ? {} : { reason: 'unit_unknown', seen: manifest.readiness.unit };
  });
  return run;
}

async function visit(deps: ReadinessDeps, steps: Steps, run: RunContext): Promise<void> {
  const { issuer } = deps.config;
  await steps.take('signed_out', async () => {
    const browser = newBrowser(deps, run);
    const status = await browser.statusOf(run.signedInUri);
    if (status === undefined) return { reason: 'probe_unreachable', seen: run.signedInUri.origin };
    return (await isSignedIn(browser, run)) ? { reason: 'always_signed_in', seen: `HTTP ${status}` } : {};
  });
  await steps.take('sign_in', async () => {
    const made = await attempt(deps, run, 'honest');
    return made.isSignedIn ? {} : reasonOf(made, issuer);
  });
  await steps.take('next_key', async () => {
    let made = await attempt(deps, run, 'next_key');
    if (!made.isSignedIn && made.wasIssued && run.isNewKey) {
      await sleep(COOL_DOWN_MS); // common libraries ask for keys again only so long after the last time
      made = await attempt(deps, run, 'next_key');
    }
    if (made.isSignedIn && made.wasIssued) return {};
    return made.wasIssued ? { reason: 'stale_keys' } : { ...reasonOf(made, issuer), isUnknown: true };
  });
  for (const variant of BAD_TOKENS) {
    await steps.take(variant as StepName, async () => {
      const made = await attempt(deps, run, variant);
      if (made.isSignedIn) return { reason: `accepted_${variant}` as Reason };
      return made.wasIssued ? {} : { reason: 'code_not_redeemed', isUnknown: true };
    });
  }
  for (const variant of BAD_LOGOUTS) {
    await steps.take(`logout_${variant}`, () => sendBadLogout(deps, run, variant));
  }
  await steps.take('logout', () => sendLogout(deps, run));
}

const PUBLISHED_WITHIN_MS = 10_000;
const COOL_DOWN_MS = 31_000;

/**
 * The token of `next_key` is signed by a successor, of the algorithm the client has its tokens signed with, that every client could know: published, not signing yet.
 * When none is announced, a rotation as routine as any other begins, and the check waits until it is to be had.
 * @returns whether it was announced just now
 * @throws ConfigurationError when our own JWKS does not show it
 */
async function announceSuccessor(deps: ReadinessDeps, { code, client }: Manifest): Promise<boolean> {
  const alg = client.id_token_signed_response_alg;
  const isNew = (await announcedKid(deps, alg)) === undefined;
  if (isNew) {
    const request = { ask: true, alg, reason: `readiness check of ${code}` };
    await rotateKeys(deps, deps.config.keys.schedule, request);
  }
  const kid = await announcedKid(deps, alg);
  const until = Date.now() + PUBLISHED_WITHIN_MS;
  for (;;) {
    const response = await fetch(`${deps.config.issuer}/oidc/jwks`);
    const { keys } = (await response.json()) as { keys: { kid: string }[] };
    if (keys.some((key) => key.kid === kid)) return isNew;
    if (Date.now() > until) throw new ConfigurationError('the successor of the signing key is not published');
    await sleep(200);
  }
}

/** The steps so far; after `sign_in` failed the later ones say nothing and are not tried. */
class Steps {
  readonly list: Step[] = [];
  readonly #deps: ReadinessDeps;
  readonly #runId: number;
  #isStopped = false;

  constructor(deps: ReadinessDeps, runId: number) {
    this.#deps = deps;
    this.#runId = runId;
  }

  async take(step: StepName, run: () => Promise<Finding>): Promise<void> {
    const from = performance.now();
    const finding: Finding = this.#isStopped ? { reason: 'earlier_failure', isUnknown: true } : await run();
    const { reason, seen, isUnknown = false } = finding;
    const outcome = reason === undefined ? 'passed' : isUnknown ? 'not_checked' : 'failed';
    const ms = Math.round(performance.now() - from);
    this.list.push({ step, outcome, ms, ...(reason && { reason }), ...(seen !== undefined && { seen }) });
    if (outcome !== 'passed' && STOPS.includes(step)) this.#isStopped = true;
    await saveSteps(this.#deps.db, this.#runId, this.list);
  }
}

const STOPS: readonly StepName[] = ['configuration', 'signed_out', 'sign_in'];
