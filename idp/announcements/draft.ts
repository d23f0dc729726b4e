import { z } from 'zod';
import { localizedText, moment, slug, sortOrder } from '#kit/fields.ts';

/** What an announcement may be about; each has a label in the locale files. */
export const CATEGORIES = ['general', 'notice', 'function', 'maintenance', 'training', 'relay'] as const;

const codes = z.array(z.string().min(1).max(40)).max(200).default([]);

const audience = z
  .strictObject({
    signedIn: z.boolean().default(false),
    subsystems: codes,
    duties: codes,
    menuRoles: codes,
    units: codes,
  })
  .prefault({})
  .transform((given) => {
    const named = [given.subsystems, given.duties, given.menuRoles, given.units].some(
      ({ length }) => length > 0,
    );
    return { ...given, signedIn: given.signedIn || named };
  });

/** An announcement or event as its editor writes it. */
export const announcementDraft = z
  .strictObject({
    slug,
    kind: z.enum(['announcement', 'event']).default('announcement'),
    category: z.enum(CATEGORIES),
    /** A subsystem's code; without it the portal itself speaks. */
    system: z.string().optional(),
    title: localizedText(200),
    body: localizedText(20_000),
    state: z.enum(['draft', 'released', 'archived']).default('released'),
    publishFrom: moment,
    publishUntil: moment.optional(),
    order: sortOrder,
    audience,
    event: z
      .strictObject({ startsAt: moment, endsAt: moment.optional(), place: localizedText(200) })
      .optional(),
    attachments: z.array(z.string()).max(20).default([]),
  })
  .refine((draft) => (draft.kind === 'event') === (draft.event !== undefined), {
    path: ['event'],
    message: 'an event, and only an event, says when and where',
  })
  .refine((draft) => !draft.publishUntil || draft.publishUntil > draft.publishFrom, {
    path: ['publishUntil'],
    message: 'must be later than publishFrom',
  });

export type AnnouncementDraft = z.infer<typeof announcementDraft>;
