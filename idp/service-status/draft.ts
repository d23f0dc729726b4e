import { z } from 'zod';
import { localizedText, moment, slug, sortOrder } from '#kit/fields.ts';
import { isPublicAddress } from '#kit/plain-text.ts';

const optionalText = localizedText(300).optional();

export const noticeDraft = z
  .strictObject({
    slug,
    text: localizedText(200),
    url: z
      .string()
      .refine((text) => isPublicAddress(text) || /^\/[\w-]/.test(text), 'must be https or a path of ours')
      .optional(),
    startsAt: moment,
    endsAt: moment.optional(),
    order: sortOrder,
  })
  .refine(({ startsAt, endsAt }) => !endsAt || endsAt > startsAt, {
    path: ['endsAt'],
    message: 'must be later than startsAt',
  });

/** In the order of JavaScript's and PostgreSQL's numbers, from 0. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** C-10: every Saturday from 22:00 for four hours is `"weekly": { "weekday": "saturday", "start": "22:00" }`. */
export const windowDraft = z
  .strictObject({
    slug,
    /** A subsystem's code; without it the portal itself. */
    system: z.string().optional(),
    mode: z.enum(['advice', 'read_only', 'closed']),
    reason: optionalText,
    startsAt: moment.optional(),
    weekly: z
      .strictObject({
        weekday: z.enum(WEEKDAYS).transform((day) => WEEKDAYS.indexOf(day)),
        start: timeOfDay,
      })
      .optional(),
    durationMinutes: z.number().int().min(1).max(10_080),
    announceMinutes: z.number().int().min(0).max(43_200).default(1440),
    validFrom: moment.optional(),
    validUntil: moment.optional(),
    cancelled: z.boolean().default(false),
  })
  .refine((draft) => (draft.startsAt === undefined) !== (draft.weekly === undefined), {
    path: ['startsAt'],
    message: 'say either startsAt or weekly',
  });

export type NoticeDraft = z.infer<typeof noticeDraft>;
export type WindowDraft = z.infer<typeof windowDraft>;
