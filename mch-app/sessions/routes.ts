import { digest } from '#kit/random.ts';
import { type Handler, type SignedInContext, sessionOf } from './context.ts';
import type { GuardDeps } from './guard.ts';
import { boundsAt, idleSecondsLeft } from './policy.ts';
import { findSession } from './store.ts';
import type { Session } from './types.ts';

type Deps = Pick<GuardDeps, 'db' | 'clock' | 'limits' | 'sessionCookie'>;

/**
 * GET /acting: as whom the browser acts now, so that a tab left under another account notices. Asked in the
 * background, so it is no activity.
 */
export function tellActing(deps: Deps): Handler {
  return async (ctx) => {
    const session = await peekSession(deps, ctx);
    ctx.status = session ? 200 : 401;
    ctx.body = session
      ? {
          account: session.account.id,
          generation: session.generation,
          idle_seconds_left: idleSecondsLeft(session, deps.clock(), deps.limits),
        }
      : { error: 'signed_out' };
  };
}

/** POST /keep-alive, behind the guard: somebody works here without asking for a page. */
export function keepAlive(deps: Deps): Handler {
  return async (ctx) => {
    ctx.body = { idle_seconds_left: idleSecondsLeft(sessionOf(ctx), deps.clock(), deps.limits) };
  };
}

/** The browser's live session without touching it. */
export async function peekSession(deps: Deps, ctx: SignedInContext): Promise<Session | undefined> {
  const id = deps.sessionCookie.read(ctx);
  return id === undefined ? undefined : findSession(deps.db, digest(id), boundsAt(deps.clock(), deps.limits));
}
