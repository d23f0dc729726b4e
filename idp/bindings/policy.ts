import type { Manifest } from '../subsystems/index.ts';
import type { BindingTarget } from './types.ts';

/** The customer's rule: counted in characters as people count them, that is Unicode code points. */
export const MAX_NAME = 10;

/** One spelling of a name: composed, without outer or repeated blanks or anything unseen. */
export function normaliseBindingName(typed: string): string {
  return typed
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** What speaks against a name that is spelled as above, apart from the person's other names. */
export function bindingNameProblem(name: string): 'missing' | 'too_long' | undefined {
  const length = Array.from(name).length;
  if (length === 0) return 'missing';
  return length > MAX_NAME ? 'too_long' : undefined;
}

export type BindingRefusal =
  'unknown_account' | 'other_person' | 'not_active' | 'subsystem_unavailable' | 'no_proof';

export type BindingDecision = { allowed: true } | { allowed: false; reason: BindingRefusal };

/**
 * Whether `target` may be bound by the person who proves to know its password. Another person's account never
 * is, whatever password is known: accounts are not shared.
 */
export function decideBinding(target: BindingTarget | undefined, asked: string): BindingDecision {
  if (!target || target.subsystemCode !== asked) return { allowed: false, reason: 'unknown_account' };
  if (!target.samePerson) return { allowed: false, reason: 'other_person' };
  if (target.status !== 'active') return { allowed: false, reason: 'not_active' };
  if (!target.subsystemActive) return { allowed: false, reason: 'subsystem_unavailable' };
  if (target.proof === undefined) return { allowed: false, reason: 'no_proof' };
  return { allowed: true };
}

/** Why an account whose password the subsystem found right is not bound all the same. */
export type RemoteRefusal =
  | 'other_person'
  | 'not_active'
  | 'unit_unknown'
  | 'duty_not_allowed'
  | 'role_unknown'
  | 'manager_quota_full'
  | 'ids_used_up';

interface RemoteAccess {
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
}

/** Whether what a subsystem says of an account of its own can be taken in: only what its manifest declares. */
export function refuseRemote(
  manifest: Pick<Manifest, 'roles' | 'duties'>,
  access: RemoteAccess,
  facts: {
    unit: { status: string; kind: string } | undefined;
    quota: { used: number; limit: number };
    /** The account as it is here, if it is. */
    held: { status: string; unitCode: string; role: string } | undefined;
    /** Here it is nobody else's. */
    isHolder: boolean;
  },
): RemoteRefusal | undefined {
  const { unit, quota, held } = facts;
  if (!facts.isHolder) return 'other_person';
  if (held && held.status !== 'active') return 'not_active';
  if (unit?.status !== 'active') return 'unit_unknown';
  const role = manifest.roles.find(({ code }) => code === access.role);
  if (!role) return 'role_unknown';
  const duty = manifest.duties.find(({ code }) => code === access.duty);
  const fits = duty && (duty.unitKinds.length === 0 || duty.unitKinds.includes(unit.kind));
  if (!fits || access.menuRoles.some((each) => !duty.menuRoles.includes(each))) return 'duty_not_allowed';
  const counted =
    held?.unitCode === access.unitCode &&
    manifest.roles.some(({ code, manages }) => code === held.role && manages);
  return role.manages && !counted && quota.used >= quota.limit ? 'manager_quota_full' : undefined;
}
