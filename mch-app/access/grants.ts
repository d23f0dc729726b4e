import type { FunctionPath } from './functions.ts';
import { type Grant as AnyGrant, RIGHTS, type Right } from './types.ts';

/** Here only places of the central tree are named; a misspelt one does not compile. */
type Grant = AnyGrant & { path: FunctionPath };

/** Full work of the own unit; with `parts`, only on those functions of the group. */
const full = (group: FunctionPath, ...parts: string[]) => grants(['R', 'C', 'S', 'X', 'I'], group, parts);
/** Reads the group, keeps tracking records in `part`. */
const track = (group: FunctionPath, part: string) => [
  ...read(group),
  ...grants(['R', 'C', 'S'], group, [part]),
];
/** Reviews and approves; with `parts` only there, reading and exporting the rest. */
const review = (group: FunctionPath, ...parts: string[]) => [
  ...grants(['R', 'X'], group, []),
  ...grants(['R', 'V', 'X'], group, parts),
];
const read = (group: FunctionPath) => grants(['R'], group, []);

function grants(rights: readonly Right[], group: FunctionPath, parts: string[]): Grant[] {
  if (parts.length === 0) return [{ path: group, rights }];
  return parts.map((part) => ({ path: `${group}/${part}` as FunctionPath, rights }));
}

/** What every account may do. */
export const EVERYONE: Grant[] = [
  ...read('common'),
  { path: 'common/change-requests/entry', rights: ['R', 'C', 'S'] },
];

/** What a role of the manifest adds, within the own unit. */
export const ROLE_GRANTS: Record<string, Grant[]> = {
  mch_user: [],
  mch_manager: [
    { path: 'admin/dashboard', rights: ['R'] },
    { path: 'admin/service', rights: ['R', 'C', 'V', 'U', 'X'] },
    { path: 'admin/accounts', rights: ['R', 'C', 'V', 'X'] },
  ],
};

/** Bureaus have a say in the change requests of their county, whatever they do there. */
const CHANGES: Grant = { path: 'admin/service/change-review', rights: ['R', 'V'] };

