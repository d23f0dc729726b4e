import { cookieName } from '#kit/http/cookies.ts';
import type { Context } from '#kit/http/context.ts';
import type { Caller } from '../audit/index.ts';
import { type SessionDeps, endSession, resumeSession } from './service.ts';
import type { BrowserSession } from './types.ts';

/** The session of this browser, if it is signed in. */
export async function currentSession(deps: SessionDeps, ctx: Context): Promise<BrowserSession | undefined> {
  const id = ctx.cookies.get(cookieName('idp', 'session', deps.config.secure), { signed: true });
  return id ? resumeSession(deps, id) : undefined;
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
