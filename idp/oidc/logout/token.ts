import type Provider from 'oidc-provider';

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/**
 * A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4), fresh for each attempt.
 * @param sub the account's subject
 * @param sid the session at that client; undefined ends all of the person's sessions there
 * @param jti the same for every attempt at one delivery, so that a repeated one is recognised
 */
export async function makeLogoutToken(
  provider: Provider,
  client: InstanceType<Provider['Client']>,
  sub: string,
  sid: string | undefined,
  jti: string,
): Promise<string> {
  const token = new provider.IdToken({ sub }, { client, ctx: undefined as never });
  Object.assign(token, { mask: { sub: null } });
  token.set('events', { [LOGOUT_EVENT]: {} });
  token.set('jti', jti);
  if (sid !== undefined) token.set('sid', sid);
  return token.issue({ use: 'logout' });
}
