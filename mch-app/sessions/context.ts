import type { ParameterizedContext } from 'koa';
import type { Context, RequestState } from '#kit/http/context.ts';
import type { Session } from './types.ts';

/** A request of somebody signed in: the guard has found the session. */
export interface SignedInState extends RequestState {
  session?: Session;
}

export type SignedInContext = ParameterizedContext<SignedInState>;
export type Handler = (ctx: SignedInContext) => Promise<void>;

/** The session of a request behind the guard. @throws Error when the guard is missing: a bug */
export function sessionOf(ctx: SignedInContext): Session {
  if (!ctx.state.session) throw new Error(`${ctx.path} is not behind the guard`);
  return ctx.state.session;
}

/** The session, if the guard has run. */
export function sessionIfAny(ctx: Context): Session | undefined {
  return (ctx.state as SignedInState).session;
}
