import type { AccountRole, AccountStanding } from '../accounts/index.ts';
import { type ConsoleCaller, type Reach, reachesUnit } from '../permissions/index.ts';
import type { DeedName } from './types.ts';

/** Whose accounts each role administers, apart from its own. */
const ADMINISTERS: Record<AccountRole, readonly AccountRole[]> = {
  user: [],
  unit_manager: ['user'],
  hpa_admin: ['user', 'unit_manager', 'hpa_admin'],
  platform_ops: ['user', 'unit_manager', 'platform_ops'],
};

/** Which roles each role may give (F4): never one with rights it does not hold itself. */
const GRANTS: Record<AccountRole, readonly AccountRole[]> = {
  user: [],
  unit_manager: ['user'],
  hpa_admin: ['user', 'unit_manager', 'hpa_admin'],
  platform_ops: ['user', 'platform_ops'],
};

type Actor = Pick<ConsoleCaller, 'accountId' | 'role'>;

export type AdministrationRefusal = 'own_account' | 'role_out_of_reach' | 'unit_out_of_reach';

/** P-44, F4: why somebody may only look at an account; nothing when they may change it. */
export function administrationRefusal(
  actor: Actor,
  reach: Reach,
  account: { id: string; role: AccountRole; unitCode: string },
): AdministrationRefusal | undefined {
  if (account.id === actor.accountId) return 'own_account';
  if (!reachesUnit(reach, account.unitCode)) return 'unit_out_of_reach';
  return ADMINISTERS[actor.role].includes(account.role) ? undefined : 'role_out_of_reach';
}

/** The roles somebody may give to others. */
export function grantableRoles(role: AccountRole): readonly AccountRole[] {
  return GRANTS[role];
}

export type DeedRefusal =
  | AdministrationRefusal
  | 'not_active'
  | 'is_active'
  | 'is_stopped'
  | 'last_manager'
  | 'last_of_role'
  | 'not_locked'
  | 'no_factor'
  | 'no_session'
  | 'too_many_links';

/** What decides whether a deed may be done to an account. */
export interface DeedFacts {
  standing: AccountStanding;
  /** Others who can act in the account's role: managers of its unit, the rest anywhere. */
  otherHolders: number;
  isLocked: boolean;
  factors: number;
  sessions: number;
  hasLinksEnough: boolean;
  /** Stopped in an emergency: only the emergency's own deed lets the person back in. */
  isStopped: boolean;
}

/** P-44, SM-10, D21, F5: why a deed may not be done to an account the caller administers. */
export function deedRefusal(
  deed: DeedName,
  account: { role: AccountRole; status: 'active' | 'disabled' },
  facts: DeedFacts,
): DeedRefusal | undefined {
  switch (deed) {
    case 'disabling':
      return account.status === 'active' ? lastHolderRefusal(account.role, facts.otherHolders) : 'not_active';
    case 'enabling':
      if (account.status !== 'disabled') return 'is_active';
      return facts.isStopped ? 'is_stopped' : undefined;
    case 'unlocking':
      return facts.isLocked ? undefined : 'not_locked';
    case 'password-reset':
      if (facts.standing !== 'active') return 'not_active';
      return facts.hasLinksEnough ? 'too_many_links' : undefined;
    case 'factor-reset':
      return facts.factors === 0 ? 'no_factor' : undefined;
    case 'sign-out':
      return facts.sessions === 0 ? 'no_session' : undefined;
  }
}

/** F5: whoever is the last in a role keeps it, and stays. */
export function lastHolderRefusal(
  role: AccountRole,
  otherHolders: number,
): 'last_manager' | 'last_of_role' | undefined {
  if (role === 'user' || otherHolders > 0) return undefined;
  return role === 'unit_manager' ? 'last_manager' : 'last_of_role';
}

export type RoleRefusal =
  | AdministrationRefusal
  | 'not_grantable'
  | 'same_role'
  | 'not_active'
  | 'last_manager'
  | 'last_of_role'
  | 'manager_quota_full';

export interface RoleFacts {
  otherHolders: number;
  /** Managers that the unit has, and may have. */
  managers: { used: number; limit: number };
}

/** F4, F5: why the account may not be given the role. */
export function roleRefusal(
  actor: Actor,
  account: { role: AccountRole; status: 'active' | 'disabled' },
  role: AccountRole,
  facts: RoleFacts,
): RoleRefusal | undefined {
  if (!GRANTS[actor.role].includes(role)) return 'not_grantable';
  if (role === account.role) return 'same_role';
  if (account.status !== 'active') return 'not_active';
  const last = lastHolderRefusal(account.role, facts.otherHolders);
  if (last) return last;
  const isFull = facts.managers.used >= facts.managers.limit;
  return role === 'unit_manager' && isFull ? 'manager_quota_full' : undefined;
}

export type MoveRefusal =
  | AdministrationRefusal
  | 'same_unit'
  | 'unit_unknown'
  | 'unit_closed'
  | 'last_manager'
  | 'manager_quota_full'
  | 'already_in_unit';

/** F3, F5: why the account may not move; whoever moves it has rights on the unit it leaves and on the other. */
export function moveRefusal(
  reach: Reach,
  account: { role: AccountRole; unitCode: string },
  target: { code: string; status: 'active' | 'closed' } | undefined,
  facts: RoleFacts & { isThereAlready: boolean },
): MoveRefusal | undefined {
  if (!target) return 'unit_unknown';
  if (!reachesUnit(reach, target.code)) return 'unit_out_of_reach';
  if (target.code === account.unitCode) return 'same_unit';
  if (target.status !== 'active') return 'unit_closed';
  if (facts.isThereAlready) return 'already_in_unit';
  if (account.role !== 'unit_manager') return undefined;
  if (facts.otherHolders === 0) return 'last_manager';
  return facts.managers.used >= facts.managers.limit ? 'manager_quota_full' : undefined;
}
