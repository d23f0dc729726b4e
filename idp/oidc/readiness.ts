import { createHmac } from 'node:crypto';
import { cookieName } from '#kit/http/cookies.ts';
import { RUN_SESSION, readinessIdToken } from '../readiness/index.ts';
import { cookieKeys } from './configuration.ts';
import type { OidcContext, OidcDeps } from './types.ts';

/**
 * Lets a readiness run have the ID token it waits for. Everybody else's answer is not even looked at: only the
 * sessions that runs write have such an id.
 */
export async function answerReadiness(deps: OidcDeps, ctx: OidcContext): Promise<void> {
  const code = ctx.oidc.entities.AuthorizationCode;
  if (!code?.sessionUid?.startsWith(RUN_SESSION)) return;
  const body = ctx.body as { id_token?: string };
  if (body.id_token === undefined) return;
  const { sessionUid, clientId = '', accountId = '' } = code;
  const { clock, keyring } = deps;
  const grant = { sessionUid, clientId, accountId };
  const token = await readinessIdToken({ db: deps.database.db, clock, keyring }, grant, body.id_token);
  if (token !== undefined) body.id_token = token;
}

/** The `Cookie` header of a browser whose session has this id: the cookie and its signature. */
export function sessionCookieHeader(
  deps: Pick<OidcDeps, 'keyring'> & { config: { secure: boolean } },
  sessionId: string,
): string {
  const name = cookieName('idp', 'session', deps.config.secure);
  const pair = `${name}=${sessionId}`;
  const signature = createHmac('sha1', cookieKeys(deps)[0] ?? '')
    .update(pair)
    .digest('base64url');
  return `${pair}; ${name}.sig=${signature}`;
}
