import type {
  AccessBefore,
  SubsystemRequestEventTable,
  SubsystemRequestTable,
} from '#db/idp/access-tables.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { AccountRole } from '../accounts/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface AccessRequestDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: Pick<ClientRegistry, 'subsystem' | 'list'>;
  config: { issuer: string };
  /** Whether the first may decide in the other's place just now; without it nobody stands in for anybody. */
  mayActFor?: DelegationCheck;
}

export type DelegationCheck = (
  db: Db,
  of: { accountId: string; onBehalfOf: string; now: Date },
) => Promise<boolean>;

/** A new account, or a change of one: its unit, its role, its menu roles, or its end. */
export type RequestKind = 'account' | 'unit' | 'role' | 'menu_roles' | 'disable';
export type RequestStatus = SubsystemRequestTable['status'];
/** What a step of the chain waits for, as manifests name it. */
export type StepCode = 'unit_manager' | 'subsystem_manager' | 'hpa_admin';
/** Who decides a step: the unit's own people, the health bureau of its county, the agency. */
export type Level = 'own' | 'bureau' | 'agency';

/** One request with all that is asked for; for a change, what the account is to be afterwards. */
export interface AccessRequest {
  id: string;
  kind: RequestKind;
  status: RequestStatus;
  accountId: string;
  subsystemCode: string;
  /** The account to be changed; of a new one its id, once there is one. */
  subsystemAccountId: string | null;
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
  fields: Record<string, string[]>;
  before: AccessBefore | null;
  reason: string;
  chain: string[];
  /** Index in the chain of the step that waits. */
  step: number;
  level: Level;
  round: number;
  version: number;
  createdAt: Date;
  submittedAt: Date;
}

/** One's own request, with the name of its unit. */
export interface OwnRequest extends AccessRequest {
  unitName: string;
  unitNameEn: string;
}

/** One turn of a request's life. */
export interface RequestEvent {
  at: Date;
  round: number;
  deed: SubsystemRequestEventTable['deed'];
  /** The step it was at. */
  waitsFor: string | null;
  level: Level | null;
  comment: string;
  actorAccountId: string | null;
  actorName: string | null;
  onBehalfOfName: string | null;
}

export interface ManagedUnit {
  subsystemCode: string;
  unitCode: string;
}

/** Whoever wants to decide. */
export interface Reviewer {
  accountId: string;
  role: AccountRole;
  unitCode: string;
  /** Five digits, of the own unit. */
  county: string;
  /** Where the person's own active, bound, managing subsystem accounts are. */
  managed: ManagedUnit[];
  nationalIdIndex: Uint8Array;
  /** In whose place, while that person is away: an account id. */
  onBehalfOf?: string;
}

/** A reviewer as the database knows them at the moment of the decision. */
export interface ProvenReviewer extends Omit<Reviewer, 'managed' | 'onBehalfOf'> {
  managed: (ManagedUnit & { unitKind: string; county: string })[];
  unitKind: string;
  isActive: boolean;
  /** Somebody else has confirmed the ID number, so that it tells who they are. */
  isProven: boolean;
}

/** Somebody who decides a step, as the applicant may see them. */
export interface ReviewerContact {
  accountId: string;
  name: string;
  phone: string;
  email: string;
  unitName: string;
  unitNameEn: string;
}

export type Decision = 'approve' | 'return';

export type DecisionRefusal =
  | 'reviewer_unavailable'
  | 'reviewer_unproven'
  | 'not_delegated'
  | 'not_responsible'
  | 'own_request'
  | 'already_decided_a_step'
  | 'not_pending'
  | 'changed_meanwhile'
  | 'comment_missing'
  | ApprovalRefusal;

/** What speaks against the thing asked for, whoever decides. */
export type ApprovalRefusal =
  | 'applicant_inactive'
  | 'applicant_unproven'
  | 'subsystem_unavailable'
  | 'unit_closed'
  | 'duty_not_allowed'
  | 'role_unknown'
  | 'menu_role_missing'
  | 'menu_role_not_entitled'
  | 'already_held'
  | 'manager_quota_full'
  | 'account_changed'
  | 'ids_used_up';

export type Decided =
  | { done: true; status: RequestStatus; subsystemAccountId?: string }
  | { done: false; reason: DecisionRefusal | 'not_found' };

/** What a request asks for, in the subsystem's codes. */
export interface Wish {
  kind: RequestKind;
  subsystemCode: string;
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
  fields: Record<string, string[]>;
}
