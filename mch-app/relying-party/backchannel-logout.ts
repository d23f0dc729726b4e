import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { type Handler, type SignedInContext, deleteSessionsOf } from '../sessions/index.ts';
import { type LogoutToken, verifyLogoutToken } from './logout-token.ts';
import { rememberLogoutToken } from './store.ts';
import type { RelyingParty } from './types.ts';

/**
 * POST /backchannel-logout (OpenID Connect Back-Channel Logout 1.0 §2.5–2.8): the single entry ends sessions
 * here. Every replica reads sessions from the database, so they are over with this transaction.
 */
export function backchannelLogout(party: RelyingParty): Handler {
  return async (ctx) => {
    const { issuer, clientId, keys } = party.provider;
    const reading = await verifyLogoutToken(await postedToken(ctx), keys, {
      issuer,
      clientId,
      now: party.clock(),
    });
    const caller = party.callerOf(ctx);
    const outcome = reading.ok ? await endSessionsNamedBy(party, reading.token, caller) : reading.reason;
    if (outcome === 'ended') {
      ctx.status = 200;
      ctx.body = {};
      return;
    }
    if (!reading.ok && reading.reason === 'unavailable') {
      party.log.warn({ err: reading.cause }, 'a logout token could not be verified');
    }
    await recordAudit(party.db, {
      type: 'logout_token.refused',
      outcome: 'refused',
      reason: outcome,
      caller,
    });
    ctx.status = outcome === 'unavailable' ? 503 : 400;
    ctx.body = { error: outcome === 'unavailable' ? 'temporarily_unavailable' : 'invalid_request' };
  };
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

async function endSessionsNamedBy(
  party: RelyingParty,
  token: LogoutToken,
  caller: Caller,
): Promise<'ended' | 'replayed'> {
  return party.db.transaction().execute(async (trx) => {
    if (!(await rememberLogoutToken(trx, token.jti, token.expiresAt))) return 'replayed';
    for (const session of await deleteSessionsOf(trx, party.provider.issuer, token)) {
      await recordAudit(trx, {
        type: 'session.ended',
        reason: 'back_channel_logout',
        sub: session.sub,
        sid: session.sid,
        accountId: session.account.id,
        caller,
      });
    }
    return 'ended';
  });
}