/** What each menu role of the manifest adds. */
export const MENU_ROLE_GRANTS: Record<string, Grant[]> = {
  mi_high_risk: full('maternal/high-risk'),
  // a laboratory reads the specimens sent to it
  mi_gbs_lab: [...full('maternal/gbs', 'results', 'import'), ...read('maternal/gbs/specimens')],
  mi_antenatal: [
    ...full('maternal/antenatal-education'),
    ...full('maternal/gbs', 'specimens', 'positives', 'reconciliation', 'statistics'),
    // whoever took a specimen reads what was found in it, and follows it up
    ...read('maternal/gbs/results'),
    ...full('maternal/subsidy', 'services', 'claims'),
    ...full('maternal/gdm-anemia'),
    ...full('maternal/special-antenatal', 'applications', 'statistics'),
  ],
  mi_child_health: [
    ...full('child/preventive-care', 'exams', 'exam-import', 'referrals', 'claims'),
    ...full('child/preventive-care', 'development', 'development-import'),
    // a clinic reads what was found of the children it sent on
    ...read('child/preventive-care/diagnoses'),
  ],
  // whoever took a specimen reads what was found in it; both who took it and who examined it refer
  mi_nbs_collect: [
    ...full('child/newborn-screening', 'births', 'birth-import', 'specimens', 'specimen-import'),
    ...full('child/newborn-screening', 'repeat', 'diagnosis/referrals'),
    ...grants(['R', 'X'], 'child/newborn-screening', ['sending']),
    ...grants(['R'], 'child/newborn-screening', ['lab', 'diagnosis/results']),
  ],
  mi_nbs_center: [
    ...full('child/newborn-screening', 'lab', 'diagnosis/referrals'),
    ...grants(['R', 'X'], 'child/newborn-screening', ['sending']),
    ...grants(['R'], 'child/newborn-screening', ['specimens', 'repeat', 'diagnosis/results']),
  ],
  // who confirms reads the referral, and what was found; referring is for whoever has the laboratory's report
  mi_nbs_confirm: [
    ...full('child/newborn-screening', 'diagnosis/results'),
    ...grants(['R', 'X'], 'child/newborn-screening', ['diagnosis/referrals']),
  ],
  mi_hearing_screen: [
    ...full('child/hearing', 'screening', 'import'),
    ...grants(['R', 'X'], 'child/hearing', ['unscreened', 'undiagnosed']),
  ],
  mi_hearing_confirm: [
    ...full('child/hearing', 'diagnosis'),
    ...grants(['R', 'X'], 'child/hearing', ['undiagnosed']),
    // the confirming hospital reads the screenings referred to it
    ...read('child/hearing/screening'),
  ],
  mi_genetic_sample: full('genetic/data'),
  mi_genetic_lab: [...full('genetic/lab'), ...full('genetic/reports')],
  // a hospital reads the referrals sent to it
  mi_child_confirm: [
    ...full('child/preventive-care', 'diagnoses', 'claims'),
    ...read('child/preventive-care/referrals'),
  ],
  mi_preterm: full('child/preterm'),
  mi_fertility_care: full('maternal/subsidy', 'contraception'),

  hb_edu: [...review('maternal/antenatal-education'), ...read('maternal/special-antenatal'), CHANGES],
  hb_gbs: [...review('maternal/gbs'), CHANGES],
  // a bureau assigns cases to units of its county
  hb_high_risk: [
    ...review('maternal/high-risk'),
    ...grants(['C', 'S'], 'maternal/high-risk', ['transfer-close']),
    CHANGES,
  ],
  hb_card: [...review('maternal/health-card'), CHANGES],
  hb_subsidy: [...review('maternal/subsidy'), CHANGES],
  hb_nbs: [...review('child/newborn-screening'), CHANGES],
  hb_hearing: [...review('child/hearing'), CHANGES],
  hb_child: [
    ...review('child/preventive-care', 'tracking-approval'),
    ...grants(['C', 'S'], 'child/preventive-care', ['tracking']),
    CHANGES,
  ],
  hb_assess: [...review('child/joint-assessment'), ...read('child/assessment-visits'), CHANGES],
  hb_genetic: [...review('genetic'), CHANGES],
  hb_fertility: [...review('maternal/special-fertility'), CHANGES],
  hb_gdm: [...read('maternal/gdm-anemia'), CHANGES],
  hb_preterm: [...review('child/preterm'), CHANGES],

  hs_high_risk: track('maternal/high-risk', 'contacts'),
  hs_card: full('maternal/health-card'),
  hs_subsidy: full('maternal/subsidy', 'applications', 'vouchers'),
  hs_fertility: full('maternal/special-fertility', 'new-immigrant', 'cases', 'guidance', 'statistics'),
  hs_nbs: track('child/newborn-screening', 'tracking'),
  hs_hearing: track('child/hearing', 'tracking'),
  hs_child: track('child/preventive-care', 'tracking'),
  hs_preterm: track('child/preterm', 'contacts'),

  hpa_edu: review('maternal/antenatal-education'),
  hpa_gbs: read('maternal/gbs'),
  hpa_high_risk: read('maternal/high-risk'),
  hpa_card: read('maternal/health-card'),
  hpa_subsidy: review('maternal/subsidy', 'payments'),
  hpa_fertility: [
    ...read('maternal/special-fertility'),
    ...grants(['R', 'V', 'X'], 'maternal/special-fertility', ['supervision']),
  ],
  hpa_gdm: review('maternal/gdm-anemia'),
  hpa_special: review('maternal/special-antenatal'),
  hpa_nbs: read('child/newborn-screening'),
  hpa_hearing: read('child/hearing'),
  hpa_child: [
    ...read('child/preventive-care'),
    ...grants(['R', 'V', 'X'], 'child/preventive-care', ['claims']),
  ],
  hpa_assess: review('child/joint-assessment'),
  hpa_visit: review('child/assessment-visits'),
  hpa_genetic: read('genetic'),
  hpa_preterm: read('child/preterm'),
  hpa_system: [{ path: 'admin', rights: RIGHTS }],

  // a centre reads the referrals sent to it
  ac_assess: [...full('child/joint-assessment'), ...read('child/preventive-care/referrals')],
  ac_visit: full('child/assessment-visits', 'self-eval', 'improvements'),
  po_visit: full('child/assessment-visits', 'records'),
  po_preterm: read('child/preterm'),
  // what it wrote itself
  ops_change: [
    { path: 'admin/service/change-review', rights: ['R', 'C', 'V', 'U'] },
    { path: 'admin/content', rights: ['R', 'C'] },
  ],
};
