import { cookieName, setCookie } from '#kit/http/cookies.ts';
import type { Context } from '#kit/http/context.ts';
import { digest, randomToken } from '#kit/random.ts';
import type { Caller } from '../audit/index.ts';
import { type SessionDeps, endSession, resumeSession } from './service.ts';
import { replaceSessionId } from './store.ts';
import type { BrowserSession } from './types.ts';

const SESSION_ID_BYTES = 32;

/** The session of this browser, if it is signed in. */
export async function currentSession(deps: SessionDeps, ctx: Context): Promise<BrowserSession | undefined> {
  const id = ctx.cookies.get(cookieName('idp', 'session', deps.config.secure), { signed: true });
  return id ? resumeSession(deps, id) : undefined;
}

/** Gives the session of this browser a new id, so that a stolen older one leads nowhere. */
export async function renewSessionId(
  deps: Pick<SessionDeps, 'db' | 'config'>,
  ctx: Context,
  session: BrowserSession,
): Promise<void> {
  const id = randomToken(SESSION_ID_BYTES);
  await replaceSessionId(deps.db, session.uid, digest(id));
  const { secure } = deps.config;
  setCookie(ctx, cookieName('idp', 'session', secure), id, { secure, signed: true });
}

/** Signs this browser out: the session ends and its cookie goes. */
export async function signOut(
  deps: SessionDeps,
  ctx: Context,
  session: BrowserSession,
  caller: Caller,
): Promise<void> {
  await endSession(deps, session, caller);
  const { secure } = deps.config;
  ctx.cookies.secure = secure; // behind a proxy the socket does not know; a prefixed name goes only as it came
  const attributes = { signed: true, httpOnly: true, sameSite: 'lax', secure } as const;
  ctx.cookies.set(cookieName('idp', 'session', secure), null, attributes);
}
