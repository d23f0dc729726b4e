import type { Localized } from '../subsystems/index.ts';

/** A subsystem account its person may act as from here, under the person's own name for it. */
export interface BoundAccount {
  id: string;
  subsystemCode: string;
  binding: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  role: string;
  roleLabel: Localized;
  duty: string;
  dutyLabel: Localized;
  menuRoles: string[];
  /** The authentication context its role asks for; undefined when a password is enough. */
  requiredAcr: string | undefined;
  lastUsedAt: Date | undefined;
  favourite: boolean;
  /** How much work the subsystem says waits there; undefined when it says nothing. */
  waiting: number | undefined;
  /** When the subsystem said so. */
  waitingAt: Date | undefined;
}

/** A row of the person's own list, whether it can be acted as just now or not. */
export interface OwnBinding {
  id: string;
  subsystemCode: string;
  binding: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  role: string;
  /** Of the account itself; `unavailable` when its whole subsystem is. */
  status: 'pending' | 'active' | 'disabled' | 'suspended' | 'unavailable';
  lastUsedAt: Date | undefined;
  favourite: boolean;
}

/** An account that is the person's already, but without a binding. */
export interface UnboundAccount {
  id: string;
  subsystemCode: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
}

/** A subsystem account somebody wants to bind, as the decision needs it. */
export interface BindingTarget {
  id: string;
  subsystemCode: string;
  subsystemActive: boolean;
  status: 'pending' | 'active' | 'disabled' | 'suspended';
  /** The same ID number as the account that asks. */
  samePerson: boolean;
  /** To whom it is bound, and under which name. */
  binding: { accountId: string; name: string } | undefined;
  /**
   * What proves it: the password kept for it, or, for an account the person owned before and that has none,
   * the person's own password here.
   */
  proof: { kind: 'local' | 'own'; hash: string } | undefined;
}
