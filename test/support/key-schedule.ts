import type { KeySchedule } from '#idp/signing-keys/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '#kit/clock.ts';

/** The times of signing keys as the settings' defaults give them. */
export const SCHEDULE: KeySchedule = {
  rotateAfterMs: 90 * DAY,
  announceMs: DAY,
  deadlineMs: 7 * DAY,
  keepPublishedMs: 9 * HOUR,
  tokenMs: 11 * MINUTE,
  handoverMs: 4 * SECOND,
  skewMs: MINUTE,
};
