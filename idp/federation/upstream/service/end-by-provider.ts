import { transact } from '#db/transact.ts';
import { HOUR, after } from '#kit/clock.ts';
import { type LogoutToken, verifyLogoutToken } from '#kit/logout-token.ts';
import { digest } from '#kit/random.ts';
import { type Caller, recordAudit } from '../../../audit/index.ts';
import { endSessions } from '../../../sessions/index.ts';
import { ProviderUnavailable } from '../unavailable.ts';
import type { UpstreamDeps } from '../deps.ts';
import { insertLogout, lockProviderForLogout } from '../store/logouts.ts';
import { lockSessionsNamed, rememberOnce } from '../store/sessions.ts';
import type { UpstreamProvider } from '../types.ts';

/** Longer than it takes from the departure to the end of a sign-in: ten minutes twice, and an hour of questions here. */
const KEPT_MS = 2 * HOUR;

export type LogoutOutcome = 'ended' | 'refused' | 'unavailable';

/**
 * A provider says that a session or a subject of its own is over: ours that came by it end with their grants, and
 * every subsystem they were used at is told, and sign-ins by it that are still under way come to nothing. A token
 * counts once.
 */
export async function endByProvider(
  deps: UpstreamDeps,
  code: string,
  token: string,
  caller: Caller,
): Promise<LogoutOutcome> {
  const provider = deps.providers.find(code);
  if (!provider) return 'refused';
  let logout: LogoutToken | undefined;
  try {
    logout = await verifyLogoutToken(token, await deps.clients.keysOf(provider), {
      issuer: provider.issuer,
      clientId: provider.manifest.client.id,
      alg: provider.manifest.client.idTokenAlg,
      typed: false,
      now: deps.clock(),
    });
  } catch (error) {
    if (error instanceof ProviderUnavailable) return 'unavailable'; // it may come again
    throw error;
  }
  return logout && (await endOnce(deps, provider, logout, caller)) ? 'ended' : 'refused';
}

async function endOnce(
  { db, clock }: UpstreamDeps,
  { code, issuer }: UpstreamProvider,
  logout: LogoutToken,
  caller: Caller,
): Promise<boolean> {
  const { jti, expiresAt, sub, sid } = logout;
  return transact(db, async (trx) => {
    if (!(await rememberOnce(trx, digest(`upstream-logout ${issuer} ${jti}`), expiresAt))) {
      const details = { provider: code };
      await recordAudit(trx, { type: 'upstream_logout.refused', reason: 'replayed', caller, details });
      return false;
    }
    await lockProviderForLogout(trx, code);
    const receivedAt = clock();
    await insertLogout(trx, logout, { issuer, receivedAt, expiresAt: after(receivedAt, KEPT_MS) });
    const going = await lockSessionsNamed(trx, { issuer, sub, sid });
    await endSessions(
      trx,
      going.map(({ uid }) => uid),
      'sign_out',
    );
    for (const { uid: sessionUid, accountId } of going) {
      const details = { cause: 'upstream_logout', provider: code };
      await recordAudit(trx, { type: 'session.ended', accountId, sessionUid, caller, details });
    }
    return true;
  });
}
