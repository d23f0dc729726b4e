import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface PermissionRequestDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  config: { issuer: string };
}

/** One manager more than the quota, or a menu role the unit does not have. */
export type PermissionKind = 'extra_manager' | 'menu_role';
export type PermissionStatus = 'submitted' | 'allowed' | 'refused' | 'withdrawn';

/** What is asked for. */
export interface PermissionWish {
  kind: PermissionKind;
  subsystemCode: string;
  unitCode: string;
  /** The subsystem account to become a manager. */
  targetId: string | null;
  menuRole: string | null;
  content: string;
  phone: string;
  email: string;
}

export interface PermissionRequest extends PermissionWish {
  id: string;
  /** As people call it. */
  no: number;
  status: PermissionStatus;
  applicantAccountId: string;
  applicantName: string;
  unitName: string;
  unitNameEn: string;
  createdAt: Date;
  decidedAt: Date | null;
  deciderName: string | null;
  reason: string;
}

/** Somebody as the rules ask about them. */
export interface Party {
  accountId: string;
  role: string;
  nationalIdIndex: Uint8Array;
  isActive: boolean;
  isProven: boolean;
}

/** A subsystem account that may become a manager. */
export interface Candidate {
  id: string;
  accountId: string;
  holderName: string;
  subsystemCode: string;
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
  nationalIdIndex: Uint8Array;
  isActive: boolean;
}

export type SubmissionRefusal =
  | 'not_permitted'
  | 'content_missing'
  | 'target_missing'
  | 'target_unsuitable'
  | 'role_missing'
  | 'role_unknown'
  | 'already_entitled'
  | 'already_requested';

export type DecisionRefusal =
  | 'not_found'
  | 'not_pending'
  | 'decider_unavailable'
  | 'decider_unproven'
  | 'own_request'
  | 'reason_missing'
  | 'subsystem_unavailable'
  | 'unit_closed'
  | 'target_unsuitable'
  | 'role_unknown'
  | 'already_entitled';
