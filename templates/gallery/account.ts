import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { Views } from '../views.ts';
import { cardSample } from './card.ts';
import { unattendedSamples } from './grants.ts';
import { invented } from './invented.ts';

/** The pages on which people arrange their own account. */
export function accountSamples(locale: Locale): Sample[] {
  const { systems, accounts, person } = invented(locale);
  const page = { signedIn: { name: person, signOutUrl: '#main' } };
  const rows = [...accounts.mch, ...accounts.cancer].map((account, at) => ({
    ...account,
    subsystem: at < 2 ? systems.mch : systems.cancer,
    unit: { code: account.unitCode, name: account.unitName },
    ...(at === 2 && { standing: { key: 'bindings.status-suspended' } }),
    favourite: at < 2,
    first: at === 0,
    last: at === 1,
    address: '#main',
    dialog: `remove-${at}`,
  }));
  const [first] = rows;
  if (!first) throw new Error('the invented world has accounts');
  const list = {
    action: '#form',
    unbound: [],
    pending: [],
    systems: [systems.mch, systems.cancer, systems.smoking].map((system) => ({ ...system, selected: false })),
    typed: { name: '', subsystemCode: '', subsystemAccountId: '' },
    errors: [],
    demo: true,
  };
  const unit = { code: first.unitCode, name: first.unit.name };
  const at = new Date('2026-11-20T08:30:05+08:00');
  const sessions = ['Chrome · Windows', 'Safari · iPhone'].map((device, place) => ({
    current: place === 0,
    device,
    address: `192.0.2.${place + 1}`,
    signedInAt: at,
    activeAt: at,
    systems: place === 0 ? [systems.mch.name, systems.cancer.name] : [],
    action: '#main',
  }));
  const what = {
    at,
    system: locale === 'en' ? 'Single entry' : '單一入口',
    device: 'Chrome · Windows',
    address: '192.0.2.1',
  };
  const events: Views['idp/sign-in-history']['events'] = [
    { ...what, kind: 'success', key: 'sessions.event-sign-in-succeeded', system: systems.mch.name },
    {
      ...what,
      kind: 'refused',
      key: 'sessions.event-sign-in-refused',
      reason: 'sessions.reason-wrong_password',
    },
    { ...what, kind: 'success', key: 'sessions.event-session-ended' },
  ];
  const factor = {
    kind: 'totp' as const,
    label: locale === 'en' ? 'Authenticator app' : '驗證器應用程式',
    name: locale === 'en' ? 'Work phone' : '公務手機',
    addedAt: at,
    lastUsedAt: at,
    address: '#main',
  };
  const security = {
    totpUrl: '#main',
    passkeyUrl: '#main',
    cardUrl: '#main',
    codesAction: '#main',
    passwordUrl: '#main',
    linksUrl: '#main',
  };
  const profile = {
    action: '#form',
    loginName: 'demo.nurse',
    name: person,
    unit: `${first.unitCode} ${first.unit.name}`,
    nationalId: 'C20****012',
    isDeclared: false,
    nationalIdUrl: '#main',
    email: 'demo.nurse@example.test',
    pendingEmail: '',
    emailUrl: '#main',
    typed: {
      title: locale === 'en' ? 'Nurse' : '護理師',
      phone: '02-55500100#12',
      sparePhone: '',
      unitPhone: '',
      mobile: '0900-000001',
      spareEmail: '',
    },
    errors: [],
  };
  const enrolment = {
    action: '#form',
    secret: 'DEMO MANA GERD EMOM ANAG ERDE MOMA NAGE',
    qr: { size: 29, path: 'M4 4h7v7h-7zM18 4h7v7h-7zM4 18h7v7h-7zM13 13h3v3h-3z' },
    sealed: 'sample',
    name: '',
    errors: [],
    forced: false,
    cancelUrl: '#main',
  };
  const grants = unattendedSamples(systems.mch.name, first.binding);
  return [
    {
      name: 'security',
      view: 'idp/security',
      page,
      data: {
        ...security,
        factors: [{ ...factor, removable: false }],
        needs: 'one',
        hasTotp: true,
        codesLeft: 7,
      },
    },
    {
      name: 'security-none',
      view: 'idp/security',
      page,
      data: { ...security, factors: [], needs: 'none', hasTotp: false, codesLeft: 0 },
    },
    { name: 'profile', view: 'idp/profile', page, data: profile },
    {
      name: 'profile-refused',
      view: 'idp/profile',
      page,
      data: {
        ...profile,
        isDeclared: true,
        pendingEmail: 'new@example.test',
        errors: [{ field: 'phone', key: 'profile.phone-invalid' }],
      },
    },
    {
      name: 'profile-field',
      view: 'idp/profile-field',
      page,
      data: { kind: 'national_id', action: '#form', typed: '', errors: [], backUrl: '#main' },
    },
    {
      name: 'email-confirmation',
      view: 'idp/email-confirmation',
      page,
      data: { action: '#form', token: 'sample', backUrl: '#main' },
    },
    {
      name: 'email-confirmation-gone',
      view: 'idp/email-confirmation',
      page,
      data: { action: '#form', token: '', backUrl: '#main' },
    },
    {
      name: 'passkey',
      view: 'idp/passkey',
      page,
      data: { action: '#form', options: '{}', name: '', errors: [], backUrl: '#main' },
    },
    {
      name: 'passkey-forced',
      view: 'idp/passkey',
      data: { action: '#form', options: '{}', name: '', errors: [], backUrl: '#main', forced: true },
    },
    {
      name: 'own-card',
      view: 'idp/own-card',
      page,
      data: { dialog: cardSample(locale, 'person'), name: '', errors: [], backUrl: '#main' },
    },
    {
      name: 'own-card-refused',
      view: 'idp/own-card',
      page,
      data: {
        dialog: cardSample(locale, 'person'),
        name: '',
        errors: [{ field: '', key: 'hca-card.failed-not_person_card' }],
        backUrl: '#main',
      },
    },
    {
      name: 'card-factor',
      view: 'idp/card-factor',
      data: { dialog: cardSample(locale, 'person'), errors: [], backUrl: '#main' },
    },
    { name: 'totp-enrolment', view: 'idp/totp-enrolment', page, data: enrolment },
    {
      name: 'totp-enrolment-forced',
      view: 'idp/totp-enrolment',
      data: { ...enrolment, forced: true, errors: [{ field: 'code', key: 'security.wrong-code' }] },
    },
    {
      name: 'recovery-codes',
      view: 'idp/recovery-codes',
      page,
      data: {
        codes: Array.from({ length: 10 }, (_, place) => `7K2P${place}-9XW4M`),
        backUrl: '#main',
      },
    },
    { name: 'factor', view: 'idp/factor', page, data: { ...factor, backUrl: '#main' } },
    { name: 'factor-removal', view: 'idp/factor-removal', page, data: { ...factor, backUrl: '#main' } },
    {
      name: 'bindings',
      view: 'idp/bindings',
      page,
      data: {
        ...list,
        bindings: rows,
        pending: [
          {
            subsystem: systems.smoking,
            kind: { key: 'access-requests.kind-account' },
            state: { key: 'access-requests.waits-unit_manager', kind: 'info' as const },
            unit,
            roleLabel: first.roleLabel,
            requestedAt: at,
            address: '#main',
          },
        ],
        unbound: [{ id: 'P@00000001P@mbh_09', subsystem: systems.mch, unit, fillUrl: '#form' }],
      },
    },
    {
      name: 'bindings-refused',
      view: 'idp/bindings',
      page,
      data: {
        ...list,
        bindings: [],
        typed: { name: first.binding, subsystemCode: 'mch', subsystemAccountId: 'P@00000001P@mbh_09' },
        errors: [{ field: 'subsystem_password', key: 'bindings.failed' }],
      },
    },
    {
      name: 'binding',
      view: 'idp/binding',
      page,
      data: {
        ...first,
        typed: first.binding,
        errors: [{ field: 'name', key: 'bindings.name-taken' }],
        backUrl: '#main',
      },
    },
    {
      name: 'consents',
      view: 'idp/consents',
      page,
      data: {
        consents: [
          {
            name: systems.smoking.name,
            since: new Date('2026-11-03T02:14:00Z'),
            scopes: ['openid', 'profile', 'email'].map((name) => ({ name, key: `consent.scope-${name}` })),
            action: '#main',
          },
        ],
      },
    },
    { name: 'consents-none', view: 'idp/consents', page, data: { consents: [] } },
    {
      name: 'sessions',
      view: 'idp/sessions',
      page,
      data: { sessions, grants, others: 1, othersAction: '#main', historyUrl: '#main' },
    },
    {
      name: 'sessions-one',
      view: 'idp/sessions',
      page,
      data: {
        sessions: sessions.slice(0, 1),
        grants: [],
        others: 0,
        othersAction: '#main',
        historyUrl: '#main',
      },
    },
    {
      name: 'sign-in-history',
      view: 'idp/sign-in-history',
      page,
      data: { events, olderUrl: '#main', newestUrl: '#main', backUrl: '#main' },
    },
    {
      name: 'sign-in-history-empty',
      view: 'idp/sign-in-history',
      page,
      data: { events: [], backUrl: '#main' },
    },
    { name: 'binding-removal', view: 'idp/binding-removal', page, data: { ...first, backUrl: '#main' } },
  ];
}
