import { z } from 'zod';
import { isMailAddress } from '#kit/mail.ts';
import { clamd, list, section, whole } from '#kit/settings.ts';

export const reviews = section({
  title: 'Reviews',
  settings: {
    REVIEW_REMIND_DAYS: whole(2, 60).describe('working days after which reviewers are reminded'),
    REVIEW_ESCALATE_DAYS: whole(5, 90).describe('working days after which whoever comes next is told'),
  },
  check(values, complain) {
    if (values.REVIEW_ESCALATE_DAYS <= values.REVIEW_REMIND_DAYS) {
      complain('REVIEW_ESCALATE_DAYS', 'must be longer than REVIEW_REMIND_DAYS');
    }
  },
});

export const oversight = section({
  title: 'Audit and watch',
  settings: {
    AUDIT_RETENTION_MONTHS: z.coerce
      .number()
      .int()
      .min(6)
      .max(240)
      .default(60)
      .describe(
        'how long audit records are kept; a month is removed once past it and sealed, its seals stay',
      ),
    AUDIT_CHECKPOINT_DIR: z
      .string()
      .min(1)
      .optional()
      .describe(
        'where signed checkpoints of the audit trail are written, one file each (copy it to another system)',
      ),
    AUDIT_ARCHIVE_DIR: z
      .string()
      .min(1)
      .optional()
      .describe(
        'where the sealed records of the audit trail are written as they are sealed, for another system to take away',
      ),
    AUDIT_CHECKPOINT_SECONDS: whole(300, 86_400).describe('how often a checkpoint is signed'),
    IDP_EXPORT_ROWS: whole(200_000, 5_000_000).describe(
      'rows of a list that may leave the console in one file; a longer list is refused before its file begins',
    ),
    IDP_CLAMD: clamd,
    WATCH_MAIL_TO: list()
      .refine((addresses) => addresses.every(isMailAddress), 'must be plain addresses separated by commas')
      .describe(
        'addresses told of alerts and breaches beside the national administrators and operators, separated by commas',
      ),
    BREACH_REPORT_HOURS: whole(1, 720).describe(
      'deadline of the incident report of a breach, counted from when it was known',
    ),
    BREACH_AUTHORITY_HOURS: whole(72, 720).describe('deadline for telling the authority'),
    BREACH_PERSONS_HOURS: whole(168, 2160).describe('deadline for telling the persons concerned'),
  },
});
