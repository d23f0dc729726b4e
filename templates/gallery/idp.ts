import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { AccountOption } from '../views.ts';
import { inventedNews, inventedNotices } from './content.ts';
import { invented } from './invented.ts';

const errors = (...pairs: [field: string, key: string][]) => pairs.map(([field, key]) => ({ field, key }));

export function idpSamples(locale: Locale): Sample[] {
  const { systems, accounts, person } = invented(locale);
  const signedIn = { name: person, signOutUrl: '#main' };
  const captcha = {
    captchaImageUrl: '/sample-captcha.svg',
    captchaAudioUrl: '/sample-captcha.wav',
    newCaptchaUrl: '#form',
    forgottenUrl: '#main',
  };
  const signIn = { action: '#form', uid: 'sample', account: '', errors: [], ...captcha };
  const choice = {
    action: '#form',
    for: systems.mch,
    query: '',
    searchable: false,
    page: 1,
    pages: 1,
    cancelUrl: '#main',
  };
  const entered = (list: AccountOption[]) => list.map((account) => ({ ...account, action: '#accounts' }));
  const wayOn = { url: '#main', key: 'fault.way-home' };
  const failed = { params: {}, requestId: 'sample-Yq3f', wayOn };

  return [
    {
      name: 'home',
      view: 'idp/home',
      page: { notices: inventedNotices(locale) },
      data: {
        signInUrl: '#main',
        news: inventedNews(locale),
        places: [{ key: 'places.group-guide', places: [{ key: 'places.guide', url: '#guide' }] }],
        visits: { total: 499_510, today: 1706 },
      },
    },
    {
      name: 'sign-in',
      view: 'idp/sign-in',
      data: {
        ...signIn,
        for: systems.mch,
        passkey: { action: '#form', challengeUrl: '#form' },
        cancelUrl: '#main',
        institutions: [
          {
            label: locale === 'en' ? 'Sign in with the hospital group' : '以示範醫院體系帳號登入',
            url: '#main',
          },
        ],
        institutionUrl: '#main',
        demo: true,
      },
    },
    {
      name: 'sign-in-institution-failed',
      view: 'idp/sign-in',
      data: {
        ...{ ...signIn, institutionFailed: true, institutionUrl: '#main' },
        errors: errors(['', 'upstream.failed-unavailable']),
      },
    },
    {
      name: 'sign-in-refused',
      view: 'idp/sign-in',
      data: {
        ...signIn,
        account: 'demo.nurse',
        errors: errors(['', 'sign-in.failed'], ['captcha', 'sign-in.captcha-required']),
      },
    },
    {
      name: 'second-factor',
      view: 'idp/second-factor',
      data: {
        action: '#form',
        errors: [],
        for: systems.mch,
        demoCodesUrl: '#main',
        cancelUrl: '#main',
      },
    },
    {
      name: 'second-factor-refused',
      view: 'idp/second-factor',
      data: {
        action: '#form',
        withoutApp: true,
        passkey: { action: '#form', challengeUrl: '#form' },
        errors: errors(['code', 'second-factor.wrong']),
      },
    },
    {
      name: 'change-password',
      view: 'idp/change-password',
      data: { action: '#form', reason: 'expired', rules: 'deck', errors: [], loginName: 'demo.nurse' },
    },
    {
      name: 'change-password-refused',
      view: 'idp/change-password',
      data: {
        action: '#form',
        reason: 'required',
        rules: 'nist',
        errors: errors(['repeat_password', 'change-password.not-same']),
        loginName: 'demo.nurse',
      },
    },
    {
      name: 'choose-account',
      view: 'idp/choose-account',
      data: { ...choice, accounts: accounts.mch, total: 2 },
    },
    {
      name: 'choose-account-search',
      view: 'idp/choose-account',
      data: { ...choice, accounts: accounts.many, total: 23, searchable: true, page: 2, pages: 3 },
    },
    {
      name: 'choose-account-none',
      view: 'idp/choose-account',
      data: { ...choice, accounts: [], total: 0, searchable: true, query: '9999' },
    },
    {
      name: 'no-account',
      view: 'idp/no-account',
      page: { signedIn },
      data: { for: systems.smoking, personName: person, portalUrl: '#main', backUrl: '#main' },
    },
    {
      name: 'consent',
      view: 'idp/consent',
      page: { signedIn },
      data: {
        action: '#form',
        clientName: systems.smoking.name,
        ...{ policyUrl: '#main', termsUrl: '#main' },
        scopes: ['openid', 'profile', 'email', 'subsystem_account'].map((name) => ({
          name,
          key: `consent.scope-${name}`,
        })),
        details: [
          locale === 'en'
            ? {
                label: 'Follow-up appointments',
                facts: [
                  { label: 'Deeds', value: 'read, book' },
                  { label: 'Institution', value: systems.mch.name },
                ],
              }
            : {
                label: '追蹤門診預約',
                facts: [
                  { label: '作業', value: '查詢, 預約' },
                  { label: '機構', value: systems.mch.name },
                ],
              },
        ],
      },
    },
    {
      name: 'portal',
      view: 'idp/portal',
      page: { signedIn },
      data: {
        greeting: locale === 'en' ? `Good afternoon, ${person}` : `${person}，午安`,
        name: person,
        lastSignInAt: new Date('2026-11-20T08:30:05+08:00'),
        requests: { count: 1, url: '#main' },
        demo: true,
        news: inventedNews(locale),
        groups: [
          { subsystem: systems.mch, closed: '', accounts: entered(accounts.mch) },
          {
            subsystem: systems.cancer,
            closed: locale === 'en' ? 'Under maintenance' : '維護中，預計下午恢復',
            accounts: entered(accounts.cancer),
          },
          { subsystem: systems.smoking, closed: '', accounts: entered(accounts.smoking) },
        ],
      },
    },
    {
      name: 'portal-empty',
      view: 'idp/portal',
      page: { signedIn },
      data: {
        greeting: locale === 'en' ? `Good morning, ${person}` : `${person}，早安`,
        name: person,
        groups: [],
        news: [],
      },
    },
    {
      name: 'sign-out',
      view: 'idp/sign-out',
      page: { signedIn },
      data: {
        confirmed: false,
        action: '#form',
        fields: [{ name: 'xsrf', value: 'sample' }],
        for: systems.mch,
      },
    },
    { name: 'signed-out', view: 'idp/signed-out', data: { homeUrl: '#main' } },
    {
      name: 'signed-out-idle',
      view: 'idp/signed-out',
      data: { homeUrl: '#main', again: '#main' },
    },
    { name: 'error', view: 'idp/error', data: { ...failed, code: 'interaction_expired', status: 410 } },
    {
      name: 'error-unavailable',
      view: 'idp/error',
      data: {
        ...failed,
        code: 'service_unavailable',
        status: 503,
        again: { action: '#form', fields: [{ name: 'phone', value: '02-2345-6789' }], isWhole: true },
      },
    },
    {
      name: 'error-protocol',
      view: 'idp/error',
      data: {
        ...failed,
        code: 'invalid_redirect_uri',
        status: 400,
        protocolError: {
          error: 'invalid_redirect_uri',
          description: "redirect_uri did not match any of the client's registered redirect_uris",
        },
      },
    },
    {
      name: 'demo-codes',
      view: 'idp/demo-codes',
      data: {
        rows: ['demo.manager', 'demo.bureau', 'demo.hpa', 'demo.ops'].map((loginName, at) => ({
          loginName,
          name: person,
          code: `90417${at}`,
          secondsLeft: 21,
        })),
      },
    },
  ];
}
