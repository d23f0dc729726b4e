import { z } from 'zod';
import { readClamdAddress } from './clamd.ts';

/** Tells of a setting that cannot work beside the others. */
export type Complain = (setting: string, message: string) => void;

/** Settings of one subject; each carries its meaning by `.describe`, from which the operators' table is made. */
export interface Section<Shape extends z.ZodRawShape> {
  title: string;
  settings: Shape;
  /** What the settings of this section must be to one another. */
  check?: ((values: z.output<z.ZodObject<Shape>>, complain: Complain) => void) | undefined;
}

/** A section of whatever settings. */
export interface AnySection {
  title: string;
  settings: z.ZodRawShape;
  check?: ((values: never, complain: Complain) => void) | undefined;
}

/** Lets a section's check know the types of its settings. */
export function section<Shape extends z.ZodRawShape>(told: Section<Shape>): Section<Shape> {
  return told;
}

/** A whole number from 1 to `max`. */
export const whole = (fallback: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback);

/** Where a virus scanner listens. */
export const clamd = z
  .string()
  .transform((text, context) => {
    const address = readClamdAddress(text);
    if (!address) context.addIssue({ code: 'custom', message: 'must be host:port or the path of a socket' });
    return address;
  })
  .optional()
  .describe(
    'where clamd listens (`host:port`, or the path of a socket): every file that is brought is scanned, and refused while it does not answer; without it files are judged by their content alone',
  );

/** 0 or 1. */
export const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');

/** Values separated by commas. */
export const list = (fallback = '') =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    );

/** For `.meta`: never shown, and better read from a file. */
export const SECRET = { secret: true };

/** Runs every section's own check. */
export function checkSections(sections: readonly AnySection[], values: unknown, complain: Complain): void {
  for (const { check } of sections) check?.(values as never, complain);
}

interface Property {
  secret?: boolean;
  description?: string;
  default?: string | number;
  enum?: string[];
  minimum?: number;
  maximum?: number;
}

/**
 * The table operators read, a heading a section: name, default, bounds, meaning.
 * @throws Error naming a setting without a description
 */
export function describeSettings(sections: readonly AnySection[]): string {
  return sections.map(({ title, settings }) => describeSection(title, settings)).join('\n');
}

function describeSection(title: string, settings: z.ZodRawShape): string {
  const { properties = {}, required = [] } = z.toJSONSchema(z.object(settings), {
    io: 'input',
    unrepresentable: 'any',
  }) as unknown as { properties?: Record<string, Property>; required?: string[] };
  const rows = Object.entries(properties).map(([name, property]) => {
    if (!property.description) throw new Error(`${name} says nothing of what it means`);
    const fallback = required.includes(name) ? 'required' : `${property.default ?? ''}`;
    return `| \`${name}\`${property.secret ? ' (secret)' : ''} | ${fallback} | ${boundsOf(property)} | ${property.description} |`;
  });
  return [
    `### ${title}`,
    '',
    '| setting | default | may be | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function boundsOf(property: Property): string {
  if (property.enum) return property.enum.map((value) => `\`${value}\``).join(' ');
  return property.maximum === undefined ? '' : `${property.minimum}–${property.maximum}`;
}
