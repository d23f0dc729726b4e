import type { Complain } from '#kit/settings.ts';

/** oidc-provider's own, for logout tokens. */
const LOGOUT_TOKEN_SECONDS = 120;
const DAY_SECONDS = 86_400;
/** A client gets this many times the announcement before a key signs without it. */
const DEADLINE_TIMES = 7;
/** Moments moved lie this many polls ahead. */
const HANDOVER_POLLS = 2;

/** Settings from which the times of signing keys follow. */
export interface KeySpans {
  JWKS_MAX_AGE_SECONDS: number;
  KEY_POLL_SECONDS: number;
  CLOCK_SKEW_SECONDS: number;
  SESSION_ABSOLUTE_SECONDS: number;
  ID_TOKEN_SECONDS: number;
  JWT_ACCESS_TOKEN_SECONDS: number;
  KEY_ROTATION_SECONDS: number;
  KEY_ANNOUNCE_SECONDS?: number | undefined;
  KEY_DEADLINE_SECONDS?: number | undefined;
  KEY_KEEP_SECONDS?: number | undefined;
}

/** The least a key is announced and kept published, by what caches and holds what it signed. */
function leastOf(spans: KeySpans) {
  const slack = spans.KEY_POLL_SECONDS + spans.CLOCK_SKEW_SECONDS;
  const token = Math.max(spans.ID_TOKEN_SECONDS, spans.JWT_ACCESS_TOKEN_SECONDS, LOGOUT_TOKEN_SECONDS);
  return {
    announce: spans.JWKS_MAX_AGE_SECONDS + slack,
    token: token + slack,
    // until no ID token it signed can serve as a hint of a living session
    keep: Math.max(token, spans.SESSION_ABSOLUTE_SECONDS) + slack,
  };
}

/** The times of signing keys, in milliseconds; what no setting says follows from the others. */
export function keySchedule(spans: KeySpans) {
  const least = leastOf(spans);
  const announce = spans.KEY_ANNOUNCE_SECONDS ?? Math.max(DAY_SECONDS, least.announce);
  const inMs = {
    rotateAfterMs: spans.KEY_ROTATION_SECONDS,
    announceMs: announce,
    deadlineMs: spans.KEY_DEADLINE_SECONDS ?? DEADLINE_TIMES * announce,
    keepPublishedMs: spans.KEY_KEEP_SECONDS ?? least.keep,
    tokenMs: least.token,
    handoverMs: HANDOVER_POLLS * spans.KEY_POLL_SECONDS,
    skewMs: spans.CLOCK_SKEW_SECONDS,
  };
  for (const name of Object.keys(inMs) as (keyof typeof inMs)[]) inMs[name] *= 1000;
  return inMs;
}

/** Complains of every time under which somebody would meet a token whose key they cannot have. */
export function checkKeyTimings(spans: KeySpans, complain: Complain): void {
  const least = leastOf(spans);
  const { announceMs, deadlineMs, keepPublishedMs, rotateAfterMs, handoverMs } = keySchedule(spans);
  const slack = 'KEY_POLL_SECONDS and CLOCK_SKEW_SECONDS';
  if (announceMs < least.announce * 1000) {
    complain(
      'KEY_ANNOUNCE_SECONDS',
      `must be at least ${least.announce} (JWKS_MAX_AGE_SECONDS, ${slack}), so that every cache of the JWKS has seen a key before it signs`,
    );
  }
  if (keepPublishedMs < least.keep * 1000) {
    complain(
      'KEY_KEEP_SECONDS',
      `must be at least ${least.keep} (the longest of tokens and SESSION_ABSOLUTE_SECONDS, ${slack}), so that whatever a key signed can be verified as long as it lives`,
    );
  }
  if (deadlineMs < announceMs + handoverMs) {
    complain(
      'KEY_DEADLINE_SECONDS',
      `must be at least ${(announceMs + handoverMs) / 1000} (KEY_ANNOUNCE_SECONDS and ${HANDOVER_POLLS} times KEY_POLL_SECONDS), so that it does not come before a key may sign at all`,
    );
  }
  if (rotateAfterMs <= deadlineMs) {
    complain(
      'KEY_ROTATION_SECONDS',
      `must be longer than ${deadlineMs / 1000} (KEY_DEADLINE_SECONDS), so that a successor is announced while its predecessor signs`,
    );
  }
}
