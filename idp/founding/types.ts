import type { AccountRole } from '../accounts/index.ts';

export interface FoundingUnit {
  code: string;
  name: string;
  nameEn: string;
  county: string;
  town: string;
}

export interface Founder {
  loginName: string;
  name: string;
  title: string;
  email: string;
  mobile: string;
  nationalId: string;
  role: Extract<AccountRole, 'hpa_admin' | 'platform_ops'>;
}

export interface Founding {
  unit: FoundingUnit;
  people: Founder[];
}

export type FoundingRefusal = 'administrator_there' | 'login_name_taken' | 'unit_is_no_agency';

export type FoundingOutcome =
  | { founded: true; passwords: { loginName: string; password: string }[] }
  | { founded: false; reason: FoundingRefusal };
