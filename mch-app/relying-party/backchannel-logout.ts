import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { type LogoutToken, verifyLogoutToken } from '#kit/logout-token.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { closeEntries } from '../sign-in-log/index.ts';
import {
  actorOf,
  type Handler,
  type SignedInContext,
  deleteSessionsOf,
  rememberEnded,
  rememberPast,
} from '../sessions/index.ts';
import { rememberLogoutToken } from './store.ts';
import type { RelyingParty } from './types.ts';

/**
 * POST /backchannel-logout (OpenID Connect Back-Channel Logout 1.0 §2.5–2.8): the single entry ends sessions
 * here. Every replica reads sessions from the database, so they are over with this transaction.
 */
export function backchannelLogout(party: RelyingParty): Handler {
  return async (ctx) => {
    const { issuer, clientId, keys } = party.provider;
    const expected = { issuer, clientId, alg: 'ES256', typed: true, now: party.clock() };
    let token: LogoutToken | undefined;
    try {
      token = await verifyLogoutToken(await postedToken(ctx), keys.find, expected);
    } catch (error) {
      return refuse(party, ctx, error);
    }
    if (!token) return refuse(party, ctx);
    if (await endSessionsNamedBy(party, token, party.callerOf(ctx))) {
      ctx.status = 200;
      ctx.body = {};
    } else {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request' };
    }
  };
}

/** Anyone can post a bad token, so it leaves a line in the log and no record behind. */
function refuse(party: RelyingParty, ctx: SignedInContext, err?: unknown): void {
  const isUnavailable = err !== undefined;
  party.log.warn({ err, reason: isUnavailable ? 'unavailable' : 'invalid' }, 'a logout token was refused');
  ctx.status = isUnavailable ? 503 : 400;
  ctx.body = { error: isUnavailable ? 'temporarily_unavailable' : 'invalid_request' };
}

/** The token of the form; '' (which verifies as nothing) when the body is no form with exactly one. */
async function postedToken(ctx: SignedInContext): Promise<string> {
  try {
    return (await readForm(ctx)).get('logout_token');
  } catch (error) {
    if (error instanceof Fault) return '';
    throw error;
  }
}

/** @returns false when the token was used before */
async function endSessionsNamedBy(party: RelyingParty, token: LogoutToken, caller: Caller): Promise<boolean> {
  return transact(party.db, async (trx) => {
    if (!(await rememberLogoutToken(trx, token.jti, token.expiresAt))) {
      const refusal = { outcome: 'refused', reason: 'replayed', caller } as const;
      await recordAudit(trx, { type: 'logout_token.refused', ...refusal });
      return false;
    }
    const ended = await deleteSessionsOf(trx, party.provider.issuer, token);
    const digests = ended.map((session) => session.digest);
    await rememberEnded(trx, digests, party.clock());
    // what an operator typed for somebody is kept for nobody
    const own = ended.filter((session) => !session.act);
    await rememberPast(trx, own, party.clock());
    await closeEntries(trx, digests, 'back_channel_logout', party.clock());
    for (const session of ended) {
      await recordAudit(trx, {
        type: 'session.ended',
        reason: 'back_channel_logout',
        sub: session.sub,
        sid: session.sid,
        accountId: session.account.id,
        ...actorOf(session),
        caller,
      });
    }
    return true;
  });
}
