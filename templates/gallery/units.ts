import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import type { PageContext, Views } from '../views.ts';
import { consolePage } from './console.ts';

const SAYS = {
  'zh-TW': {
    unit: '合成第一醫院',
    other: '合成第二醫院',
    person: '王範例',
    address: '基隆市信義區示範路 1 號',
    kind: '醫院',
    county: '基隆市',
    town: '信義區',
    reason: '依衛生局來文更正',
    subsystem: '婦幼健康整合',
    role: '系統管理員',
  },
  en: {
    unit: 'Synthetic Hospital One',
    other: 'Synthetic Hospital Two',
    person: 'Wang Fan-li',
    address: '1 Example Road, Xinyi, Keelung',
    kind: 'Hospital',
    county: 'Keelung City',
    town: 'Xinyi District',
    reason: 'Corrected as the bureau wrote',
    subsystem: 'MCH',
    role: 'Manager',
  },
};
const AT = new Date(Date.UTC(2026, 10, 20, 1, 30));

/** Units: one of them, the form to change it, merging; imports of the register. */
export function unitSamples(locale: Locale): Sample[] {
  const says = SAYS[locale];
  const page = consolePage(locale, translate(locale, 'console-units.title'));
  const underWay = { url: '#main', by: says.person, at: AT };
  const edit = editing(locale);
  const upload: Views['idp/console-unit-upload'] = {
    action: '#main',
    templateUrl: '#main',
    cancelUrl: '#main',
    megabytes: 192,
    columns: [
      { name: '機構代碼', required: true },
      { name: '地址', required: false },
    ],
    underWay: undefined,
    errors: [],
  };
  const imports: Views['idp/console-unit-imports'] = {
    uploadUrl: '#main',
    underWay: undefined,
    imports: (['applied', 'failed'] as const).map((status, at) => ({
      url: '#main',
      at: AT,
      fileName: 'register.csv',
      by: says.person,
      key: `console-unit-imports.status-${status}`,
      tone: at === 0 ? 'success' : 'error',
      rows: 300_000,
    })),
    olderUrl: '#main',
  };
  const merge = {
    code: '9876543210',
    name: says.unit,
    action: '#main',
    into: '',
    cancelUrl: '#main',
    errors: [],
  };
  const wrong = [{ field: 'into', key: 'unit-refusal.target_unknown' }];
  const previewed = importing(locale);
  const progress = { key: 'console-unit-import.applying', done: 120_000, total: 300_000, percent: 40 };
  return [
    { name: 'console-unit', view: 'idp/console-unit', page, data: unit(locale) },
    {
      name: 'console-unit-new',
      view: 'idp/console-unit',
      page,
      data: { ...unit(locale), managers: [], quotas: [], subsystems: [], history: [], tools: [] },
    },
    { name: 'console-unit-edit', view: 'idp/console-unit-edit', page, data: edit },
    {
      name: 'console-unit-edit-meanwhile',
      view: 'idp/console-unit-edit',
      page,
      data: {
        ...edit,
        errors: [{ field: 'phone', key: 'console-unit-edit.fault-format' }],
        changes: [{ key: 'console-unit.name', before: says.other, after: says.unit }],
      },
    },
    ...entitling(locale, page),
    { name: 'console-unit-merge', view: 'idp/console-unit-merge', page, data: merge },
    {
      name: 'console-unit-merge-wrong',
      view: 'idp/console-unit-merge',
      page,
      data: { ...merge, errors: wrong },
    },
    { name: 'console-unit-imports', view: 'idp/console-unit-imports', page, data: imports },
    {
      name: 'console-unit-imports-none',
      view: 'idp/console-unit-imports',
      page,
      data: { ...imports, imports: [], olderUrl: '', underWay },
    },
    { name: 'console-unit-upload', view: 'idp/console-unit-upload', page, data: upload },
    {
      name: 'console-unit-upload-refused',
      view: 'idp/console-unit-upload',
      page,
      data: {
        ...upload,
        underWay,
        errors: [{ field: 'register', key: 'console-unit-upload.failure-not_csv' }],
      },
    },
    { name: 'console-unit-import', view: 'idp/console-unit-import', page, data: previewed },
    {
      name: 'console-unit-import-working',
      view: 'idp/console-unit-import',
      page,
      // no scripts run here that would ask again
      data: { ...previewed, progress, refreshUrl: '', rows: [], applyUrl: '', cancelUrl: '' },
    },
  ];
}

