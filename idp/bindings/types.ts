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
}
