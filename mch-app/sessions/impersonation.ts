import type { Next } from '#kit/http/context.ts';
import { Fault } from '#kit/errors.ts';
import { type SignedInContext, sessionOf } from './context.ts';
import type { Session } from './types.ts';

/** Whose deed it is: the operator's, when the single entry says that one acts for the person. */
export const actorOf = ({ act }: Pick<Session, 'act'>): { act?: string } => (act ? { act: act.sub } : {});

/** By what name a sign-in is remembered. */
export const signedInName = ({ act, personName }: Pick<Session, 'act' | 'personName'>): string =>
  act ? `${act.name} → ${personName}` : personName;

/**
 * Whoever acts for somebody looks and does nothing: every form behind the guard is refused here, whatever it is for.
 * Signing out stands outside the guard. @throws Fault impersonated
 */
export function refuseDeedsForOthers(ctx: SignedInContext, next: Next): Promise<unknown> {
  const isLooking = ctx.method === 'GET' || ctx.method === 'HEAD';
  if (sessionOf(ctx).act && !isLooking) throw new Fault('impersonated');
  return next();
}
