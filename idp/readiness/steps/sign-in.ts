import { SECOND, after } from '#kit/clock.ts';
import { type Arrival, CheckBrowser } from '../browser.ts';
import { armRun, disarmRun } from '../store/runs.ts';
import type { ReadinessDeps, Reason, RunContext, Variant } from '../types.ts';

const ARMED_MS = 20 * SECOND;

export interface Attempt {
  browser: CheckBrowser;
  arrival: Arrival;
  /** The client redeemed its code and was given the token wanted. */
  wasIssued: boolean;
  isSignedIn: boolean;
}

export function newBrowser(deps: ReadinessDeps, run: RunContext): CheckBrowser {
  const { issuer, privateNetworks } = deps.config;
  return new CheckBrowser({ issuer, privateNetworks, origins: run.origins, cookie: run.cookie });
}

/** Enters the subsystem as the portal would send a browser there, with an ID token of this kind at the end. */
export async function attempt(deps: ReadinessDeps, run: RunContext, variant: Variant): Promise<Attempt> {
  const browser = newBrowser(deps, run);
  await armRun(deps.db, run.runId, variant, after(deps.clock(), ARMED_MS));
  const arrival = await browser.follow(run.entry);
  const wasIssued = await disarmRun(deps.db, run.runId);
  return { browser, arrival, wasIssued, isSignedIn: await isSignedIn(browser, run) };
}

export async function isSignedIn(browser: CheckBrowser, run: RunContext): Promise<boolean> {
  const status = (await browser.statusOf(run.signedInUri)) ?? 0;
  return status >= 200 && status < 300;
}

/** Why an honest attempt did not sign in, from where it came to rest. */
export function reasonOf({ arrival, wasIssued }: Attempt, issuer: string): { reason: Reason; seen: string } {
  const { kind, url, status, wasAsked, error } = arrival;
  const place = url.origin + url.pathname; // never the query: a code stands there
  const seen = `${status === 0 ? kind : `HTTP ${status}`} · ${place}`;
  if (error !== undefined) return { reason: 'request_refused', seen: error.slice(0, 60) };
  if (wasIssued) return { reason: 'not_signed_in', seen };
  if (!wasAsked) return { reason: kind === 'arrived' ? 'entry_leads_elsewhere' : 'entry_unreachable', seen };
  if (url.origin === new URL(issuer).origin) {
    return { reason: url.pathname.startsWith('/interaction/') ? 'asks_more' : 'request_refused', seen };
  }
  return { reason: 'code_not_redeemed', seen };
}
