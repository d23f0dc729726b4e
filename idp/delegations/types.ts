/** In whose place somebody may review just now. */
export interface Deputyship {
  delegatorAccountId: string;
  delegatorName: string;
}

export interface Delegation {
  id: string;
  delegatorAccountId: string;
  delegatorName: string;
  deputyAccountId: string;
  deputyName: string;
  deputyLoginName: string;
  from: Date;
  until: Date;
  reason: string;
  revokedAt: Date | null;
}

/** A person as the rules ask about them. */
export interface Party {
  accountId: string;
  name: string;
  email: string;
  unitCode: string;
  nationalIdIndex: Uint8Array;
  isActive: boolean;
  isProven: boolean;
  expiresAt: Date | null;
}

export type DelegationRefusal =
  | 'delegator_unavailable'
  | 'deputy_unknown'
  | 'deputy_self'
  | 'deputy_unproven'
  | 'period_missing'
  | 'period_past'
  | 'period_backwards'
  | 'period_too_long'
  | 'period_beyond_own'
  | 'overlaps'
  | 'too_many';
