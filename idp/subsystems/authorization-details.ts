import { z } from 'zod';
import { localized } from './localized.ts';

const MOST_CHARACTERS = 200;
const MOST_VALUES = 50;
/** What every detail may have (RFC 9396 §2); its meaning is fixed, so no field can be named so. */
const RESERVED: readonly string[] = ['type', 'locations'];

/** A field of a detail: its name as others write it, what people read, and which values it may have. */
const field = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z_]\w{0,59}$/)
    .refine((name) => !RESERVED.includes(name), 'reserved'),
  label: localized,
  type: z.enum(['string', 'strings', 'integer', 'boolean']),
  required: z.boolean().default(false),
  values: z.array(z.string().min(1).max(MOST_CHARACTERS)).min(1).max(100).optional(),
});

/** One type of `authorization_details` (RFC 9396) that a resource understands. */
const detailType = z.strictObject({
  type: z.string().regex(/^[\w:./-]{1,100}$/),
  label: localized,
  fields: z.array(field).max(20).default([]),
});

export const detailTypes = z.array(detailType).max(20).optional();

export type DetailType = z.infer<typeof detailType>;
export type DetailField = z.infer<typeof field>;
export type Detail = Record<string, unknown>;

/**
 * Why a detail is not one of its type; undefined when it is. Nothing may be in it that is not declared, for nobody
 * would know what was granted.
 * @param resource the only `locations` there can be
 */
export function refuseDetail(declared: DetailType, resource: string, detail: Detail): string | undefined {
  const { locations } = detail;
  if (locations !== undefined && !(Array.isArray(locations) && locations.every((at) => at === resource))) {
    return 'locations must be the resource';
  }
  for (const name of Object.keys(detail)) {
    if (!RESERVED.includes(name) && !declared.fields.some((known) => known.name === name)) {
      return `${name} is not declared`;
    }
  }
  for (const known of declared.fields) {
    const value = detail[known.name];
    if (value === undefined ? known.required : !fits(known, value))
      return `${known.name} is missing or wrong`;
  }
  return undefined;
}

function fits({ type, values }: DetailField, value: unknown): boolean {
  switch (type) {
    case 'string':
      return isText(value) && (values?.includes(value) ?? true);
    case 'strings':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.length <= MOST_VALUES &&
        value.every((one) => isText(one) && (values?.includes(one) ?? true))
      );
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MOST_CHARACTERS && /^[^\p{C}]+$/u.test(value);
}
