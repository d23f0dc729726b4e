import type { Locale } from '#kit/http/locale.ts';
import { signInChart } from '../charts/sign-ins.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import { invented } from './invented.ts';

const AT = new Date('2026-11-20T02:15:00Z');
const HOUR = 3_600_000;
/** The deck's own example: from the same hour yesterday to this one. */
const PEOPLE = [
  95, 85, 70, 90, 60, 40, 15, 10, 35, 20, 20, 15, 10, 15, 5, 30, 115, 145, 135, 165, 60, 120, 120, 145, 40,
];

/** The back office: its first page, a list, one account, one unit, a reason asked for, a request and its form. */
export function officeSamples(locale: Locale, frame: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { accounts, person, menuRoles } = invented(locale);
  const { id: acting, unitName: unit } = accounts.mch[0];
  const label = t('業務帳號管理', 'Business accounts');
  const tab = (name: string, current = false) => ({ label: name, url: '#main', current });
  const page: Partial<PageContext> = {
    ...frame,
    office: {
      ...{ reviewUrl: '#main', consoleUrl: '#main', profileUrl: '#main', messagesUrl: '#main' },
      tabs: [tab(t('後台首頁', 'Back office')), tab(t('服務管理', 'Services')), tab(label, true)],
    },
  };
  const place = (title: string) => ({ menu: [], breadcrumb: [label, title], title, path: '#main' });
  const sent = { acting, generation: 1, key: 'key', backUrl: '#main', action: '#main' };
  const facts = [
    { key: 'office.name', text: person },
    { key: 'office.unit', text: unit },
  ];
  const option = (text: string, selected = false) => ({ value: text, label: text, selected });
  const roles = menuRoles.map((role, at) => option(role, at === 0));
  const staff = place(t('人員業務帳號設定', 'Staff accounts'));
  const hours = PEOPLE.map((people, at) => ({ people, hour: new Date(AT.getTime() + (at - 24) * HOUR) }));
  const home = {
    ...place(t('後台首頁', 'Back office')),
    missingKey: '',
    tiles: [
      { key: 'office.tile-accounts', text: '8 / 2 / 6', url: '#main' },
      { key: 'office.tile-reviews', text: '0', url: '#main' },
      { key: 'office.tile-permission-requests', text: t('無', 'None'), url: '#main' },
    ],
    menuRoles,
    chart: signInChart(hours, locale),
  };
  const list = {
    ...staff,
    area: 'office.staff',
    ...{ doneKey: '', refusedKey: '', isNarrowed: false, firstUrl: '', tools: [], exports: [] },
    fields: [
      {
        name: 'account',
        key: 'office.account',
        kind: 'text' as const,
        value: '',
        isFaulty: false,
        options: [],
      },
      {
        ...{ name: 'status', key: 'office.status', kind: 'select' as const, value: '', isFaulty: false },
        options: [option(t('啟用', 'Active'))],
      },
    ],
    columns: ['account', 'name', 'status'].map((name) => ({ key: `office.${name}` })),
    rows: [
      {
        url: '#main',
        cells: [
          { key: 'office.account', text: acting },
          { key: 'office.name', text: person },
          { key: 'office.status', textKey: 'office.status-active', tone: 'success' as const },
        ],
      },
    ],
    nextUrl: '#main',
  };
  const account = {
    ...staff,
    ...sent,
    id: acting,
    ...{
      facts,
      access: facts,
      doneKey: '',
      meanwhile: [],
      lookOnlyKey: '',
      was: '{}',
      reason: '',
      errors: [],
    },
    quota: { key: 'console-rights.quota', used: 2, limit: 3 },
    roles: [{ ...option(t('一般使用者', 'General user'), true), disabled: false }],
    duties: [option(t('醫事機構', 'Medical institution'), true)],
    menus: [{ duty: 'medical', label: t('醫事機構', 'Medical institution'), roles }],
    statuses: [option(t('啟用', 'Active'), true), option(t('停用', 'Disabled'))],
  };
  const reason = [{ field: 'reason', key: 'console.reason-missing' }];
  const oneUnit = {
    ...place(t('單位資料管理', 'Units')),
    ...sent,
    name: unit,
    ...{
      doneKey: '',
      facts,
      contactFacts: facts,
      mayChange: true,
      meanwhile: [],
      endsOn: '',
      mayQualify: true,
      errors: [],
    },
    contact: { version: '1', address: '', phone: '02-55500100', email: 'unit@example.test', reason: '' },
    qualifications: [
      {
        ...{
          label: menuRoles[0] ?? '',
          value: 'a 2026-01-01',
          selected: false,
          valid_from: '2026-01-01',
          valid_to: '',
        },
        ...{ approval_no: 'A-1', basis: t('合約', 'Contract') },
      },
    ],
    typed: { valid_from: '', valid_to: '', approval_no: '', basis: '' },
    menuRoles: roles,
    ...{ contactAction: '#main', qualifyAction: '#main', endAction: '#main' },
  };
  const rights = place(t('系統權限申請/審核', 'System rights requests'));
  const content = t('單位機構龐大，需要第三位管理員。', 'The unit is large and needs a third manager.');
  return [
    { name: 'mch-office', view: 'mch-app/office-home', page, data: home },
    {
      name: 'mch-office-away',
      view: 'mch-app/office-home',
      page,
      data: {
        ...home,
        missingKey: 'office.summary-away',
        tiles: [],
        menuRoles: [],
        chart: signInChart([], locale),
      },
    },
    { name: 'mch-office-list', view: 'mch-app/office-list', page, data: list },
    {
      name: 'mch-office-list-refused',
      view: 'mch-app/office-list',
      page,
      data: { ...list, refusedKey: 'office.refused', rows: [], nextUrl: '' },
    },
    {
      name: 'mch-office-list-none',
      view: 'mch-app/office-list',
      page,
      data: { ...list, rows: [], nextUrl: '' },
    },
    { name: 'mch-office-account', view: 'mch-app/office-account', page, data: account },
    {
      name: 'mch-office-account-changed',
      view: 'mch-app/office-account',
      page,
      data: { ...account, meanwhile: facts, errors: reason },
    },
    {
      name: 'mch-office-account-own',
      view: 'mch-app/office-account',
      page,
      data: { ...account, lookOnlyKey: 'console-rights.refused-own_account' },
    },
    {
      name: 'mch-office-confirm',
      view: 'mch-app/office-confirm',
      page,
      data: {
        ...place(t('業務帳號復權', 'Reinstatement')),
        ...sent,
        ...{ area: 'console-suspended.reinstating', facts, reason: '', errors: reason },
        impossibleKey: 'console-suspended.refused-is_active',
      },
    },
    { name: 'mch-office-unit', view: 'mch-app/office-unit', page, data: oneUnit },
    {
      name: 'mch-office-rights-form',
      view: 'mch-app/office-rights-form',
      page,
      data: {
        ...rights,
        ...sent,
        ...{ isRefused: false, facts, maxContent: 500, menuRoles: roles, candidates: [option(person)] },
        typed: { content, phone: '', email: '' },
        kinds: [{ value: 'extra_manager', key: 'console-permission.kind-extra_manager', selected: true }],
        quota: { used: 2, limit: 2 },
        errors: [{ field: 'target', key: 'console-permission.refused-target_missing' }],
      },
    },
    {
      name: 'mch-office-rights',
      view: 'mch-app/office-rights',
      page,
      data: {
        ...rights,
        ...sent,
        ...{ no: 12, content, facts, doneKey: 'console-permission.done-sent', errors: [] },
        progress: { textKey: 'console-permission.progress-open', tone: 'info' },
        decision: [{ key: 'console-permission.decision', textKey: 'console-permission.decision-submitted' }],
        ...{ reviewUrl: '', withdrawUrl: '#main' },
      },
    },
  ];
}
