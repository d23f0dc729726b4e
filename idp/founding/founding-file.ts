import { z } from 'zod';
import { findTown } from '#kit/taiwan/divisions.ts';
import { isEmailAddress, isLoginName, isMobile, nationalIdKind } from '../accounts/index.ts';
import { isUnitCode } from '../units/index.ts';
import type { Founding } from './types.ts';

const word = z.string().trim().min(1).max(100);

const unit = z
  .strictObject({
    code: z.string().refine(isUnitCode, "must be an agency's code of ten characters"),
    name: word,
    nameEn: word,
    county: z.string(),
    town: z.string(),
  })
  .refine(({ county, town }) => findTown(county, town) !== undefined, {
    path: ['town'],
    message: 'must be the code of a township in the county of that code',
  });

const founder = (now: Date) =>
  z.strictObject({
    loginName: z
      .string()
      .toLowerCase()
      .refine(isLoginName, 'must be 6 to 30 letters, digits and _.-, a letter first'),
    name: word,
    title: z.string().max(100).default(''),
    email: z.string().refine(isEmailAddress, 'must be an e-mail address'),
    mobile: z
      .string()
      .refine((text) => text === '' || isMobile(text), 'must look like 0912-345678')
      .default(''),
    nationalId: z
      .string()
      .refine((text) => nationalIdKind(text, now) !== undefined, 'must be a valid ID number'),
    role: z.enum(['hpa_admin', 'platform_ops']),
  });

/** What the file says, or what is wrong with it, place by place and never with what was written there. */
export function readFounding(json: unknown, now: Date): { founding: Founding } | { faults: string[] } {
  const parsed = z
    .strictObject({
      unit,
      people: z
        .array(founder(now))
        .max(10)
        .refine((people) => people.some(({ role }) => role === 'hpa_admin'), 'need at least one hpa_admin')
        .refine(
          (people) => new Set(people.map(({ loginName }) => loginName)).size === people.length,
          'must have login names of their own',
        )
        .refine(
          (people) =>
            new Set(people.map(({ nationalId }) => nationalId.toUpperCase())).size === people.length,
          'must be different persons',
        ),
    })
    .safeParse(json);
  if (parsed.success) return { founding: parsed.data };
  return {
    faults: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`),
  };
}
