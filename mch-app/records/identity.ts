import type { Form } from '#kit/http/form.ts';
import { normaliseNationalId } from '#kit/taiwan/identifiers.ts';
import { type IdType, type Identity, type Sex, faultsOf, judgeMothersAge } from '../patients/index.ts';
import { isCalendarDay } from '#kit/list.ts';
import { readValue } from './parse.ts';
import { moment } from './fields.ts';
import { taipeiDay } from '#kit/clock.ts';
import type { Finding, RecordKind, Value } from './types.ts';

const ID_TYPES = ['national_id', 'resident_permit', 'passport', 'none'] as const;
const SEXES = ['male', 'female', 'unknown'] as const;

/** The fields of a form that say who it is about, in the order they stand there. */
export const IDENTITY_FIELDS = {
  mother: ['id_type', 'id_no', 'name', 'birth_date'],
  child: ['id_type', 'id_no', 'name', 'sex', 'birth_at', 'birth_order', 'mother_id_no', 'mother_name'],
} as const;

export interface ReadIdentity {
  identity: Identity;
  findings: Finding[];
  typed: Record<string, string>;
}

/**
 * Who the form is about. A child without a name is its mother's, as the registers write it; its day of birth is
 * that of its birth in Taipei.
 * @param childName what an unnamed child is called
 */
export function readIdentity(
  kind: RecordKind,
  form: Form,
  facts: { today: string; now: Date },
  childName: (mother: string) => string,
): ReadIdentity {
  const isChild = kind.subject === 'child';
  const names = isChild ? IDENTITY_FIELDS.child : IDENTITY_FIELDS.mother;
  const typed: Record<string, string> = {};
  for (const name of names) typed[name] = form.get(name).normalize('NFC').trim();
  const at = readValue(moment(), typed['birth_at'] ?? '');
  const birthAt = at instanceof Date ? at : undefined;
  const motherName = typed['mother_name'] ?? '';
  const typedDay = typed['birth_date'] ?? '';
  const order = typed['birth_order'] ?? '';
  const identity: Identity = {
    kind: isChild ? 'child' : 'mother',
    idType: oneOf<IdType>(ID_TYPES, typed['id_type'] ?? '') ?? 'none',
    idNo: normaliseNationalId(typed['id_no'] ?? ''),
    name: typed['name'] !== '' || !isChild ? (typed['name'] ?? '') : childName(motherName),
    isNamed: typed['name'] !== '',
    birthDate: isChild ? (birthAt ? taipeiDay(birthAt) : '') : isCalendarDay(typedDay) ? typedDay : '',
    birthAt,
    birthOrder: /^[1-5]$/.test(order) ? Number(order) : undefined,
    sex: oneOf<Sex>(SEXES, typed['sex'] ?? ''),
    motherIdNo: normaliseNationalId(typed['mother_id_no'] ?? ''),
    motherName,
  };
  const findings: Finding[] = faultsOf(identity, facts.today, facts.now)
    .filter(({ field }) => (names as readonly string[]).includes(field))
    .map((fault) => ({ ...fault, level: 'error' }));
  if (oneOf<IdType>(ID_TYPES, typed['id_type'] ?? '') === undefined) {
    findings.unshift({ field: 'id_type', level: 'error', key: 'needed' });
  }
  return { identity, findings, typed };
}

/** A mother's age at the service, where one was given. */
export function judgeAge(kind: RecordKind, birthDate: string, serviceDay: Value): Finding[] {
  if (kind.subject !== 'mother' || typeof serviceDay !== 'string' || birthDate === '') return [];
  const verdict = judgeMothersAge(birthDate, serviceDay);
  if (verdict === 'usual') return [];
  const isWrong = verdict === 'impossible';
  return [
    { field: 'birth_date', level: isWrong ? 'error' : 'warning', key: isWrong ? 'age' : 'age_unusual' },
  ];
}

function oneOf<T extends string>(values: readonly T[], value: string): T | undefined {
  return values.find((one) => one === value);
}