function unit(locale: Locale): Views['idp/console-unit'] {
  const { unit: name, person, address, kind, county, town, reason, subsystem, role } = SAYS[locale];
  return {
    code: '9876543210',
    name,
    facts: [
      { key: 'console-unit.status', textKey: 'console-units.active', tone: 'success' },
      { key: 'console-unit.kind', text: kind },
      { key: 'console-unit.place', text: `${county} ${town}` },
      { key: 'console-unit.address', text: address },
      { key: 'console-unit.changed', at: AT },
    ],
    people: [
      { key: 'console-unit.active-accounts', text: '12' },
      { key: 'console-unit.waiting', text: '2' },
    ],
    managers: [{ name: person, phone: '02-55500001', email: 'person@example.test' }],
    quotas: [
      { label: translate(locale, 'console-unit.portal'), used: 2, limit: 2 },
      { label: subsystem, used: 3, limit: 2 },
    ],
    subsystems: [{ label: subsystem, role, key: 'console-unit.active', tone: 'success', count: 3 }],
    history: [{ at: AT, who: person, key: 'console-unit.unit-changed', note: reason }],
    tools: ['edit', 'merge', 'close'].map((deed) => ({ key: `console-unit.${deed}`, url: '#main' })),
  };
}

function editing(locale: Locale): Views['idp/console-unit-edit'] {
  const { unit: name, address, kind, county, town, reason } = SAYS[locale];
  return {
    code: '9876543210',
    action: '#main',
    cancelUrl: '#main',
    whole: true,
    version: 3,
    values: { name, nameEn: 'Synthetic', address, phone: '02-55500001', email: '' },
    was: [{ name: 'name', value: name }],
    kinds: [{ value: 'hospital', label: kind, selected: true }],
    towns: [{ county, towns: [{ value: '10017070', label: town, selected: true }] }],
    levels: [{ value: '3', label: '3', selected: true }],
    changes: [],
    reason,
    errors: [],
  };
}

function importing(locale: Locale): Views['idp/console-unit-import'] {
  const { unit: name, other, person } = SAYS[locale];
  const counts = { new: 12, changed: 3, closed: 1, faulty: 2 };
  return {
    facts: [
      {
        key: 'console-unit-import.status',
        textKey: 'console-unit-imports.status-previewed',
        tone: 'warning',
      },
      { key: 'console-unit-import.file', text: 'register.csv' },
      { key: 'console-unit-import.by', text: person },
      { key: 'console-unit-import.at', at: AT },
    ],
    progress: undefined,
    counts: Object.entries(counts).map(([kind, count]) => ({
      key: `console-unit-import.${kind}`,
      count,
      url: '#main',
      current: kind === 'changed',
    })),
    rows: [
      {
        line: 2,
        code: '9876543210',
        name,
        what: [{ label: translate(locale, 'console-unit.name'), before: other, after: name }],
      },
    ],
    shown: { key: 'console-unit-import.changed' },
    nextUrl: '#main',
    firstUrl: '',
    reportUrl: '#main',
    applyUrl: '#main',
    cancelUrl: '#main',
    refreshUrl: '#main',
  };
}

function entitling(locale: Locale, page: Partial<PageContext>): Sample[] {
  const { unit: name, subsystem, reason } = SAYS[locale];
  const typed = { validFrom: '2026-01-01', validTo: '', approvalNo: '', basis: '' };
  const data: Views['idp/console-unit-entitlements'] = {
    name,
    action: '#main',
    endAction: '#main',
    backUrl: '#main',
    entitlements: [
      {
        value: 'mch mi_antenatal 2026-01-01',
        label: subsystem,
        ...typed,
        approvalNo: '115-001',
        basis: reason,
      },
    ],
    choices: [{ value: 'mch mi_antenatal', label: subsystem, selected: false }],
    typed,
    errors: [],
  };
  const errors = [{ field: 'valid_to', key: 'console-unit-entitlements.fault-before' }];
  const view = 'idp/console-unit-entitlements';
  return [
    { name: 'console-unit-entitlements', view, page, data },
    { name: 'console-unit-entitlements-none', view, page, data: { ...data, entitlements: [], errors } },
  ];
}
