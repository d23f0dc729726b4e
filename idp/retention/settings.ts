import { z } from 'zod';
import { section } from '#kit/settings.ts';

const days = (fallback: number, least: number) =>
  z.coerce.number().int().min(least).max(36_525).default(fallback);

/** How long records are kept that are no protocol artefacts and no accounts; docs/retention.md tells which. */
export const retention = section({
  title: 'Retention',
  settings: {
    RETENTION_MAIL_DAYS: days(400, 30).describe(
      'how long it is known that a mail was sent or given up; what it said goes as soon as it is sent',
    ),
    RETENTION_LOGOUT_DAYS: days(30, 1).describe(
      'how long delivered logouts are kept; those given up are kept three times as long',
    ),
    RETENTION_MESSAGE_DAYS: days(730, 30).describe("how long messages stay in people's inboxes, read or not"),
    RETENTION_SIGN_IN_DAYS: days(1826, 180).describe('how long the sign-in records of subsystems are kept'),
    RETENTION_REQUEST_DAYS: days(1826, 180).describe(
      'how long applications and requests are kept once they have ended, with their history',
    ),
    RETENTION_IMPORT_DAYS: days(1826, 30).describe(
      'how long imports of the unit register are kept, row by row',
    ),
    RETENTION_OVERSIGHT_DAYS: days(1826, 180).describe(
      'how long answered alerts, and rounds of account review after their end, are kept',
    ),
    RETENTION_CHECK_DAYS: days(400, 7).describe(
      'how long readiness checks, verifications of the audit trail and notices of idle accounts are kept',
    ),
  },
});

export type RetentionSetting = keyof typeof retention.settings;

/** Days by setting. */
export type RetentionDays = Record<RetentionSetting, number>;

/** The settings of this section, out of all. */
export function retentionDays(env: RetentionDays): RetentionDays {
  const names = Object.keys(retention.settings) as RetentionSetting[];
  return Object.fromEntries(names.map((name) => [name, env[name]])) as RetentionDays;
}
