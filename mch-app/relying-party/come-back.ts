import { Fault } from '#kit/errors.ts';
import type { SignedInContext } from '../sessions/index.ts';
import { authorize } from './authorization.ts';
import type { RelyingParty } from './types.ts';

/** Where somebody is told that the session is over. */
export function endedAddress(returnTo: string): string {
  return `/signed-out?${new URLSearchParams({ reason: 'ended', return_to: returnTo }).toString()}`;
}

/**
 * A silent sign-in (`prompt=none`) back to `place`: whoever is still signed in at the single entry goes on with what
 * the account may do now, anybody else is told that the session has ended.
 * @returns false when the single entry cannot be asked
 */
export async function comeBack(party: RelyingParty, ctx: SignedInContext, place: string): Promise<boolean> {
  try {
    await authorize(party, ctx, { purpose: 'recover', returnTo: place });
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
