import { z } from 'zod';

/** A label in both languages of the interface. */
export const localized = z.strictObject({
  'zh-TW': z.string().min(1).max(200),
  en: z.string().min(1).max(200),
});
