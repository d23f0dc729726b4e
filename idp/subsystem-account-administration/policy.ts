import { type Reach, reachesSubsystem } from '../permissions/index.ts';
import type { AccessForm, AdministeredAccount } from './types.ts';

export type AdministrationRefusal =
  'own_account' | 'out_of_reach' | 'other_manager' | 'is_pending' | 'is_suspended';

/** Whoever administers, with what tells their own accounts. */
export interface Administrator {
  accountId: string;
  nationalIdIndex: Uint8Array;
}

/**
 * P-50, F4: why somebody may only look at a subsystem account; nothing when they may change it. Nobody administers
 * themselves under any of their accounts, and other managers are the national administration's affair.
 */
export function administrationRefusal(
  actor: Administrator,
  reach: Reach,
  account: Pick<
    AdministeredAccount,
    'accountId' | 'nationalIdIndex' | 'subsystemCode' | 'unitCode' | 'status'
  >,
  manages: boolean,
): AdministrationRefusal | undefined {
  if (!reachesSubsystem(reach, account.subsystemCode, account.unitCode)) return 'out_of_reach';
  if (account.accountId === actor.accountId) return 'own_account';
  if (isSame(account.nationalIdIndex, actor.nationalIdIndex)) return 'own_account';
  if (manages && !reach.nation) return 'other_manager';
  if (account.status === 'pending') return 'is_pending';
  return account.status === 'suspended' ? 'is_suspended' : undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export type AccessRefusal =
  'role_unknown' | 'not_grantable' | 'manager_quota_full' | 'duty_unknown' | 'menu_role_unknown';

/** What one unit may give at a subsystem, and how many managers it has. */
export interface AccessFacts {
  roles: readonly { code: string; manages: boolean }[];
  /** Duties of the unit's kind, each with the menu roles that the unit is entitled to. */
  duties: readonly { code: string; menuRoles: readonly string[] }[];
  quota: { used: number; limit: number };
  /** Whether the caller manages there too: nobody makes a manager who is none (F4). */
  mayMakeManagers: boolean;
}

/** P-51: why the account may not be given this access; the field that says so. */
export function accessRefusal(
  before: Pick<AdministeredAccount, 'role' | 'status'>,
  form: AccessForm,
  facts: AccessFacts,
): { field: 'role' | 'duty' | 'menu_role'; reason: AccessRefusal } | undefined {
  const manages = (code: string): boolean => facts.roles.some((role) => role.code === code && role.manages);
  if (!facts.roles.some(({ code }) => code === form.role)) return { field: 'role', reason: 'role_unknown' };
  const counted = manages(before.role) && before.status !== 'disabled';
  const counts = manages(form.role) && form.status === 'active';
  if (manages(form.role) && !manages(before.role) && !facts.mayMakeManagers) {
    return { field: 'role', reason: 'not_grantable' };
  }
  if (counts && !counted && facts.quota.used >= facts.quota.limit) {
    return { field: 'role', reason: 'manager_quota_full' };
  }
  const duty = facts.duties.find(({ code }) => code === form.duty);
  if (!duty) return { field: 'duty', reason: 'duty_unknown' };
  const strange = form.menuRoles.some((role) => !duty.menuRoles.includes(role));
  return strange ? { field: 'menu_role', reason: 'menu_role_unknown' } : undefined;
}
