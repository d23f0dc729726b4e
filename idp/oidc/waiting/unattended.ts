import type { AccessToken, Grant } from 'oidc-provider';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcContext } from '../types.ts';

const DEVICE_ROUTES: ReadonlySet<string | undefined> = new Set(['code_verification', 'device_resume']);

/**
 * Whether what is granted in this request is for a device without a browser, or answers a client that asked without
 * one (then nobody calls the provider): no session holds it.
 */
export function isUnattended(ctx: OidcContext | undefined): boolean {
  return ctx === undefined || DEVICE_ROUTES.has((ctx as Partial<OidcContext>).oidc?.route);
}

/** How long a refresh token lives: with its session, or for itself where it has none. */
export function refreshSeconds(
  lifetimes: { sessionAbsoluteSeconds: number; unattendedGrantSeconds: number },
  token: { sessionUid?: string | undefined },
): number {
  const { sessionAbsoluteSeconds, unattendedGrantSeconds } = lifetimes;
  return token.sessionUid === undefined ? unattendedGrantSeconds : sessionAbsoluteSeconds;
}

/** How and when a person signed in; `authTime` in seconds. */
export interface SignIn {
  acr: string | undefined;
  amr: string[] | undefined;
  authTime: number | undefined;
  /** Of the session that holds the grant, where one does. */
  sessionUid?: string;
  sid?: string | undefined;
}

/** Keeps with a grant that no session holds how the person signed in. */
export function noteSignIn(grant: Grant, { acr, amr, authTime }: SignIn): void {
  Object.assign(grant, { signIn: { acr, amr, authTime } });
}

/** The sign-in behind a token; undefined when its session has ended. */
export function signInOf(token: AccessToken, grant: Grant): SignIn | undefined {
  const { sessionUid, clientId = '' } = token;
  if (sessionUid === undefined) return (grant as Grant & { signIn?: SignIn }).signIn;
  const session = currentWork().sessions.get(sessionUid);
  if (!session) return undefined;
  const { acr, amr, loginTs: authTime } = session.payload;
  return { acr, amr, authTime, sessionUid, sid: session.clients[clientId]?.sid };
}
