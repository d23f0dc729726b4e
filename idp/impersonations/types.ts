import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export type ImpersonationStatus =
  'requested' | 'approved' | 'refused' | 'withdrawn' | 'lapsed' | 'running' | 'ended';

/** Why it is over. */
export type ImpersonationEnd =
  'operator' | 'approver' | 'person' | 'time' | 'signed_out' | 'right_lost' | 'account_lost';

export interface Impersonation {
  id: string;
  operatorAccountId: string;
  operatorName: string;
  operatorLoginName: string;
  /** Whose account is used. */
  accountId: string;
  personName: string;
  personLoginName: string;
  personEmail: string;
  subsystemAccountId: string;
  subsystemCode: string;
  clientId: string;
  reason: string;
  ticket: string;
  minutes: number;
  status: ImpersonationStatus;
  requestedAt: Date;
  decidedBy: string | null;
  deciderName: string | null;
  decidedAt: Date | null;
  comment: string;
  codeUntil: Date | null;
  signIn: { acr: string; amr: string[]; at: number } | null;
  sessionUid: string | null;
  begunAt: Date | null;
  endsAt: Date | null;
  endedAt: Date | null;
  endedByName: string | null;
  endCause: string | null;
}

/** Whoever asks or approves, as the rules ask about them. */
export interface Helper {
  accountId: string;
  role: string;
  nationalIdIndex: Uint8Array;
  isActive: boolean;
  /** Their ID number is not one they changed themselves and nobody has confirmed since. */
  isProven: boolean;
}

/** Whose account it is, and the account itself. */
export interface Subject extends Helper {
  /** Manages anything anywhere by a subsystem account. */
  manages: boolean;
  subsystemAccountId: string;
  subsystemCode: string;
  /** Active and bound. */
  isUsable: boolean;
}

/** Where it would be: undefined when the subsystem does not permit it just now. */
export interface Place {
  clientId: string;
  entry: string;
}

export type SubjectRefusal =
  | 'not_permitted'
  | 'number_unproven'
  | 'account_unavailable'
  | 'own_account'
  | 'protected_account'
  | 'not_permitted_there';

export type ImpersonationRefusal =
  SubjectRefusal | 'not_pending' | 'own_request' | 'approver_lost' | 'running_already' | 'not_yours';

export interface ImpersonationDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  config: { issuer: string };
}
