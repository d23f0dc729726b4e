import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import type { Views } from '../views.ts';
import { consolePage } from './console.ts';
import { invented } from './invented.ts';

const WORDS = {
  'zh-TW': {
    names: ['周示範', '林美玲'],
    unit: '9876543210-示範醫院',
    title: '護理師',
    subsystem: '婦幼健康管理整合系統 · 一般使用者 · 醫事機構 · 產檢院所',
    note: '請補上正確的職稱。',
    comment: '資料核對無誤。',
    trip: '出差',
  },
  en: {
    names: ['Chou Shih-fan', 'Lin Mei-ling'],
    unit: '9876543210-Demo Hospital',
    title: 'Nurse',
    subsystem: 'Maternal and Child Health · General user · Medical institution · Antenatal care',
    note: 'Please correct the job title.',
    comment: 'Checked.',
    trip: 'On a trip',
  },
};

/** Reviewing: one application in its states, what became of several, and deputies. */
export function consoleReviewSamples(locale: Locale): Sample[] {
  const page = consolePage(locale, translate(locale, 'console-enrollments.title'));
  const review = reviewSample(locale);
  const { names, note } = WORDS[locale];
  const outcome: Views['idp/console-outcome'] = {
    area: 'console-enrollments.outcome',
    lines: [
      {
        label: names[0] ?? '',
        effect: translate(locale, 'console-enrollments.bulk-done-approve'),
        refused: false,
      },
      {
        label: names[1] ?? '',
        effect: translate(locale, 'console-enrollments.refused-not_pending'),
        refused: true,
      },
    ],
    listUrl: '#main',
  };
  const paper: Views['idp/console-review'] = {
    ...review,
    scan: {
      name: 'form.jpg',
      size: 420_000,
      url: '#main',
      pictures: ['/assets/brand.svg'],
      attachUrl: '#main',
      isThere: true,
    },
    errors: [{ field: 'reason', key: 'console-review.comment-missing' }],
  };
  const closed: Views['idp/console-review'] = {
    ...review,
    decision: undefined,
    refusalKey: 'console-enrollments.refused-own_enrollment',
    scan: { name: '', size: 0, url: '#main', pictures: [], attachUrl: '', isThere: false },
    changes: [{ key: 'console-enrollments.title-of', before: '', after: note }],
  };
  return [
    { name: 'console-review', view: 'idp/console-review', page, data: review },
    { name: 'console-review-paper', view: 'idp/console-review', page, data: paper },
    { name: 'console-review-own', view: 'idp/console-review', page, data: closed },
    {
      name: 'console-permission-request',
      view: 'idp/console-permission-request',
      page,
      data: permissionForm(locale),
    },
    { name: 'console-outcome', view: 'idp/console-outcome', page, data: outcome },
    { name: 'console-delegations', view: 'idp/console-delegations', page, data: delegations(locale) },
    {
      name: 'console-delegations-none',
      view: 'idp/console-delegations',
      page,
      data: {
        ...delegations(locale),
        given: [],
        received: [],
        errors: [{ field: 'deputy', key: 'console-delegations.refused-deputy_unknown' }],
      },
    },
  ];
}

function reviewSample(locale: Locale): Views['idp/console-review'] {
  const { names, unit, title, subsystem, note, comment } = WORDS[locale];
  const [name = ''] = names;
  const fact = (key: string, text: string) => ({ key: `console-enrollments.${key}`, text });
  return {
    area: 'console-enrollments',
    title: translate(locale, 'console-enrollments.detail', { name }),
    status: [
      { textKey: 'console-enrollments.state-pending_unit_review', tone: 'info' },
      { textKey: 'console-review.overdue', tone: 'error' },
    ],
    facts: [
      fact('name', name),
      fact('unit', unit),
      fact('title-of', title),
      fact('national-id', 'C29****123'),
      fact('account', 'demo.new'),
      fact('email', 'demo.new@example.test'),
      { key: 'console-enrollments.submitted', at: new Date('2026-11-20T01:30:00Z') },
    ],
    asked: [
      { key: 'console-enrollments.role', textKey: 'enrollment.role-user' },
      fact('subsystem', subsystem),
    ],
    changes: [],
    effects: [
      translate(locale, 'console-enrollments.effect-user', { account: 'demo.new' }),
      translate(locale, 'console-enrollments.effect-told'),
    ],
    scan: undefined,
    history: [
      {
        at: new Date('2026-11-19T01:30:00Z'),
        who: invented(locale).person,
        key: 'enrollment-progress.status-returned',
        note,
      },
    ],
    decision: {
      action: '#main',
      version: '1',
      comment,
      commentRequired: false,
      buttons: [
        { name: 'approve', key: 'console-enrollments.approve', shortcut: 'approve', isMain: true },
        { name: 'return', key: 'console-enrollments.return', shortcut: 'return', isMain: false },
      ],
      onBehalfOf: names[1] ?? '',
    },
    withdrawUrl: '',
    refusalKey: '',
    previousUrl: '#main',
    nextUrl: '#main',
    listUrl: '#main',
    errors: [],
  };
}

function delegations(locale: Locale): Views['idp/console-delegations'] {
  const { names, trip } = WORDS[locale];
  const line = {
    name: names[0] ?? '',
    loginName: 'demo.new',
    from: new Date('2026-11-22T16:00:00Z'),
    until: new Date('2026-11-29T16:00:00Z'),
    reason: trip,
    state: { textKey: 'console-delegations.state-active', tone: 'success' as const },
    revokeUrl: '#main',
  };
  const over = { textKey: 'console-delegations.state-over', tone: 'neutral' as const };
  return {
    given: [line],
    received: [{ ...line, name: names[1] ?? '', loginName: '', state: over, revokeUrl: '' }],
    action: '#main',
    values: { deputy: '', from: '2026-11-22', until: '', reason: '' },
    errors: [],
  };
}

function permissionForm(locale: Locale): Views['idp/console-permission-request'] {
  const { names, unit, subsystem, note } = WORDS[locale];
  const option = (label: string, selected = false) => ({ value: label, label, selected });
  return {
    facts: [
      { key: 'console-permission.applicant', text: names[0] ?? '' },
      { key: 'console-permission.unit', text: unit },
    ],
    pairs: [option(subsystem, true), option(unit)],
    pairAction: '#main',
    action: '#main',
    pair: 'mch:9876543210',
    kinds: [
      { value: 'menu_role', key: 'console-permission.kind-menu_role', selected: true },
      { value: 'extra_manager', key: 'console-permission.kind-extra_manager', selected: false },
    ],
    candidates: names.map((name) => option(name)),
    menuRoles: [],
    quota: { used: 2, limit: 2 },
    values: { content: note, phone: '02-12345678', email: 'demo.manager@example.test' },
    listUrl: '#main',
    errors: [{ field: 'target', key: 'console-permission.refused-target_missing' }],
  };
}
