import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { RequestRow } from '../views/access-requests.ts';
import { invented } from './invented.ts';

/** The pages on which somebody asks for a subsystem account or for a change of one. */
export function accessRequestSamples(locale: Locale): Sample[] {
  const { systems, accounts, person } = invented(locale);
  const pick = (zh: string, en: string): string => (locale === 'en' ? en : zh);
  const page = { signedIn: { name: person, signOutUrl: '#main' } };
  const [first] = accounts.mch;
  if (!first) throw new Error('the invented world has accounts');
  const unit = { code: first.unitCode, name: first.unitName };
  const at = new Date('2026-11-20T08:30:05+08:00');
  const row = (over: Partial<RequestRow> = {}): RequestRow => ({
    subsystem: systems.mch,
    kind: { key: 'access-requests.kind-account' },
    state: { key: 'access-requests.waits-subsystem_manager', kind: 'info' },
    unit,
    roleLabel: first.roleLabel,
    requestedAt: at,
    address: '#main',
    ...over,
  });
  const returned = { key: 'access-requests.state-returned', kind: 'warning' as const };
  const reviewer = { name: pick('林示範', 'Lin Demo'), phone: '02-55500100#12', unit: unit.name };
  const turn = (deed: string, who = '', comment = '') => ({
    at,
    key: `access-requests.event-${deed}`,
    who,
    instead: who === '' ? '' : pick('陳示範', 'Chen Demo'),
    comment,
  });
  const steps = (['system', 'unit', 'details'] as const).map((step, place) => ({
    key: `access-requests.step-new-${step}`,
    state: (['done', 'done', 'current'] as const)[place] ?? ('open' as const),
    url: '#main',
  }));
  const option = (value: string, label: string, selected = false) => ({ value, label, selected });
  const choice = {
    ...systems.mch,
    roles: [
      option('mch_user', pick('一般使用者', 'General user'), true),
      option('mch_manager', pick('系統管理員', 'Manager')),
    ],
    duties: [
      {
        ...option('medical', pick('醫事機構', 'Medical institution'), true),
        menuRoles: [
          option('mi_antenatal', pick('產檢院所', 'Antenatal care'), true),
          option('mi_high_risk', pick('高風險孕產婦管理醫療院所', 'High-risk pregnancy care')),
        ],
      },
    ],
    fields: [],
  };
  const facts = [{ key: 'access-requests.fact-unit', value: `${unit.code}-${unit.name}` }];
  const details = {
    steps,
    errors: [],
    title: { key: 'access-requests.details-title' },
    lead: { key: 'access-requests.details-lead' },
    action: '#form',
    hidden: [],
    subsystem: systems.mch,
    facts,
    choice,
    quota: { used: 1, limit: 2, isFull: false },
    asksReason: false,
    reason: '',
    returned: '',
    backUrl: '#main',
  };
  const request = {
    ...row(),
    reason: '',
    facts,
    changes: [],
    chain: [
      { key: 'access-requests.step-unit_manager', state: 'done' as const },
      { key: 'access-requests.step-subsystem_manager', state: 'current' as const },
    ],
    reviewers: [reviewer],
    history: [turn('submitted'), turn('approved', reviewer.name, pick('資料相符', 'Particulars agree'))],
    correctUrl: '',
    withdrawUrl: '#main',
    backUrl: '#main',
  };
  const picker = {
    searchUrl: '#form',
    action: '#form',
    method: 'get' as const,
    hidden: [{ name: 'system', value: 'mch' }],
    query: unit.code,
    counties: [option('10017', pick('基隆市', 'Keelung City'), true)],
    towns: [option('10017070', pick('信義區', 'Xinyi District'), true)],
    searched: true,
    units: [{ ...unit, selected: true }],
    more: false,
  };
  const changeable = {
    id: first.id,
    subsystem: systems.mch,
    name: first.binding,
    unit,
    roleLabel: first.roleLabel,
    pendingUrl: '',
    deeds: ['unit', 'role', 'menu_roles', 'disable'].map((kind) => ({
      key: `access-requests.kind-${kind}`,
      url: '#main',
    })),
  };
  return [
    {
      name: 'access-requests',
      view: 'idp/access-requests',
      page,
      data: {
        newUrl: '#main',
        open: [row(), row({ subsystem: systems.cancer, state: returned })],
        ended: [row({ state: { key: 'access-requests.state-approved', kind: 'success' } })],
      },
    },
    {
      name: 'access-requests-none',
      view: 'idp/access-requests',
      page,
      data: { newUrl: '#main', open: [], ended: [] },
    },
    { name: 'access-request', view: 'idp/access-request', page, data: request },
    {
      name: 'access-request-change',
      view: 'idp/access-request',
      page,
      data: {
        ...request,
        ...row({ kind: { key: 'access-requests.kind-menu_roles' }, state: returned }),
        reason: pick('承辦業務調整', 'Other work'),
        changes: [
          {
            key: 'access-requests.fact-menu_roles',
            before: pick('產檢院所', 'Antenatal care'),
            after: pick('產檢院所、聽力篩檢醫事機構', 'Antenatal care, hearing screening'),
          },
        ],
        correctUrl: '#main',
      },
    },
    {
      name: 'access-request-system',
      view: 'idp/access-request-system',
      page,
      data: {
        steps,
        errors: [{ field: 'system', key: 'access-requests.system-required' }],
        action: '#form',
        systems: [systems.mch, systems.cancer, systems.smoking].map((each) => ({ ...each, selected: false })),
      },
    },
    {
      name: 'access-request-unit',
      view: 'idp/access-request-unit',
      page,
      data: {
        steps,
        errors: [],
        title: pick('選擇業務子系統單位', 'Choose the unit'),
        lead: pick('選擇所屬的單位。', 'The unit you belong to.'),
        picker,
      },
    },
    { name: 'access-request-details', view: 'idp/access-request-details', page, data: details },
    {
      name: 'access-request-refused',
      view: 'idp/access-request-details',
      page,
      data: {
        ...details,
        steps: [],
        errors: [
          { field: '', key: 'access-requests.refused-manager_quota_full' },
          { field: 'reason', key: 'access-requests.reason-required' },
        ],
        title: { key: 'access-requests.kind-role' },
        lead: { key: 'access-requests.change-lead-role' },
        choice: { ...choice, duties: [] },
        quota: { used: 2, limit: 2, isFull: true },
        asksReason: true,
        returned: pick('請說明業務需要', 'Say what for'),
      },
    },
    {
      name: 'access-changes',
      view: 'idp/access-changes',
      page,
      data: { accounts: [changeable, { ...changeable, id: `${first.id}x`, pendingUrl: '#main', deeds: [] }] },
    },
    { name: 'access-changes-none', view: 'idp/access-changes', page, data: { accounts: [] } },
  ];
}
