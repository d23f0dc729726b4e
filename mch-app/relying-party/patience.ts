import * as oidc from 'openid-client';
import { type Clock, SECOND } from '#kit/clock.ts';

const LONGEST_SECONDS = 60;

/** Whether the single entry asked to be left alone for a while. */
export interface Patience {
  isAsked(): boolean;
  /** Takes note of a `Retry-After` (RFC 9110 §10.2.3) in an answer that was no success; at most a minute. */
  heed(failure: unknown): void;
}

/**
 * What nobody waits for is not asked again before the time the single entry named, whoever's it is: many sessions
 * would each ask on their own. Some come a little later than others, so that they do not all come at once.
 */
export function createPatience(clock: Clock, chance: () => number): Patience {
  let until = 0;
  return {
    isAsked: () => clock().getTime() < until,
    heed(failure) {
      const seconds = Number(answerIn(failure)?.headers.get('retry-after'));
      if (!(seconds > 0)) return;
      const wait = Math.min(seconds, LONGEST_SECONDS) * (1 + chance());
      until = Math.max(until, clock().getTime() + wait * SECOND);
    },
  };
}

/** The answer a failure is about, when there was one. */
function answerIn(failure: unknown): Response | undefined {
  if (failure instanceof oidc.ResponseBodyError) return failure.response;
  return failure instanceof oidc.ClientError && failure.cause instanceof Response ? failure.cause : undefined;
}
