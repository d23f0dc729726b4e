import { isEmailAddress } from '../accounts/index.ts';
import { codeFitsKind, findTown, findUnitKind } from '../units/index.ts';
import type { Refusal, SubsystemUse, UnitField, UnitUse, UnitValues, WholeUnit } from './types.ts';

export const CONTACT_FIELDS: readonly UnitField[] = ['address', 'phone', 'email'];
export const ALL_FIELDS: readonly UnitField[] = [
  'name',
  'nameEn',
  'kind',
  'town',
  ...CONTACT_FIELDS,
  'level',
];

export const MAX_LENGTH: Record<UnitField, number> = {
  name: 100,
  nameEn: 200,
  kind: 40,
  town: 8,
  address: 200,
  phone: 40,
  email: 254,
  level: 1,
};

export interface ValueFault {
  field: UnitField;
  why: 'missing' | 'too_long' | 'characters' | 'unknown' | 'format' | 'code';
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** What was typed as it is kept: forms unified, blanks trimmed. */
export function readValue(typed: string): string {
  return typed.normalize('NFKC').trim();
}

/** What is wrong with the values of these fields. */
export function valueFaults(code: string, values: UnitValues, fields: readonly UnitField[]): ValueFault[] {
  return fields.flatMap((field): ValueFault[] => {
    const why = faultOf(code, field, values[field]);
    return why ? [{ field, why }] : [];
  });
}

function faultOf(code: string, field: UnitField, value: string): ValueFault['why'] | undefined {
  if (value.length > MAX_LENGTH[field]) return 'too_long';
  if (INVISIBLE.test(value)) return 'characters';
  switch (field) {
    case 'name':
      return value === '' ? 'missing' : undefined;
    case 'kind': {
      const form = findUnitKind(value)?.form;
      if (!form) return 'unknown';
      return codeFitsKind(code, form) ? undefined : 'code';
    }
    case 'town':
      return findTown(value.slice(0, 5), value) ? undefined : 'unknown';
    case 'phone':
      return /^[0-9()#~ ,;/.+-]*$/.test(value) ? undefined : 'format';
    case 'email':
      return value === '' || isEmailAddress(value) ? undefined : 'format';
    case 'level':
      return /^[1-9ABX]?$/.test(value) ? undefined : 'unknown';
    default:
      return undefined;
  }
}

/** What somebody else changed since the form was opened; fields its reader left alone take the new value. */
export function mergeEdits(
  was: UnitValues,
  typed: UnitValues,
  now: UnitValues,
): { values: UnitValues; changed: { field: UnitField; before: string; after: string }[] } {
  const values = { ...typed };
  const changed: { field: UnitField; before: string; after: string }[] = [];
  for (const field of ALL_FIELDS) {
    if (was[field] === now[field]) continue;
    changed.push({ field, before: was[field], after: now[field] });
    if (typed[field] === was[field]) values[field] = now[field];
  }
  return { values, changed };
}

/** A unit as the form shows it. */
export function valuesOf(unit: WholeUnit): UnitValues {
  const { name, nameEn, kind, town, address, phone, email, level } = unit;
  return { name, nameEn, kind, town, address, phone, email, level };
}

/** What a subsystem tells from a unit; tokens that say otherwise end. */
export function changesClaims(fields: readonly string[]): boolean {
  return fields.includes('kind') || fields.includes('town');
}

/** Duties held by accounts there that a unit of this kind cannot have, by the subsystems' manifests. */
export function strayDuties(
  use: SubsystemUse[],
  kind: string,
  kindsOfDuty: (subsystem: string, duty: string) => readonly string[],
): SubsystemUse[] {
  return use.filter(({ subsystemCode, duty, status }) => {
    const kinds = kindsOfDuty(subsystemCode, duty);
    return status !== 'disabled' && kinds.length > 0 && !kinds.includes(kind);
  });
}

/** How many subsystem accounts are not disabled. */
export function livingAccounts(use: UnitUse): number {
  return use.subsystems.reduce((sum, { status, count }) => sum + (status === 'disabled' ? 0 : count), 0);
}

/**
 * Whether the unit may be closed, its people's accounts disabled with it. Nobody closes their own unit or takes the
 * agency's and the operators' accounts away by closing one; what waits for a decision is decided first.
 */
export function closureRefusal(
  unit: Pick<WholeUnit, 'code' | 'status'>,
  use: UnitUse,
  actor: { unitCode: string },
): Refusal | undefined {
  if (unit.status === 'closed') return 'is_closed';
  if (unit.code === actor.unitCode) return 'own_unit';
  if (use.privileged > 0) return 'privileged_accounts';
  return use.waiting > 0 ? 'requests_waiting' : undefined;
}

export function reopeningRefusal(unit: Pick<WholeUnit, 'status' | 'mergedInto'>): Refusal | undefined {
  if (unit.status === 'active') return 'is_open';
  return unit.mergedInto === null ? undefined : 'was_merged';
}

/** Whether the first unit may become part of the second. */
export function mergerRefusal(
  from: Pick<WholeUnit, 'code' | 'status'>,
  into: Pick<WholeUnit, 'code' | 'status'> | undefined,
  facts: {
    actorUnit: string;
    privileged: number;
    strayDuties: number;
    isEntitled: boolean;
    appliedAtBoth: number;
  },
): Refusal | undefined {
  if (!into) return 'target_unknown';
  if (from.code === into.code) return 'same_unit';
  if (from.status === 'closed') return 'is_closed';
  if (into.status === 'closed') return 'target_closed';
  if (from.code === facts.actorUnit) return 'own_unit';
  if (facts.privileged > 0) return 'privileged_accounts';
  if (facts.strayDuties > 0) return 'duty_not_allowed';
  if (!facts.isEntitled) return 'not_entitled';
  return facts.appliedAtBoth > 0 ? 'applied_at_both' : undefined;
}

type ByCode = ReadonlyMap<string, readonly string[]>;

/**
 * Whether accounts may keep their menu roles at the other unit: where that has entitlements of its own at a subsystem,
 * they and those that come with the accounts must cover all that is held.
 */
export function coversHeld(held: ByCode, theirs: ByCode, brought: ByCode): boolean {
  return [...held].every(([subsystem, menuRoles]) => {
    const own = theirs.get(subsystem);
    return !own || menuRoles.every((role) => own.includes(role) || brought.get(subsystem)?.includes(role));
  });
}

export interface EntitlementFault {
  field: 'menu_role' | 'valid_from' | 'valid_to' | 'approval_no' | 'basis';
  why: 'unknown' | 'day' | 'before' | 'characters';
}

/** What is wrong with an entitlement as it was typed. `offered`: the menu roles units of this kind can have at all. */
export function entitlementFaults(
  typed: { menuRole: string; validFrom: string; validTo: string; approvalNo: string; basis: string },
  offered: readonly string[],
): EntitlementFault[] {
  const { menuRole, validFrom, validTo, approvalNo, basis } = typed;
  const faults: EntitlementFault[] = [];
  if (!offered.includes(menuRole)) faults.push({ field: 'menu_role', why: 'unknown' });
  if (!isDay(validFrom)) faults.push({ field: 'valid_from', why: 'day' });
  if (validTo !== '' && !isDay(validTo)) faults.push({ field: 'valid_to', why: 'day' });
  else if (validTo !== '' && validTo < validFrom) faults.push({ field: 'valid_to', why: 'before' });
  if (approvalNo.length > 60 || INVISIBLE.test(approvalNo))
    faults.push({ field: 'approval_no', why: 'characters' });
  if (basis.length > 200 || INVISIBLE.test(basis)) faults.push({ field: 'basis', why: 'characters' });
  return faults;
}

/** A day of the calendar between 1900 and 2999, as a date field sends it. */
export function isDay(text: string): boolean {
  if (!/^(19|2\d)\d\d-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
