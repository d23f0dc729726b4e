import { MINUTE } from '#kit/clock.ts';

/** How many failures in a row lock what they were tried on, and for how long. */
export interface ThrottleRule {
  kind:
    | 'password'
    | 'totp'
    | 'binding'
    | 'enrollment'
    | 'recovery'
    | 'user_code'
    | 'user_code_address'
    | 'backchannel_person'
    | 'backchannel_hint';
  limit: number;
  /** Failures further apart than this do not count together; without it they always do. */
  windowMs?: number;
  lockMs: number;
}

export const PASSWORD_THROTTLE: ThrottleRule = { kind: 'password', limit: 3, lockMs: 30 * MINUTE };
export const TOTP_THROTTLE: ThrottleRule = { kind: 'totp', limit: 5, lockMs: 30 * MINUTE };
/** Counted by the subsystem account that somebody tries to prove, whoever tries. */
export const BINDING_THROTTLE: ThrottleRule = { kind: 'binding', limit: 3, lockMs: 30 * MINUTE };
/** The password of an application not yet decided, asked where one looks up how it stands. */
export const ENROLLMENT_THROTTLE: ThrottleRule = { kind: 'enrollment', limit: 3, lockMs: 30 * MINUTE };
/** Counted by the caller's address, behind which a whole hospital may sit: every request, right or wrong. */
export const RECOVERY_THROTTLE: ThrottleRule = {
  kind: 'recovery',
  limit: 30,
  windowMs: 10 * MINUTE,
  lockMs: 10 * MINUTE,
};

/** Wrong codes of devices (RFC 8628 §5.1), by the person who is signed in. */
export const USER_CODE_THROTTLE: ThrottleRule = {
  kind: 'user_code',
  limit: 10,
  windowMs: 10 * MINUTE,
  lockMs: 10 * MINUTE,
};
/** And by the caller's address. */
export const USER_CODE_ADDRESS_THROTTLE: ThrottleRule = {
  ...USER_CODE_THROTTLE,
  kind: 'user_code_address',
  limit: 30,
};

/** Requests to one person to approve a sign-in elsewhere (CIBA), by whichever client: nobody is worn down by them. */
export const BACKCHANNEL_PERSON_THROTTLE: ThrottleRule = {
  kind: 'backchannel_person',
  limit: 10,
  windowMs: 10 * MINUTE,
  lockMs: 10 * MINUTE,
};
/** Hints of one client that named nobody it may ask for. */
export const BACKCHANNEL_HINT_THROTTLE: ThrottleRule = {
  ...BACKCHANNEL_PERSON_THROTTLE,
  kind: 'backchannel_hint',
  limit: 30,
};

/** The one spelling of a login name: compatibility forms unified, lower case, no outer blanks. */
export function normaliseLoginName(typed: string): string {
  return typed.normalize('NFKC').trim().toLowerCase();
}
