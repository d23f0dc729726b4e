import { MINUTE, after } from '#kit/clock.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { Tone } from '#templates/views/console.ts';
import type { Delegation } from './types.ts';
import { DELEGATIONS } from './words.ts';

/** The form as it was typed; days as `yyyy-MM-dd`. */
export interface TypedDelegation {
  deputy: string;
  from: string;
  until: string;
  reason: string;
}

/** What one has given and received, and the form to name a deputy. */
export function delegationsView(
  found: Delegation[],
  ownId: string,
  typed: TypedDelegation,
  errors: FieldError[],
  now: Date,
): Views['idp/console-delegations'] {
  const line = (each: Delegation) => {
    const state = stateOf(each, now);
    return {
      name: each.delegatorAccountId === ownId ? each.deputyName : each.delegatorName,
      loginName: each.delegatorAccountId === ownId ? each.deputyLoginName : '',
      from: each.from,
      // the last minute of the last day, not the midnight that is already the next one
      until: after(each.until, -MINUTE),
      reason: each.reason,
      state: { textKey: `console-delegations.state-${state}`, tone: TONES[state] },
      revokeUrl:
        each.delegatorAccountId === ownId && (state === 'active' || state === 'planned')
          ? `${DELEGATIONS}/${each.id}/revocation`
          : '',
    };
  };
  return {
    given: found.filter(({ delegatorAccountId }) => delegatorAccountId === ownId).map(line),
    received: found.filter(({ delegatorAccountId }) => delegatorAccountId !== ownId).map(line),
    action: DELEGATIONS,
    values: typed,
    errors,
  };
}

type State = 'planned' | 'active' | 'over' | 'revoked';

const TONES: Record<State, Tone> = {
  planned: 'info',
  active: 'success',
  over: 'neutral',
  revoked: 'neutral',
};

function stateOf({ from, until, revokedAt }: Delegation, now: Date): State {
  if (revokedAt) return 'revoked';
  if (until <= now) return 'over';
  return from > now ? 'planned' : 'active';
}
