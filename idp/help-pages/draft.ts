import { z } from 'zod';
import { localizedText, slug, sortOrder } from '#kit/fields.ts';
import { isPublicAddress } from '#kit/plain-text.ts';

/** What entries are grouped by; each has a label in the locale files. */
export const TOPICS = {
  question: ['account', 'sign-in', 'systems'],
  guide: ['first', 'daily'],
  link: ['agency', 'service'],
} as const;
export const DOWNLOAD_CATEGORIES = ['form', 'manual', 'training'] as const;

const state = z.enum(['draft', 'released', 'archived']).default('released');
const common = { slug, title: localizedText(200), order: sortOrder, state };

export const questionDraft = z.strictObject({
  ...common,
  topic: z.enum(TOPICS.question),
  body: localizedText(10_000),
});
export const guideDraft = z.strictObject({
  ...common,
  topic: z.enum(TOPICS.guide),
  body: localizedText(10_000),
});
export const linkDraft = z.strictObject({
  ...common,
  topic: z.enum(TOPICS.link),
  body: localizedText(1000),
  url: z.string().refine(isPublicAddress, 'must be an https address'),
});
export const downloadDraft = z.strictObject({
  ...common,
  category: z.enum(DOWNLOAD_CATEGORIES),
  file: z.string().min(1),
  publishedOn: z.iso.date(),
  signedIn: z.boolean().default(false),
});

export type HelpEntryDraft =
  z.infer<typeof questionDraft> | z.infer<typeof guideDraft> | z.infer<typeof linkDraft>;
export type DownloadDraft = z.infer<typeof downloadDraft>;
