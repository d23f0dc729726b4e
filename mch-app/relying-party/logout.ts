import * as oidc from 'openid-client';
import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { digest } from '#kit/random.ts';
import { seeOther } from '#kit/http/see-other.ts';
import {
  type Handler,
  type SignedInContext,
  endSession,
  openTokens,
  peekSession,
} from '../sessions/index.ts';
import { isStillKnown } from './tokens.ts';
import type { RelyingParty } from './types.ts';

export const SIGNED_OUT_PATH = '/signed-out';

/**
 * POST /sign-out: `scope=here` leaves this system only; `scope=everywhere` ends the session at the single entry
 * as well (OpenID Connect RP-Initiated Logout 1.0). Ours ends first in either case, so nothing that fails later
 * keeps a person signed in here.
 */
export function signOut(party: RelyingParty): Handler {
  return async (ctx) => {
    const scope = (await readForm(ctx)).get('scope');
    if (scope !== 'here' && scope !== 'everywhere') throw new Fault('bad_request');
    const everywhere = scope === 'everywhere';

    const id = party.sessionCookie.read(ctx);
    const session = await peekSession(party, ctx);
    if (id !== undefined) {
      const reason = everywhere ? 'signed_out_everywhere' : 'signed_out_here';
      await endSession(party, digest(id), reason, party.callerOf(ctx));
    }
    party.sessionCookie.clear(ctx);
    const idToken = session && openTokens(party.keyring, session).idToken;
    if (!everywhere) return seeOther(ctx, `${SIGNED_OUT_PATH}?reason=here`);
    // one signed by a revoked key is no hint any more: without any the single entry asks the person
    const hint = idToken !== undefined && (await isStillKnown(party, idToken)) ? idToken : undefined;
    seeOther(ctx, await endSessionUrl(party, ctx, hint));
  };
}

/** Where the browser ends the single entry's session. @throws Fault identity_provider_unavailable */
async function endSessionUrl(
  party: RelyingParty,
  ctx: SignedInContext,
  idToken: string | undefined,
): Promise<string> {
  const configuration = await party.provider.configuration();
  return oidc.buildEndSessionUrl(configuration, {
    post_logout_redirect_uri: party.origin + SIGNED_OUT_PATH,
    state: 'everywhere', // comes back to the signed-out page, which says what happened
    ui_locales: ctx.state.locale,
    ...(idToken === undefined ? {} : { id_token_hint: idToken }),
  }).href;
}
