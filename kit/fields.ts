import { z } from 'zod';

/** Fields that files of content have in common. */

/** The name under which an entry is found again when its file is read anew. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,79}$/);

/** Chinese is required; what has no English yet is shown in Chinese. */
export const localizedText = (max: number) =>
  z.strictObject({ 'zh-TW': z.string().trim().min(1).max(max), en: z.string().trim().max(max).default('') });

/** An ISO 8601 moment with its offset. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** Higher comes first. */
export const sortOrder = z.number().int().min(-9999).max(9999).default(0);
