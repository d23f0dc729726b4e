import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { cardSample } from './card.ts';
import type { FlowSteps } from '../views/enrollment.ts';

const STEPS = ['unit', 'role', 'person', 'subsystems', 'review'];

export function stepsAt(current: string): FlowSteps {
  const here = STEPS.indexOf(current);
  return STEPS.map((step, at) => ({
    key: `enrollment.step-${step}`,
    state: at < here ? 'done' : at === here ? 'current' : 'open',
    url: '#main',
  }));
}

const AT = new Date('2026-11-20T08:30:05+08:00');

/** Applying for an account, step by step, and looking up how that stands. */
export function enrollmentSamples(locale: Locale): Sample[] {
  const pick = (zh: string, en: string): string => (locale === 'en' ? en : zh);
  const hospital = pick('示範醫院', 'Demonstration Hospital');
  const unit = `9876543210-${hospital}`;
  const option = (value: string, label: string, selected = false) => ({ value, label, selected });
  const frame = (step: string) => ({ steps: stepsAt(step), action: '#form', errors: [] });
  const captcha = {
    captchaImageUrl: '/sample-captcha.svg',
    captchaAudioUrl: '/sample-captcha.wav',
    newCaptchaUrl: '#form',
  };
  const person = {
    login_name: 'wang.sample',
    national_id: 'C200000019',
    name: pick('王小範', 'Sample Wang'),
    title: pick('護理師', 'Nurse'),
    phone: '02-12345678#1234',
    spare_phone: '',
    unit_phone: '',
    mobile: '0912-345678',
    email: 'wang@hospital.example',
    spare_email: '',
  };
  const search = {
    searchUrl: '#form',
    action: '#form',
    method: 'post' as const,
    hidden: [],
    counties: [
      option('10017', pick('基隆市', 'Keelung City'), true),
      option('63000', pick('臺北市', 'Taipei City')),
    ],
    towns: [option('10017070', pick('信義區', 'Xinyi District'), true)],
    searched: true,
    more: false,
  };
  const system = {
    code: 'mch',
    name: pick('婦幼健康管理整合系統', 'Maternal and Child Health Integration System'),
    colour: 1,
    selected: true,
    roles: [
      option('mch_user', pick('一般使用者', 'General user'), true),
      option('mch_manager', pick('系統管理員', 'Manager')),
    ],
    duties: [
      {
        ...option('medical', pick('醫事機構', 'Medical institution'), true),
        menuRoles: [
          option('mi_antenatal', pick('產檢院所', 'Antenatal care'), true),
          option('mi_child_health', pick('兒健特約醫事機構', 'Child health')),
        ],
      },
    ],
    fields: [
      {
        name: 'cancers',
        label: pick('申請的癌症別', 'Cancers applied for'),
        type: 'checkboxes',
        text: '',
        required: false,
        options: [option('cervical', pick('子宮頸癌', 'Cervical cancer'))],
      },
    ],
  };
  const progress = {
    state: { key: 'enrollment-progress.status-awaiting_form', kind: 'info' as const },
    reason: '',
    facts: [
      { key: 'enrollment-progress.fact-name', value: person.name },
      { key: 'enrollment-progress.fact-unit', value: unit },
      { key: 'enrollment-progress.fact-account', value: person.login_name },
      { key: 'enrollment-progress.fact-role', value: pick('單位業務管理者', 'Unit manager') },
    ],
    submittedAt: AT,
    reviewers: [
      { name: pick('張示範', 'Sample Chang'), phone: '02-12345678', unit: pick('國民健康署', 'HPA') },
    ],
    history: [{ at: AT, key: 'enrollment-progress.status-submitted', reason: '' }],
    errors: [],
    cardUrl: '',
    signInUrl: '',
    resendUrl: '',
    formUrl: '#form',
    uploadUrl: '#form',
    correctUrl: '',
    withdrawUrl: '#form',
    leaveUrl: '#form',
  };
  const card = { unit, paperUrl: '#form', progressUrl: '#main' };
  const ways = { beginUrl: '#form', takesCards: true, signInUrl: '#main', progressUrl: '#main' };
  const message = { progressUrl: '#main' };

  return [
    { name: 'enrollment', view: 'idp/enrollment', data: ways },
    {
      name: 'enrollment-resume',
      view: 'idp/enrollment',
      data: { ...ways, resume: { url: '#main', unit, updatedAt: AT, discardUrl: '#form', returned: true } },
    },
    {
      name: 'enrollment-unit',
      view: 'idp/enrollment-unit',
      data: {
        ...frame('unit'),
        picker: {
          ...search,
          query: '9876',
          units: [{ code: '9876543210', name: hospital, selected: true }],
        },
      },
    },
    {
      name: 'enrollment-unit-none',
      view: 'idp/enrollment-unit',
      data: {
        ...frame('unit'),
        picker: { ...search, query: 'zzz', units: [] },
        errors: [{ field: 'unit', key: 'enrollment.unit-required' }],
      },
    },
    {
      name: 'enrollment-role',
      view: 'idp/enrollment-role',
      data: {
        ...frame('role'),
        unit,
        roles: [
          {
            value: 'unit_manager',
            key: 'enrollment.role-unit_manager',
            hintKey: 'enrollment.role-unit_manager-card-hint',
            selected: true,
          },
          {
            value: 'user',
            key: 'enrollment.role-user',
            hintKey: 'enrollment.role-user-hint',
            selected: false,
            refusal: { key: 'enrollment.refused-no_manager' },
          },
        ],
      },
    },
    {
      name: 'enrollment-person',
      view: 'idp/enrollment-person',
      data: { ...frame('person'), values: person, rules: 'deck', passwordKept: true, provided: {} },
    },
    {
      name: 'enrollment-person-refused',
      view: 'idp/enrollment-person',
      data: {
        ...frame('person'),
        values: { ...person, national_id: 'C200000018', phone: '12' },
        rules: 'deck',
        passwordKept: false,
        provided: {},
        errors: [
          { field: 'national_id', key: 'enrollment.national-id-invalid' },
          { field: 'phone', key: 'enrollment.phone-invalid' },
          { field: 'new_password', key: 'enrollment.password-required' },
        ],
      },
    },
    {
      name: 'enrollment-subsystems',
      view: 'idp/enrollment-subsystems',
      data: {
        ...frame('subsystems'),
        unit,
        systems: [system, { ...system, code: 'other', colour: 2, selected: false }],
      },
    },
    {
      name: 'enrollment-subsystems-none',
      view: 'idp/enrollment-subsystems',
      data: { ...frame('subsystems'), unit, systems: [] },
    },
    {
      name: 'enrollment-review',
      view: 'idp/enrollment-review',
      data: {
        ...frame('review'),
        ...captcha,
        sections: [
          {
            key: 'enrollment.step-person',
            url: '#main',
            facts: [{ key: 'enrollment.name', value: person.name }],
          },
        ],
        systems: [{ name: system.name, lines: [pick('一般使用者', 'General user')] }],
        systemsUrl: '#main',
      },
    },
    { name: 'enrollment-sent', view: 'idp/enrollment-message', data: { ...message, kind: 'sent' } },
    {
      name: 'enrollment-confirm',
      view: 'idp/enrollment-message',
      data: { ...message, kind: 'confirm', form: { action: '#form', token: 'sample' } },
    },
    { name: 'enrollment-expired', view: 'idp/enrollment-message', data: { ...message, kind: 'expired' } },
    {
      name: 'enrollment-proof',
      view: 'idp/enrollment-proof',
      data: { ...captcha, action: '#form', errors: [], account: '' },
    },
    {
      name: 'enrollment-card',
      view: 'idp/enrollment-card',
      data: { ...card, triesLeft: 3, dialog: cardSample(locale, 'institution'), errors: [] },
    },
    {
      name: 'enrollment-card-refused',
      view: 'idp/enrollment-card',
      data: {
        ...card,
        triesLeft: 1,
        dialog: cardSample(locale, 'institution'),
        errors: [{ field: '', key: 'hca-card.failed-unit_mismatch' }],
      },
    },
    {
      name: 'enrollment-card-paper-only',
      view: 'idp/enrollment-card',
      data: { ...card, triesLeft: 0, errors: [{ field: '', key: 'hca-card.failed-revoked' }] },
    },
    {
      name: 'enrollment-progress-card',
      view: 'idp/enrollment-progress',
      data: {
        ...progress,
        state: { key: 'enrollment-progress.status-pending_hca', kind: 'warning' },
        cardUrl: '#main',
        formUrl: '',
        uploadUrl: '',
      },
    },
    {
      name: 'enrollment-message-card',
      view: 'idp/enrollment-message',
      data: { ...message, kind: 'card', cardUrl: '#main' },
    },
    { name: 'enrollment-progress', view: 'idp/enrollment-progress', data: progress },
    {
      name: 'enrollment-progress-returned',
      view: 'idp/enrollment-progress',
      data: {
        ...progress,
        state: { key: 'enrollment-progress.status-returned', kind: 'warning' },
        reason: pick('請填寫正確職稱', 'Please give your job title'),
        formUrl: '',
        uploadUrl: '',
        correctUrl: '#form',
        scan: { name: 'form.pdf', url: '#main', size: '120 KB' },
      },
    },
  ];
}
