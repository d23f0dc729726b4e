import type Provider from 'oidc-provider';
import { LOGOUT_EVENT } from '#kit/logout-token.ts';
import { randomToken } from '#kit/random.ts';

/**
 * A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4), another for each attempt, with a `jti` of its own: a
 * client that took one and whose answer was lost refuses what it has seen (§2.6), and would be asked in vain for a day.
 * @param sub the account's subject
 * @param sid the session at that client; undefined ends all of the person's sessions there
 */
export async function makeLogoutToken(
  provider: Provider,
  client: InstanceType<Provider['Client']>,
  sub: string,
  sid: string | undefined,
): Promise<string> {
  const token = new provider.IdToken({ sub }, { client, ctx: undefined as never });
  Object.assign(token, { mask: { sub: null } });
  token.set('events', { [LOGOUT_EVENT]: {} });
  token.set('jti', randomToken());
  if (sid !== undefined) token.set('sid', sid);
  return token.issue({ use: 'logout' });
}
