import { setTimeout as pause } from 'node:timers/promises';
import { SECOND, after } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { recordAudit } from '../audit/index.ts';
import {
  type Session,
  type SignedInContext,
  continueAs,
  openTokens,
  releaseTokenLease,
  sessionOf,
  storeNotice,
  takeTokenLease,
} from '../sessions/index.ts';
import { authorize } from './authorization.ts';
import { exchange } from './exchange.ts';
import type { Failure } from './failures.ts';
import { afterFailedExchange, localPlace } from './policy.ts';
import type { RelyingParty } from './types.ts';

const MAX_ID = 100;
const LEASE_MS = 15 * SECOND;
const LEASE_TRIES = 30;
const LEASE_PAUSE_MS = 100;

/**
 * POST /account-switch: go on as another of one's accounts, at the same place. Done by token exchange; where
 * that wants a stronger sign-in, or its answer is lost, the browser's session at the single entry decides.
 */
export async function switchAccount(party: RelyingParty, ctx: SignedInContext, form: Form): Promise<void> {
  const accountId = form.get('account');
  const returnTo = localPlace(form.get('return_to') || '/', party.origin) ?? '/';
  const session = sessionOf(ctx);
  if (accountId === '' || accountId.length > MAX_ID) throw new Fault('bad_request');
  if (accountId === session.account.id) return land(ctx, returnTo);

  const leased = await waitForLease(party, session);
  if (!leased) return land(ctx, returnTo); // ended or switched meanwhile: the next page knows
  const tokens = openTokens(party.keyring, leased);
  const exchanged = await exchange(party, leased, tokens, accountId);
  if (!exchanged.ok) return recoverFrom(exchanged.failure, party, ctx, { leased, accountId, returnTo });

  const id = await continueAs(party, leased, exchanged.value, party.callerOf(ctx));
  if (id === undefined) return land(ctx, '/signed-out?reason=ended');
  party.sessionCookie.write(ctx, id);
  land(ctx, party.landingFor(exchanged.value.account, returnTo));
}

/** The session with its tokens reserved; undefined when it is no longer there. @throws Fault service_busy */
async function waitForLease(party: RelyingParty, session: Session): Promise<Session | undefined> {
  for (let tries = 0; tries < LEASE_TRIES; tries += 1) {
    const now = party.clock();
    const lease = await takeTokenLease(party.db, session.digest, now, after(now, LEASE_MS));
    if (lease !== 'busy') return lease;
    await pause(LEASE_PAUSE_MS);
  }
  throw new Fault('service_busy');
}

async function recoverFrom(
  failure: Failure,
  party: RelyingParty,
  ctx: SignedInContext,
  wish: { leased: Session; accountId: string; returnTo: string },
): Promise<void> {
  const { leased, accountId, returnTo } = wish;
  const what = afterFailedExchange(failure);
  await releaseTokenLease(party.db, leased.digest);
  if (what.next === 'step_up') {
    const { next: purpose, ...demand } = what;
    return authorize(party, ctx, { purpose, returnTo, accountId, ...demand });
  }
  if (what.next === 'recover') return authorize(party, ctx, { purpose: 'recover', returnTo, accountId });

  await storeNotice(party.db, leased.digest, { kind: 'error', key: 'mch.switch-refused' });
  await recordAudit(party.db, {
    type: 'account_switch.refused',
    outcome: 'refused',
    reason: what.reason,
    sub: leased.sub,
    sid: leased.sid,
    accountId,
    fromAccountId: leased.account.id,
    caller: party.callerOf(ctx),
  });
  land(ctx, returnTo);
}

function land(ctx: SignedInContext, place: string): void {
  seeOther(ctx, place);
}
