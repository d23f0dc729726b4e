import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { taipeiDay } from '#kit/clock.ts';
import type { OpAccount } from './fake-op.ts';
import { HOSPITAL, LAB_UNIT, type Mch } from './mch.ts';
import type { Page, Visitor } from './visitor.ts';

export const LAB: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000002P@mbh_01',
  unit: LAB_UNIT,
  menu_roles: ['mi_gbs_lab'],
};
export const BUREAU: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000003P@mbh_01',
  unit: { code: '376570300I', name: '示範衛生局', kind: 'health_bureau', county: '10017', town: '10017010' },
  duty: 'health_bureau',
  menu_roles: ['hb_gbs'],
};
export const FARAWAY: OpAccount = {
  ...BUREAU,
  id: 'P@00000004P@mbh_01',
  unit: { ...BUREAU.unit, code: '376410000A', county: '10002', town: '10002010' },
};

export const MANAGER: OpAccount = { ...HOSPITAL, id: 'P@00000005P@mbh_01', role: 'mch_manager' };
export const AGENCY: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000006P@mbh_01',
  unit: {
    code: 'A21030000I',
    name: '示範國健署',
    kind: 'national_agency',
    county: '63000',
    town: '63000010',
  },
  duty: 'hpa',
  menu_roles: ['hpa_system'],
};
export const MAINTENANCE: OpAccount = {
  ...AGENCY,
  id: 'P@00000007P@mbh_01',
  duty: 'maintenance',
  menu_roles: ['ops_change'],
};

/** Somebody who has signed in as this account; every account is another person's. */
export async function actingAs(mch: Mch, account: OpAccount): Promise<Visitor> {
  mch.op.accounts = [account];
  mch.op.acting = account.id;
  mch.op.sub = `sub-${account.id}`;
  return mch.nurse();
}

export const today = taipeiDay(new Date());
export const later = (days: number): string => taipeiDay(new Date(Date.now() + days * 86_400_000));

export const SPECIMENS = '/maternal/gbs/specimens';

export const mother = (serial: number) => ({
  id_type: 'national_id',
  id_no: syntheticNationalId('A', 2, serial),
  name: `測試孕婦${serial}`,
  birth_date: '1995-05-05',
  mobile: '0912-345678',
  residence_town: '10017020',
  edc: later(30),
});
export const specimen = (serial: number) => ({
  ...mother(serial),
  sample_date: today,
  gest_days: '36.1',
  lab_unit: LAB.unit.code,
  citizen_basis: 'citizen',
});

export const send = (
  visitor: Visitor,
  path: string,
  account: OpAccount,
  form: Record<string, string>,
): Promise<Page> => visitor.go(path, { form: { acting: account.id, ...form } });
