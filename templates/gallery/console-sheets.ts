import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import { keys, readiness } from './console-checks.ts';
import { consolePage } from './console.ts';
import { invented } from './invented.ts';

const WORDS = {
  'zh-TW': { name: '癌症篩檢追蹤系統', why: '新年度業務調整', person: '張示範' },
  en: { name: 'Cancer Screening', why: 'Changes for the new year', person: 'Chang Shih-fan' },
};
const at = (day: number): Date => new Date(Date.UTC(2026, 10, day, 1, 30));

/** Pages of the console about one thing: subsystems, their manifests, secrets and checks; keys; emergencies. */
export function consoleSheetSamples(locale: Locale): Sample[] {
  const { name, why } = WORDS[locale];
  const page = consolePage(locale, translate(locale, 'console-subsystems.title'));
  const alarmed = {
    ...page,
    console: {
      ...(page.console ?? { menu: [], crumbs: [], unitLabel: '' }),
      alarms: [
        { key: 'console-signing-keys.alarm', isOverdue: false, url: '#main' },
        { key: 'console-signing-keys.alarm-overdue', isOverdue: true, url: '#main' },
      ],
    },
  };
  const manifest = {
    action: '#main',
    text: '{ "code": "cancer" }',
    faults: [],
    errors: [],
    cancelUrl: '#main',
  };
  const secretForm = {
    clientId: 'cancer-screening',
    action: '#main',
    days: 7,
    mostDays: 90,
    cancelUrl: '#main',
  };
  const emergency = { action: '#main', login: 'demo.nurse', reason: '', errors: [], cancelUrl: '#main' };
  return [
    { name: 'console-subsystems', view: 'idp/console-sheet', page, data: subsystems(locale) },
    { name: 'console-subsystem', view: 'idp/console-sheet', page, data: subsystem(locale) },
    { name: 'console-emergency-report', view: 'idp/console-sheet', page, data: report(locale) },
    { name: 'console-manifest', view: 'idp/console-manifest', page, data: { ...manifest, text: '' } },
    {
      name: 'console-manifest-faults',
      view: 'idp/console-manifest',
      page,
      data: {
        ...manifest,
        faults: [
          { path: 'client.redirect_uris.0', key: 'bad_address', params: {} },
          { path: 'roles.1.code', key: 'repeated', params: { code: 'ccs_user' } },
          { path: '', key: 'not_json', params: {} },
        ],
        errors: [{ field: 'manifest', key: 'console-manifest.has-faults' }],
      },
    },
    { name: 'console-manifest-review', view: 'idp/console-manifest-review', page, data: review(locale) },
    {
      name: 'console-manifest-same',
      view: 'idp/console-manifest-review',
      page,
      data: { ...review(locale), changes: [], dangers: 0, errors: [], isNew: true },
    },
    {
      name: 'console-secret-form',
      view: 'idp/console-secret-form',
      page,
      data: { ...secretForm, reason: '', errors: [{ field: 'days', key: 'console-secret.days-wrong' }] },
    },
    {
      name: 'console-secret',
      view: 'idp/console-secret',
      page,
      data: {
        area: 'console-secret',
        clientId: 'cancer-screening',
        secret: 'wq1Zz6mHk0YbT3xJ9dPvR7nLs5cGa2eUf8oKi4tQyE',
        previousUntil: at(27),
        nextUrl: '#main',
      },
    },
    {
      name: 'console-registration-told',
      view: 'idp/console-secret',
      page,
      data: {
        area: 'console-registration-told',
        clientId: name,
        secret: 'bX4tq9Zk1nQxY0aBvF3R7nLs5cGa2eUf8oKi4tQyEw',
        previousUntil: undefined,
        nextUrl: '#main',
      },
    },
    { name: 'console-readiness', view: 'idp/console-readiness', page, data: readiness(name) },
    {
      name: 'console-readiness-running',
      view: 'idp/console-readiness',
      page,
      data: {
        ...readiness(name),
        outcome: { key: 'console-readiness.is-running', tone: 'info' },
        isRunning: true,
      },
    },
    {
      name: 'console-emergency',
      view: 'idp/console-emergency',
      page,
      data: { ...emergency, subject: undefined },
    },
    {
      name: 'console-emergency-subject',
      view: 'idp/console-emergency',
      page,
      data: {
        ...emergency,
        errors: [{ field: 'reason', key: 'console.reason-missing' }],
        subject: {
          name: `demo.nurse ${invented(locale).person}`,
          unit: invented(locale).person,
          status: { key: 'console-emergency.status-active' },
          effects: [
            translate(locale, 'console-emergency.ends-sessions', { count: 2 }),
            translate(locale, 'console-emergency.ends-grants', { count: 5 }),
            translate(locale, 'console-emergency.ends-links'),
          ],
        },
      },
    },
    {
      name: 'console-signing-keys',
      view: 'idp/console-signing-keys',
      page: alarmed,
      data: keys(WORDS[locale].person, why),
    },
  ];
}

