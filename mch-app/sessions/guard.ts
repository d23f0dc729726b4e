import { digest } from '#kit/random.ts';
import type { Next } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Caller } from '../audit/index.ts';
import type { SignedInContext } from './context.ts';
import type { BrowserCookie } from './cookie.ts';
import { boundsAt } from './policy.ts';
import { type SessionStoreDeps, buryDeadSession } from './service.ts';
import { takeEnded, touchSession } from './store.ts';
import type { Session } from './types.ts';

export interface GuardDeps extends SessionStoreDeps {
  sessionCookie: BrowserCookie;
  callerOf(ctx: SignedInContext): Caller;
  /** Renews tokens that grew old; undefined when the single entry says the session is over. */
  keepFresh(session: Session, caller: Caller): Promise<Session | undefined>;
  /** Keeps a form that was sent after its session had ended. @returns where it is shown again, if it was kept */
  keepForm(ctx: SignedInContext, sessionDigest: Buffer): Promise<string | undefined>;
  /**
   * Asks the single entry without a word to the person whether they are still signed in there, and comes back to
   * `place`, or is told that the session has ended. @returns false when it cannot be asked
   */
  comeBack(ctx: SignedInContext, place: string): Promise<boolean>;
}

/**
 * Lets only people with a live session through, and counts the request as activity. Who never signed in goes
 * to sign-in; whose session the single entry ended comes back silently if still signed in there; who was signed in is
 * else told what became of it first; a script (`asker`) gets a plain 401. A form that comes too late may be kept.
 */
export function signedInOnly(deps: GuardDeps, asker: 'person' | 'script' = 'person') {
  const leave = asker === 'script' ? refuse : redirect;
  return async (ctx: SignedInContext, next: Next): Promise<void> => {
    const id = deps.sessionCookie.read(ctx);
    const here = ctx.method === 'GET' ? ctx.originalUrl : '/';
    if (id === undefined) return leave(ctx, '/sign-in', { return_to: here });

    const isPage = asker === 'person' && ctx.method === 'GET';
    const found = await touchSession(deps.db, digest(id), boundsAt(deps.clock(), deps.limits), isPage);
    const session = found && (await deps.keepFresh(found, deps.callerOf(ctx)));
    if (!session) {
      const cause = found ? undefined : await buryDeadSession(deps, digest(id), deps.callerOf(ctx));
      const kept = asker === 'person' ? await deps.keepForm(ctx, digest(id)) : undefined;
      const place = kept ?? here;
      const query = { reason: cause === 'idle' ? 'idle' : 'ended', return_to: place };
      // ended by the single entry: perhaps only because what the account may do has changed
      const mayAsk = isPage || kept !== undefined;
      const wasEnded = mayAsk && !found && (await takeEnded(deps.db, digest(id)));
      if (wasEnded && (await deps.comeBack(ctx, place))) return;
      return leave(ctx, '/signed-out', query);
    }
    ctx.state.session = session;
    await next();
  };
}

function redirect(ctx: SignedInContext, path: string, query: Record<string, string>): void {
  seeOther(ctx, `${path}?${new URLSearchParams(query).toString()}`);
}

function refuse(ctx: SignedInContext): void {
  ctx.status = 401;
  ctx.body = { error: 'signed_out' };
}
