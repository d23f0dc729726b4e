import { type Finding, type Value, type Values, choice, error } from '../../records/index.ts';
import { type Window, monthsOld, windowAt } from './windows.ts';

/** ICD-10-CM, such as `Q21.0` or `F80.9`. */
export const ICD = '[A-TV-Z][0-9][0-9AB](?:\\.?[0-9A-Z]{1,4})?';

/** Parts of the body that a visit looks at. */
export const SYSTEMS = [
  'head_neck',
  'pupil',
  'fixation',
  'strabismus',
  'ear',
  'mouth',
  'heart',
  'lung',
  'abdomen',
  'hip',
  'genital',
  'skin',
  'neuro',
] as const;
export const DOMAINS = ['gross', 'fine', 'language', 'social'] as const;

export const finding = () => choice('normal', 'abnormal', 'not_done');
export const numbered = (windows: readonly Window[]) => choice(...windows.map((_, at) => String(at + 1)));

/** That the child was born on the day, and was of the age its number stands for. */
export function agedFor(
  windows: readonly Window[],
  of: { number: Value | undefined; numberField: string; day: Value | undefined; dayField: string },
  subject: { birthDate: string } | undefined,
): Finding[] {
  const { number, day } = of;
  if (!subject || subject.birthDate === '' || typeof day !== 'string') return [];
  if (day < subject.birthDate) return [error(of.dayField, 'before_birth')];
  const months = monthsOld(subject.birthDate, day);
  const fits = windowAt(windows, months);
  if (fits === 0) return [error(of.dayField, 'no_window', { months })];
  return typeof number === 'string' && number !== String(fits)
    ? [error(of.numberField, 'window', { months, fits })]
    : [];
}

/** That one day is not before another. */
export function notBefore(
  values: Values,
  field: string,
  other: string,
  from: Values | undefined = values,
): Finding[] {
  const day = values[field];
  const earlier = from?.[other];
  return typeof day === 'string' && typeof earlier === 'string' && day < earlier
    ? [error(field, 'before', { other })]
    : [];
}
