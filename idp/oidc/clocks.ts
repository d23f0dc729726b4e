export const CLOCK_TOLERANCE_SECONDS = 15;
/** FAPI 2.0 Security Profile §5.3.2.1: a JWT from further ahead was not made just now. */
const AHEAD_SECONDS = 60;

/** @param at a JWT's `iat` or `nbf`, whatever it is */
export function isDatedAhead(at: unknown, now: number): boolean {
  return typeof at === 'number' && at > now + AHEAD_SECONDS;
}
