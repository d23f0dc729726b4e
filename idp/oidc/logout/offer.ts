import type { Onward } from '../../federation/index.ts';
import type { UnitOfWork } from '../storage/unit-of-work.ts';
import type { OidcContext, OidcDeps } from '../types.ts';
import { clientNames } from '../waiting/names.ts';

const FEDERATED = 'fed';
const SUCCESS = 'end_session_success';

/**
 * A session that ends at a client's request and came by an institution's provider: the end there is offered, just as
 * at the portal, before the way back to the client. Whoever signed in here goes straight back.
 */
export async function offerEndAtProvider(deps: OidcDeps, ctx: OidcContext, work: UnitOfWork): Promise<void> {
  const uid = work.writes.sessionEnd?.uid;
  const ended = uid === undefined ? undefined : work.sessions.get(uid);
  if (uid === undefined || ctx.status !== 303 || !ended?.payload.amr?.includes(FEDERATED)) return;
  const offer = await deps.logoutOffers?.offer(uid, onwardOf(deps, ctx));
  if (offer !== undefined) ctx.redirect(`/signed-out?institution=${offer}`);
}

function onwardOf(deps: OidcDeps, ctx: OidcContext): Onward | undefined {
  const url = ctx.response.get('location');
  const { client } = ctx.oidc;
  if (!client || url.startsWith(ctx.oidc.urlFor(SUCCESS))) return undefined;
  return { url, name: clientNames(deps, client.clientId) };
}
