import * as oidc from 'openid-client';
import { Fault } from '#kit/errors.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { recordAudit } from '../audit/index.ts';
import {
  type Arrival,
  type Handler,
  type SignedInContext,
  openSession,
  peekSession,
  storeNotice,
} from '../sessions/index.ts';
import { authorize } from './authorization.ts';
import { type Answer, type Failure, ask, faultOf } from './failures.ts';
import { endedAddress } from './come-back.ts';
import { needsThePerson } from './policy.ts';
import { takeTransaction } from './store.ts';
import { entryOf } from './tokens.ts';
import type { RelyingParty, Transaction } from './types.ts';
import { askUserinfo } from './userinfo.ts';

/**
 * GET /callback: the single entry's answer. It must belong to a sign-in this very browser began, once, within
 * ten minutes; come from our issuer (RFC 9207); and bring a code for tokens whose ID token passes every check.
 * Then a session opens under a new id.
 */
export function callback(party: RelyingParty): Handler {
  return async (ctx) => {
    const query = new URLSearchParams(ctx.querystring);
    const transaction = await takeOwnTransaction(party, ctx, query);
    if (query.getAll('iss').join(' ') !== party.provider.issuer) {
      await recordRefusal(party, ctx, 'wrong_issuer');
      throw new Fault('bad_request');
    }
    const arrival = await redeem(party, query, transaction);
    if (!arrival.ok) return comeBackEmpty(party, ctx, transaction, arrival.failure);

    const former = party.sessionCookie.read(ctx);
    party.sessionCookie.write(ctx, await openSession(party, arrival.value, former, party.callerOf(ctx)));
    seeOther(ctx, party.landingFor(arrival.value.account, transaction.returnTo));
  };
}

/** @throws Fault interaction_expired when the answer is late, replayed, or of another browser */
async function takeOwnTransaction(
  party: RelyingParty,
  ctx: SignedInContext,
  query: URLSearchParams,
): Promise<Transaction> {
  const [state, ...more] = query.getAll('state');
  const browserId = party.signInCookie.read(ctx);
  const found =
    state !== undefined && more.length === 0 && browserId !== undefined
      ? await takeTransaction(party.db, party.keyring, state, browserId, party.clock())
      : undefined;
  // anyone can call without one, so it leaves no record behind
  if (!found) throw new Fault('interaction_expired');
  return found;
}

async function redeem(
  party: RelyingParty,
  query: URLSearchParams,
  transaction: Transaction,
): Promise<Answer<Arrival>> {
  const configuration = await party.provider.configuration();
  const url = new URL(`${party.origin}/callback?${query.toString()}`);
  const granted = await ask(() =>
    oidc.authorizationCodeGrant(configuration, url, {
      expectedState: query.get('state') ?? '',
      expectedNonce: transaction.nonce,
      pkceCodeVerifier: transaction.codeVerifier,
      idTokenExpected: true,
      ...(transaction.maxAge === undefined ? {} : { maxAge: transaction.maxAge }),
    }),
  );
  if (!granted.ok) return granted;
  const entry = await entryOf(party, granted.value);
  if (!entry.ok) return entry;
  const { identity, tokens } = entry.value;
  const profile = await askUserinfo(party, tokens.accessToken, identity);
  return profile.ok ? { ok: true, value: { ...identity, ...profile.value, tokens } } : profile;
}

/** No tokens: try again with the person, go back to work as before, or say what happened. */
async function comeBackEmpty(
  party: RelyingParty,
  ctx: SignedInContext,
  { purpose, returnTo, accountId }: Transaction,
  failure: Failure,
): Promise<void> {
  const error = failure.kind === 'refused' ? failure.error : failure.kind;
  // nobody waits for an account: it was only to see whether they are still signed in
  if (purpose === 'recover' && accountId === undefined) return seeOther(ctx, endedAddress(returnTo));
  if (purpose === 'recover' && needsThePerson(error)) {
    return authorize(party, ctx, {
      purpose: 'sign_in',
      returnTo,
      ...(accountId !== undefined && { accountId }),
    });
  }
  await recordRefusal(party, ctx, error);

  const session = error === 'access_denied' ? await peekSession(party, ctx) : undefined;
  if (session) {
    await storeNotice(party.db, session.digest, { kind: 'warning', key: 'mch.switch-refused' });
    seeOther(ctx, returnTo);
    return;
  }
  if (error === 'access_denied') throw new Fault('access_denied');
  // a code that was used, expired or made up
  if (error === 'invalid_grant') throw new Fault('interaction_expired');
  throw faultOf(failure);
}

async function recordRefusal(party: RelyingParty, ctx: SignedInContext, reason: string): Promise<void> {
  const caller = party.callerOf(ctx);
  await recordAudit(party.db, { type: 'sign_in.refused', outcome: 'refused', reason, caller });
}
