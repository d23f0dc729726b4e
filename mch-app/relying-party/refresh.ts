import * as oidc from 'openid-client';
import { SECOND, after } from '#kit/clock.ts';
import type { Caller } from '../audit/index.ts';
import {
  type Session,
  endSession,
  openTokens,
  sealTokens,
  storeRefreshment,
  takeTokenLease,
} from '../sessions/index.ts';
import { readIdentity } from './claims.ts';
import { type Answer, type Failure, ask } from './failures.ts';
import type { RelyingParty } from './types.ts';
import { verifySignature } from './tokens.ts';
import { askUserinfo } from './userinfo.ts';

/** How long one request may be about it before another tries; also the pause while the single entry is away. */
const LEASE_MS = 15 * SECOND;

/**
 * Renews a session's tokens when they are old, one request at a time on any replica; the others go on with
 * what they have. While the single entry is away the session goes on to its own limits.
 * @returns the session to go on with, or undefined when the single entry says it is over
 */
export async function keepFresh(
  party: RelyingParty,
  session: Session,
  caller: Caller,
): Promise<Session | undefined> {
  const now = party.clock();
  const staleSince = after(now, -party.refreshSeconds * SECOND);
  if (session.refreshedAt > staleSince || party.provider.patience.isAsked()) return session;
  const leased = await takeTokenLease(party.db, session.digest, now, after(now, LEASE_MS), staleSince);
  if (leased === 'busy') return session;
  if (!leased) return undefined;

  const refreshed = await refresh(party, leased);
  if (refreshed.ok) {
    const fresh = { ...leased, ...refreshed.value };
    const alive = await storeRefreshment(party.db, leased.digest, fresh, party.clock());
    return alive ? { ...session, ...refreshed.value } : undefined;
  }
  if (isFinal(refreshed.failure)) {
    await endSession(party, leased.digest, 'refresh_refused', caller);
    return undefined;
  }
  party.provider.patience.heed(causeOf(refreshed.failure));
  party.log.warn({ err: causeOf(refreshed.failure) }, 'tokens could not be refreshed');
  return session;
}

type Brought = Pick<Session, 'account' | 'knownAccounts' | 'personName' | 'tokensSealed'>;

async function refresh(party: RelyingParty, session: Session): Promise<Answer<Brought>> {
  const tokens = openTokens(party.keyring, session);
  const answer = await ask(async () =>
    oidc.refreshTokenGrant(await party.provider.configuration(), tokens.refreshToken),
  );
  if (!answer.ok) return answer;
  const { id_token: renewed } = answer.value;
  const signed = renewed === undefined ? undefined : await verifySignature(party, renewed);
  if (signed?.ok === false) return signed;

  const identity = readIdentity(answer.value.claims(), party.provider.clientId);
  if (identity && !speaksOf(session, identity)) {
    return { ok: false, failure: { kind: 'refused', error: 'invalid_grant', body: {} } };
  }
  const account = identity ? identity.account : session.account;
  const fresh = {
    accessToken: answer.value.access_token,
    // this confidential client's refresh tokens are not rotated
    refreshToken: answer.value.refresh_token ?? tokens.refreshToken,
    idToken: renewed ?? tokens.idToken,
  };
  const profile = await askUserinfo(party, fresh.accessToken, { sub: session.sub, account });
  const { personName, knownAccounts } = profile.ok ? profile.value : session;
  const tokensSealed = sealTokens(party.keyring, fresh, session.digest);
  return { ok: true, value: { account, knownAccounts, personName, tokensSealed } };
}

/** A refreshed ID token must be about the same person (OpenID Connect Core §12.2) and the same account. */
function speaksOf(
  session: Session,
  identity: { iss: string; sub: string; account: { id: string }; act?: { sub: string } },
): boolean {
  return (
    identity.iss === session.iss &&
    identity.sub === session.sub &&
    identity.account.id === session.account.id &&
    identity.act?.sub === session.act?.sub
  );
}

/** Only a refusal of the grant is; anything else may pass. */
function isFinal(failure: Failure): boolean {
  return failure.kind === 'refused' && failure.error === 'invalid_grant';
}

function causeOf(failure: Failure): unknown {
  return failure.kind === 'refused' ? new Error(failure.error) : failure.cause;
}
