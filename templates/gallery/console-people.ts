import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import type { Views } from '../views.ts';
import { consolePage } from './console.ts';
import { invented } from './invented.ts';

const WORDS = {
  'zh-TW': {
    unit: '9876543210 示範醫院',
    job: '護理師',
    system: '婦幼健康管理整合系統',
    role: '一般使用者',
    device: 'Windows 上的 Chrome',
    before: '護理師',
    after: '督導',
    who: '林管理 (demo.manager)',
    reason: '本人來電確認',
  },
  en: {
    unit: '9876543210 Demonstration Hospital',
    job: 'Nurse',
    system: 'Maternal and Child Health System',
    role: 'User',
    device: 'Chrome on Windows',
    before: 'Nurse',
    after: 'Supervisor',
    who: 'Lin Manager (demo.manager)',
    reason: 'Called in person',
  },
};
const AT = new Date(Date.UTC(2026, 10, 20, 1, 30));

/** One person's account, and the forms about it. */
export function consolePeopleSamples(locale: Locale): Sample[] {
  const { person } = invented(locale);
  const page = consolePage(locale, translate(locale, 'console-people.title'));
  const whole = personSample(locale, person);
  const bare = {
    ...whole,
    lookOnlyKey: 'console-person.refused-role_out_of_reach',
    deeds: [],
    accounts: [],
    factors: [],
    sessions: [],
    signIns: [],
    history: [],
    signOutUrl: '',
    signInsUrl: '',
  };
  return [
    { name: 'console-person', view: 'idp/console-person', page, data: whole },
    { name: 'console-person-look-only', view: 'idp/console-person', page, data: bare },
    { name: 'console-rights', view: 'idp/console-rights', page, data: accessSample(locale, person) },
    { name: 'console-form', view: 'idp/console-form', page, data: formSample(locale, person) },
  ];
}

function personSample(locale: Locale, name: string): Views['idp/console-person'] {
  const words = WORDS[locale];
  const deed = (key: string, isDangerous = false) => ({
    key: `console-person.${key}.link`,
    url: '#main',
    isDangerous,
  });
  return {
    name,
    loginName: 'demo.nurse',
    status: { textKey: 'console-people.status-active', tone: 'success' },
    lookOnlyKey: '',
    deeds: [deed('change'), deed('password-reset'), deed('factor-reset', true), deed('disabling', true)],
    facts: [
      { key: 'console-people.login', text: 'demo.nurse' },
      { key: 'console-people.unit', text: words.unit },
      { key: 'console-people.role', textKey: 'console-people.role-user' },
      { key: 'console-person.job', text: words.job },
      { key: 'console-people.national-id', text: 'A12****789' },
      { key: 'console-person.created', at: AT },
    ],
    accounts: [
      {
        id: 'P@00000001P@mbh_01',
        url: '#main',
        system: words.system,
        unit: words.unit,
        role: words.role,
        status: { textKey: 'console-person.status-active', tone: 'success' },
        isBound: true,
      },
    ],
    factors: [{ key: 'security.kind-totp', addedAt: AT, lastUsedAt: AT }],
    sessions: [
      {
        device: words.device,
        address: '192.0.2.10',
        signedInAt: AT,
        activeAt: AT,
        systems: [words.system],
        action: '#main',
      },
    ],
    signOutUrl: '#main',
    signIns: [
      {
        at: AT,
        kind: 'success',
        key: 'sessions.event-sign-in-succeeded',
        device: words.device,
        address: '192.0.2.10',
      },
      {
        at: AT,
        kind: 'refused',
        key: 'sessions.event-sign-in-refused',
        reason: 'sessions.reason-wrong_password',
        device: words.device,
        address: '192.0.2.10',
      },
    ],
    signInsUrl: '#main',
    history: [{ at: AT, who: words.who, key: 'console-person.event-account-unlocked', note: words.reason }],
  };
}

function formSample(locale: Locale, name: string): Views['idp/console-form'] {
  const { before, after, unit } = WORDS[locale];
  return {
    area: 'console-person.unit',
    params: { name },
    action: '#main',
    cancelUrl: '#main',
    facts: [{ key: 'console-people.unit', text: unit }],
    meanwhile: [{ key: 'console-person.job', before, after }],
    hidden: [],
    groups: [
      {
        key: 'console-person.asked',
        fields: [
          {
            name: 'unit',
            key: 'console-person.new-unit',
            kind: 'text',
            value: 'X1',
            hintKey: 'console-person.new-unit-hint',
            required: true,
          },
          {
            name: 'role',
            key: 'console-people.role',
            kind: 'select',
            value: 'user',
            options: [
              {
                value: 'user',
                label: translate(locale, 'console-people.role-user'),
                selected: true,
              },
            ],
          },
          { name: 'expires', key: 'console-person.expires', kind: 'date', value: '2027-01-31' },
          {
            name: 'disable_accounts',
            key: 'console-person.disable-accounts',
            kind: 'checkbox',
            value: 'yes',
            checked: true,
          },
          { name: 'reason', key: 'console.reason', kind: 'textarea', value: '', required: true },
        ],
      },
    ],
    isDangerous: false,
    errors: [{ field: 'unit', key: 'console-person.refused-unit_unknown' }],
  };
}

function accessSample(locale: Locale, name: string): Views['idp/console-rights'] {
  const { unit, system, role, job, before, after } = WORDS[locale];
  const option = (label: string, selected: boolean, disabled = false) => ({
    value: label,
    label,
    selected,
    disabled,
  });
  return {
    id: 'P@00000001P@mbh_01',
    facts: [
      { key: 'console-people.unit', text: unit },
      { key: 'console-person.system', text: system },
      { key: 'console-people.name', text: name },
    ],
    lookOnlyKey: '',
    action: '#main',
    cancelUrl: '#main',
    was: '{}',
    meanwhile: [{ key: 'console-rights.duty', before, after }],
    quota: { key: 'console-rights.quota-full', used: 2, limit: 2 },
    roles: [option(role, true), option(translate(locale, 'console-people.role-unit_manager'), false, true)],
    duties: [option(job, true)],
    menus: [{ duty: 'medical', label: job, roles: [option(before, true), option(after, false)] }],
    statuses: [
      option(translate(locale, 'console-person.status-active'), true),
      option(translate(locale, 'console-person.status-disabled'), false),
    ],
    reason: '',
    errors: [{ field: 'role', key: 'console-rights.refused-manager_quota_full' }],
  };
}
