import type { Field, FieldKind, Fields } from './types.ts';

type Told = Partial<Omit<Field, 'kind' | 'options'>>;

function field(kind: FieldKind, told: Told, options: readonly string[] = []): Field {
  return {
    kind,
    options,
    required: false,
    min: 0,
    max: 0,
    pattern: undefined,
    when: undefined,
    derived: undefined,
    given: false,
    sensitive: false,
    ...told,
  };
}

/** Marks a field as needed before a record can be submitted. */
export const needed = (of: Field): Field => ({ ...of, required: true });
/** Asks a field only while `other` has one of the values. */
export const when = (other: string, is: readonly string[], of: Field): Field => ({
  ...of,
  when: { field: other, is },
});
/** Works a field out from the others and whom the record is about. */
export const derived = (of: Field, from: NonNullable<Field['derived']>): Field => ({ ...of, derived: from });
/** Has a field filled in by what follows from a deed. */
export const given = (of: Field): Field => ({ ...of, given: true });

/** One line of at most `max` characters. */
export const text = (max: number, pattern?: RegExp): Field => field('text', { max, pattern });
/** Several lines of at most `max` characters. */
export const area = (max: number): Field => field('area', { max });
/** A whole number from `min` to `max`. */
export const whole = (min: number, max: number): Field => field('whole', { min, max });
/** A number with at most two decimals. */
export const decimal = (min: number, max: number): Field => field('decimal', { min, max });
/** Weeks and days of pregnancy, typed as `24.3` or `24+3`, held in days. */
export const weeks = (min: number, max: number): Field => field('weeks', { min: min * 7, max: max * 7 + 6 });
export const day = (): Field => field('day', {});
/** A day and a minute in Taipei. */
export const moment = (): Field => field('moment', {});
export const choice = (...options: string[]): Field => field('choice', {}, options);
/** Any number of the choices. */
export const flags = (...options: string[]): Field => field('flags', {}, options);
export const yesNo = (): Field => field('yes-no', {});
/** The code of a unit. */
export const unit = (): Field => field('unit', {});
/** The eight digits of a township. */
export const town = (): Field => field('town', {});

/** The names of the fields nobody types. */
export const givenFields = ({ parts }: { parts: readonly { fields: Fields }[] }): string[] =>
  parts.flatMap(({ fields }) => Object.keys(fields).filter((name) => fields[name]?.given));

/** Every field of several groups; the same name twice is a mistake. @throws Error naming it */
export function mergeFields(groups: readonly Fields[]): Fields {
  const all: Record<string, Field> = {};
  for (const group of groups) {
    for (const [name, of] of Object.entries(group)) {
      if (all[name]) throw new Error(`${name} is told twice`);
      all[name] = of;
    }
  }
  return all;
}
