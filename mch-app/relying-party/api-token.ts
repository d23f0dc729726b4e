import * as oidc from 'openid-client';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { seeOther } from '#kit/http/see-other.ts';
import {
  type Session,
  type SignedInContext,
  endSession,
  openTokens,
  peekSession,
  rememberEnded,
  sessionOf,
} from '../sessions/index.ts';
import { type Answer, ask } from './failures.ts';
import { endedAddress } from './come-back.ts';
import { resourceOf } from './scope.ts';
import type { RelyingParty } from './types.ts';

/**
 * A token for the directory API in the person's own name (RFC 8707 §2.2), for the account acted as. The refresh token
 * it is bought with stays the session's: this confidential client's are not rotated.
 */
export async function askApiToken(party: RelyingParty, session: Session): Promise<Answer<string>> {
  const { refreshToken } = openTokens(party.keyring, session);
  const answer = await ask(async () =>
    oidc.refreshTokenGrant(await party.provider.configuration(), refreshToken, {
      resource: resourceOf(party.provider.issuer),
    }),
  );
  return answer.ok ? { ok: true, value: answer.value.access_token } : answer;
}

/**
 * The single entry says that the grant of this request's session is over. Perhaps another tab has switched meanwhile:
 * then the page is asked for again under the session that is there now. Else the session ends here too, and the guard
 * asks the single entry, silently, who the person is by now; a form that was sent is kept for that.
 * @throws Fault acting_account_changed when something was sent under the former account and is not kept
 */
export async function leaveLostGrant(party: RelyingParty, ctx: SignedInContext): Promise<void> {
  const session = sessionOf(ctx);
  const isThere = (await peekSession(party, ctx)) !== undefined;
  if (isThere) {
    await transact(party.db, (trx) => rememberEnded(trx, [session.digest], party.clock()));
    await endSession(party, session.digest, 'refresh_refused', party.callerOf(ctx));
  }
  const place = ctx.method === 'GET' ? ctx.originalUrl : await party.keepForm(ctx, session.digest);
  if (!isThere && place === undefined) throw new Fault('acting_account_changed');
  seeOther(ctx, place ?? endedAddress('/'));
}