const bare = {
  note: { key: '' },
  none: { key: '' },
  facts: [],
  table: { columns: [], rows: [] },
  links: [],
  posts: [],
  text: '',
};

function subsystems(locale: Locale): (Sample & { view: 'idp/console-sheet' })['data'] {
  const columns = ['name', 'code', 'status', 'readiness'].map((name) => ({
    key: `console-subsystems.${name}`,
  }));
  const row = (name: string, code: string, isGood: boolean) => ({
    cells: [
      { key: 'console-subsystems.name', text: name, url: '#main' },
      { key: 'console-subsystems.code', text: code },
      { key: 'console-subsystems.status', text: '○', tone: 'success' as const },
      {
        key: 'console-subsystems.readiness',
        text: isGood ? '○' : '×',
        tone: isGood ? ('success' as const) : ('error' as const),
      },
    ],
  });
  return {
    title: translate(locale, 'console-subsystems.title'),
    lead: translate(locale, 'console-subsystems.lead'),
    isReport: false,
    links: [{ key: 'console-subsystems.onboard', url: '#main', tone: 'main' }],
    sections: [
      {
        ...bare,
        id: 'all',
        heading: { key: 'console-subsystems.all' },
        table: { columns, rows: [row(WORDS[locale].name, 'cancer', true), row('MCH', 'mch', false)] },
      },
    ],
  };
}

function subsystem(locale: Locale): (Sample & { view: 'idp/console-sheet' })['data'] {
  const { name, why, person } = WORDS[locale];
  return {
    title: name,
    lead: '',
    isReport: false,
    links: [
      { key: 'console-subsystems.change', url: '#main', tone: 'main' },
      { key: 'console-subsystems.disable', url: '#main', tone: 'danger' },
    ],
    sections: [
      {
        ...bare,
        id: 'facts',
        heading: { key: 'console-subsystems.facts' },
        facts: [
          { key: 'console-subsystems.code', text: 'cancer' },
          { key: 'console-subsystems.secret-set', at: at(3) },
        ],
      },
      {
        ...bare,
        id: 'readiness',
        heading: { key: 'console-subsystems.readiness' },
        note: { key: 'console-subsystems.readiness-what' },
        none: { key: 'console-subsystems.readiness-none' },
        posts: [{ key: 'console-subsystems.readiness-run', action: '#main', tone: 'main', fields: [] }],
      },
      {
        ...bare,
        id: 'history',
        heading: { key: 'console-subsystems.history' },
        table: {
          columns: ['number', 'at', 'by', 'reason'].map((column) => ({
            key: `console-subsystems.version-${column}`,
          })),
          rows: [
            {
              cells: [
                { key: 'console-subsystems.version-number', text: '2', url: '#main' },
                { key: 'console-subsystems.version-at', at: at(12) },
                { key: 'console-subsystems.version-by', text: person },
                { key: 'console-subsystems.version-reason', text: why },
              ],
            },
          ],
        },
      },
      {
        ...bare,
        id: 'manifest',
        heading: { key: 'console-subsystems.manifest' },
        text: '{\n  "code": "cancer"\n}',
      },
    ],
  };
}

function report(locale: Locale): (Sample & { view: 'idp/console-sheet' })['data'] {
  const { person, why } = WORDS[locale];
  return {
    title: translate(locale, 'console-emergency.report-title', { name: person }),
    lead: why,
    isReport: true,
    links: [{ key: 'console-emergency.enable', url: '#main', tone: 'plain' }],
    sections: [
      {
        ...bare,
        id: 'facts',
        heading: { key: 'console-emergency.facts' },
        facts: [
          { key: 'console-emergency.at', at: at(20) },
          { key: 'console-emergency.told', text: 'mch-app · cancer-screening' },
        ],
      },
      {
        ...bare,
        id: 'sessions',
        heading: { key: 'console-emergency.sessions' },
        none: { key: 'console-emergency.no-sessions' },
      },
    ],
  };
}

function review(locale: Locale): (Sample & { view: 'idp/console-manifest-review' })['data'] {
  const harmless = { danger: { key: '' }, holders: 0 };
  return {
    name: WORDS[locale].name,
    isNew: false,
    changes: [
      { path: 'name.en', kind: 'changed', before: '"Cancer"', after: '"Cancer screening"', ...harmless },
      {
        ...{ path: 'menuRoles.ccs_report.code', kind: 'removed', before: '"ccs_report"', after: '' },
        danger: { key: 'manifest-danger.menu_role_removed' },
        holders: 12,
      },
      {
        ...{ path: 'client.redirect_uris.https://new.example/callback', kind: 'added', before: '' },
        after: '"https://new.example/callback"',
        danger: { key: 'manifest-danger.redirect_changed' },
        holders: 0,
      },
    ],
    dangers: 2,
    action: '#main',
    fields: [{ name: 'based_on', value: '3' }],
    reason: WORDS[locale].why,
    hasSeen: false,
    errors: [{ field: 'seen', key: 'manifest-review.seen-missing' }],
    backUrl: '#main',
  };
}
