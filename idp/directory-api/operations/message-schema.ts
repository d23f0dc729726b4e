import { z } from 'zod';

const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const UNSEEN_BUT_BREAKS = /[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}]/u;

const line = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !UNSEEN.test(text), 'must be one line without control characters');
const lines = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !UNSEEN_BUT_BREAKS.test(text), 'must not have control characters');
const filled = (text: string): boolean => text.trim() !== '';

/** A message a subsystem leaves for one of its people. Chinese is required, English shown where it is given. */
export const messageSchema = z.strictObject({
  subsystem_account: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  subject: z.strictObject({
    'zh-TW': line(100).refine(filled, 'must not be empty'),
    en: line(200).default(''),
  }),
  body: z.strictObject({
    'zh-TW': lines(4000).refine(filled, 'must not be empty'),
    en: lines(8000).default(''),
  }),
  link: z
    .string()
    .regex(/^[\x21-\x7e]{1,2000}$/)
    .optional(),
  dedupe_key: z.string().regex(/^[\w.:-]{1,100}$/),
});

export type PushedMessage = z.infer<typeof messageSchema>;
