import { satisfiesAcr } from '../authenticators/index.ts';
import type { Choice, ChoiceRequest, SwitchDecision, SwitchRequest } from './types.ts';

/**
 * Which account enters: the one picked on the page, else the one the request names, else the portal's, else the
 * one acting already, else the only one there is. A named account that is not to be had is asked about, never
 * silently replaced.
 */
export function decideChoice(request: ChoiceRequest): Choice {
  const { candidates } = request;
  if (candidates.length === 0) return { kind: 'none' };
  if (request.mustAsk && request.picked === undefined) return { kind: 'ask' };
  const named = request.picked ?? request.wanted ?? request.next ?? request.current;
  const only = candidates.length === 1 ? candidates[0] : undefined;
  const chosen = named === undefined ? only : candidates.find((candidate) => candidate.id === named);
  if (!chosen) return { kind: 'ask' };
  const { id, requiredAcr } = chosen;
  if (requiredAcr !== undefined && !satisfiesAcr(request.acr, requiredAcr)) {
    return { kind: 'stronger_sign_in', id, acr: requiredAcr };
  }
  return { kind: 'account', id };
}

/** Whether a token may be exchanged for one of another account of the same person (RFC 8693). */
export function decideSwitch(request: SwitchRequest): SwitchDecision {
  if (!request.exchangeAllowed) return { allowed: false, reason: 'exchange_not_allowed' };
  if (!request.target) return { allowed: false, reason: 'target_not_available' };
  const { requiredAcr } = request.target;
  if (requiredAcr !== undefined && !satisfiesAcr(request.acr, requiredAcr)) {
    return { allowed: false, reason: 'stronger_sign_in_needed', acr: requiredAcr };
  }
  return { allowed: true };
}
