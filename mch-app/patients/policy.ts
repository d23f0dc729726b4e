import { nationalIdKind } from '#kit/taiwan/identifiers.ts';
import type { Identity, IdentityFault } from './types.ts';

const YOUNGEST = 10;
const OLDEST = 60;
const USUAL = { from: 15, to: 50 };

/** What about an identity cannot be right at `now`; a number's form, its checksum, and days that are still to come. */
export function faultsOf(who: Identity, today: string, now: Date): IdentityFault[] {
  const faults: IdentityFault[] = [];
  const fault = (field: string, key: string): void => void faults.push({ field, key });
  if (who.idType !== 'none' && !isNumber(who.idType, who.idNo, now)) fault('id_no', 'id_no');
  if (who.name === '' || Array.from(who.name).length > 50) fault('name', 'name');
  if (who.birthDate === '' || who.birthDate > today) fault('birth_date', 'birth_date');
  if (who.kind === 'child') {
    if (!who.birthAt || who.birthAt > now) fault('birth_at', 'birth_at');
    if (who.birthOrder === undefined) fault('birth_order', 'birth_order');
    if (who.sex === undefined) fault('sex', 'needed');
    if (who.motherName === '') fault('mother_name', 'needed');
    if (!isMothersNumber(who.motherIdNo, now)) fault('mother_id_no', 'id_no');
  }
  return faults;
}

/** Whether the number is one of its kind. */
export function isNumber(type: Identity['idType'], number: string, now: Date): boolean {
  if (type === 'none') return number === '';
  if (type === 'passport') return /^[A-Z0-9]{6,12}$/.test(number);
  const kind = nationalIdKind(number, now);
  return type === 'national_id' ? kind === 'national' : kind === 'resident' || kind === 'legacy_resident';
}

/** Full years from birth to `on`. Both are `YYYY-MM-DD`. */
export function ageOn(birthDate: string, on: string): number {
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** A mother's age at the service: impossible, unusual, or as it is mostly. */
export function judgeMothersAge(birthDate: string, on: string): 'impossible' | 'unusual' | 'usual' {
  const age = ageOn(birthDate, on);
  if (age < YOUNGEST || age > OLDEST) return 'impossible';
  return age < USUAL.from || age > USUAL.to ? 'unusual' : 'usual';
}

function isMothersNumber(number: string, now: Date): boolean {
  return nationalIdKind(number, now) !== undefined || /^[A-Z0-9]{6,12}$/.test(number);
}
