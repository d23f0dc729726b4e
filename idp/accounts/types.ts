export type AccountRole = 'user' | 'unit_manager' | 'hpa_admin' | 'platform_ops';

/** A person's one account at the single entry. */
export interface Account {
  id: string;
  personNo: string;
  loginName: string;
  name: string;
  title: string;
  email: string;
  phone: string;
  unitCode: string;
  role: AccountRole;
  status: 'active' | 'disabled';
  expiresAt: Date | null;
  lastSignInAt: Date | null;
}

export type AccountStanding = 'active' | 'account_disabled' | 'account_expired';
