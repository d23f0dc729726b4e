import type { AccountRole } from '../accounts/index.ts';
import { type ConsoleCaller, type Reach, reachesUnit } from '../permissions/index.ts';

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
