import type { DetailValue } from './types.ts';

/** Parts of a field's name that make its value a secret or personal. */
const CLOSED = new Set(
  (
    'password secret token key recovery digest hash otp totp seed answer ' +
    'name title email mail phone mobile tel fax address birth birthday national identifier ' +
    'holder applicant person contact wish body content'
  ).split(' '),
);
/** What is personal wherever it stands: an ID number, a mail address. */
const PERSONAL = /\b[a-z][a-d\d]\d{8}\b|\S@\S+\.\S/i;

/** What changed: the name of every field, and both values of those that are neither secret nor personal. */
export interface ChangeRecord {
  fields: string[];
  before: Record<string, DetailValue>;
  after: Record<string, DetailValue>;
}

/**
 * The changes as they may be recorded; fields whose value stayed the same are left out.
 * @param open fields whose values may be told although their names sound personal
 */
export function describeChanges(
  changes: Readonly<Record<string, readonly [unknown, unknown]>>,
  open: readonly string[] = [],
): ChangeRecord {
  const record: ChangeRecord = { fields: [], before: {}, after: {} };
  for (const [field, values] of Object.entries(changes)) {
    const [before, after] = [plain(values[0]), plain(values[1])];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    record.fields.push(field);
    if (!open.includes(field) && soundsPersonal(field)) continue;
    if (PERSONAL.test(JSON.stringify([before, after]))) continue;
    record.before[field] = before;
    record.after[field] = after;
  }
  return record;
}

function soundsPersonal(field: string): boolean {
  const words = field.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').split(/[^A-Za-z\d]+/);
  return words.some((word) => CLOSED.has(word.toLowerCase()));
}

function plain(value: unknown): DetailValue {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as DetailValue);
}
