import type { AccountRole, BindingTable, SubsystemAccountTable } from '../tables.ts';
import type { UnitTable } from '../unit-tables.ts';
import { syntheticNationalId } from './national-id.ts';

/** The demo's people and units. All of it is invented; nobody here exists. */

export const DEMO_PASSWORD = 'Formosa*2026Demo';
/** The password one of `demo.new`'s subsystem accounts had from before, proven when binding it. */
export const DEMO_LOCAL_PASSWORD = 'Subsystem*2026Old';

export const units: (Pick<UnitTable, 'code' | 'name' | 'kind' | 'county' | 'town'> & { nameEn: string })[] = [
  unit('9876543210', '示範醫院', 'Demonstration Hospital', 'hospital', '10017', '10017070'),
  unit('2311170010', '示範衛生所', 'Demonstration Health Station', 'health_station', '10017', '10017070'),
  unit('376570300I', '基隆市衛生局', 'Keelung City Health Bureau', 'health_bureau', '10017', '10017070'),
  unit('A21040000I', '國民健康署', 'Health Promotion Administration', 'national_agency', '63000', '63000060'),
];

export interface DemoSubsystemAccount {
  id: SubsystemAccountTable['id'];
  subsystemCode: string;
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
  fields?: Record<string, unknown>;
  /** The person's own name for it; absent: it exists but the person has not bound it yet. */
  binding?: BindingTable['name'];
  /** It is proven by a password kept here. */
  localPassword?: string;
}

export interface DemoPerson {
  personNo: string;
  loginName: string;
  name: string;
  title: string;
  unitCode: string;
  role: AccountRole;
  nationalId: string;
  /** Base32, public like the password: the demo shows its codes. */
  totpSecret?: string;
  subsystemAccounts: DemoSubsystemAccount[];
}

export const people: DemoPerson[] = [
  {
    personNo: '00000001',
    loginName: 'demo.nurse',
    name: '王示範',
    title: '護理師',
    unitCode: '9876543210',
    role: 'user',
    nationalId: syntheticNationalId('C', 2, 1),
    subsystemAccounts: [
      {
        ...mch('P@00000001P@mbh_01', '9876543210', 'mch_user', 'medical', '示範醫院'),
        menuRoles: ['mi_antenatal', 'mi_hearing_screen', 'mi_nbs_collect'],
      },
      {
        ...mch('P@00000001P@mbh_02', '2311170010', 'mch_user', 'health_station', '衛生所'),
        menuRoles: ['hs_high_risk', 'hs_card', 'hs_child', 'hs_nbs', 'hs_hearing'],
      },
      {
        id: 'P@00000001P@ccs_01',
        subsystemCode: 'cancer',
        unitCode: '9876543210',
        role: 'ccs_user',
        duty: 'medical',
        menuRoles: ['ccs_screening', 'ccs_follow_up'],
        fields: { cancers: ['cervical', 'breast'] },
        binding: '癌篩',
      },
      {
        id: 'P@00000001P@qss_01',
        subsystemCode: 'smoking',
        unitCode: '9876543210',
        role: 'qss_user',
        duty: 'medical',
        menuRoles: ['qss_education'],
        binding: '戒菸',
      },
    ],
  },
  {
    personNo: '00000002',
    loginName: 'demo.manager',
    name: '林示範',
    title: '婦產科組長',
    unitCode: '9876543210',
    role: 'unit_manager',
    nationalId: syntheticNationalId('C', 1, 2),
    totpSecret: 'DEMOMANAGERDEMOMANAGERDEMOMANAGE',
    subsystemAccounts: [
      {
        ...mch('P@00000002P@mbh_01', '9876543210', 'mch_manager', 'medical', '婦幼管理者帳號'),
        menuRoles: [
          ...['mi_antenatal', 'mi_high_risk', 'mi_gbs_lab', 'mi_nbs_collect', 'mi_hearing_screen'],
          ...['mi_nbs_center', 'mi_nbs_confirm', 'mi_hearing_confirm', 'mi_child_health', 'mi_child_confirm'],
        ],
      },
    ],
  },
  {
    personNo: '00000003',
    loginName: 'demo.bureau',
    name: '陳示範',
    title: '科長',
    unitCode: '376570300I',
    role: 'unit_manager',
    nationalId: syntheticNationalId('C', 2, 3),
    totpSecret: 'DEMOBUREAUDEMOBUREAUDEMOBUREAUDE',
    subsystemAccounts: [
      {
        ...mch('P@00000003P@mbh_01', '376570300I', 'mch_manager', 'health_bureau', '衛生局'),
        menuRoles: ['hb_edu', 'hb_gbs', 'hb_high_risk', 'hb_card', 'hb_nbs', 'hb_hearing', 'hb_child'],
      },
    ],
  },
  {
    personNo: '00000004',
    loginName: 'demo.hpa',
    name: '張示範',
    title: '技正',
    unitCode: 'A21040000I',
    role: 'hpa_admin',
    nationalId: syntheticNationalId('A', 1, 4),
    totpSecret: 'DEMOHPADEMOHPADEMOHPADEMOHPADEMO',
    subsystemAccounts: [
      {
        ...mch('P@00000004P@mbh_01', 'A21040000I', 'mch_manager', 'hpa', '國健署'),
        menuRoles: ['hpa_high_risk', 'hpa_card', 'hpa_nbs', 'hpa_hearing', 'hpa_child', 'hpa_system'],
      },
    ],
  },
  {
    personNo: '00000005',
    loginName: 'demo.ops',
    name: '李示範',
    title: '系統工程師',
    unitCode: 'A21040000I',
    role: 'platform_ops',
    nationalId: syntheticNationalId('A', 2, 5),
    totpSecret: 'DEMOOPSDEMOOPSDEMOOPSDEMOOPSDEMO',
    subsystemAccounts: [],
  },
  {
    personNo: '00000006',
    loginName: 'demo.new',
    name: '周示範',
    title: '助產師',
    unitCode: '9876543210',
    role: 'user',
    nationalId: syntheticNationalId('C', 2, 6),
    subsystemAccounts: [
      {
        ...mch('P@00000006P@mbh_01', '9876543210', 'mch_user', 'medical'),
        menuRoles: ['mi_child_health'],
        localPassword: DEMO_LOCAL_PASSWORD,
      },
      {
        id: 'P@00000006P@qss_01',
        subsystemCode: 'smoking',
        unitCode: '9876543210',
        role: 'qss_user',
        duty: 'medical',
        menuRoles: ['qss_education'],
      },
    ],
  },
];

function unit(code: string, name: string, nameEn: string, kind: string, county: string, town: string) {
  return { code, name, nameEn, kind, county, town };
}

function mch(id: string, unitCode: string, role: string, duty: string, binding?: string) {
  return { id, subsystemCode: 'mch', unitCode, role, duty, ...(binding !== undefined && { binding }) };
}
