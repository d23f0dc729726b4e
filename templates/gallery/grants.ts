import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { invented } from './invented.ts';

const CODE = 'WDJB-MJHT';
const scopes = ['openid', 'profile', 'subsystem_account'].map((name) => ({
  name,
  key: `consent.scope-${name}`,
}));

/** Signing in on another device, and approving that a system signs in. */
export function grantSamples(locale: Locale): Sample[] {
  const { systems } = invented(locale);
  const form = { action: '#form', xsrf: 'sample' };
  const input = { ...form, userCode: '', given: false, errors: [], homeUrl: '#main' };
  const ways = { clientName: systems.mch.name, againUrl: '#main', homeUrl: '#main' };
  const asked = {
    bindingMessage: 'W4SCT-7',
    askedAt: new Date('2026-11-22T01:30:00Z'),
    endsAt: new Date('2026-11-22T01:40:00Z'),
  };
  const choices = [
    {
      value: 'P@00000001P@mbh_01',
      label: locale === 'en' ? 'Front desk (A clinic, Nurse)' : '櫃台（某某診所，護理師）',
    },
    {
      value: 'P@00000001P@mbh_02',
      label: locale === 'en' ? 'Night (B clinic, Nurse)' : '夜間（另一診所，護理師）',
    },
  ].map((choice) => ({ ...choice, selected: false }));
  const request = {
    ...asked,
    action: '#form',
    for: systems.mch,
    clientName: systems.mch.name,
    scopes,
    account: choices[0]?.label ?? '',
    accounts: [],
    hasAccount: true,
    stepUp: undefined,
    errors: [],
    listUrl: '#main',
  };
  return [
    {
      name: 'sign-in-requests',
      view: 'idp/sign-in-requests',
      data: { requests: [{ ...asked, name: systems.mch.name, url: '#main' }] },
    },
    { name: 'sign-in-requests-none', view: 'idp/sign-in-requests', data: { requests: [] } },
    { name: 'sign-in-request', view: 'idp/sign-in-request', data: request },
    {
      name: 'sign-in-request-choice',
      view: 'idp/sign-in-request',
      data: {
        ...request,
        account: '',
        accounts: choices,
        errors: [{ field: 'account', key: 'sign-in-requests.account-required' }],
      },
    },
    {
      name: 'sign-in-request-step-up',
      view: 'idp/sign-in-request',
      data: { ...request, stepUp: { key: 'sign-in-requests.step-up-second-factor', url: '#main' } },
    },
    {
      name: 'sign-in-request-no-account',
      view: 'idp/sign-in-request',
      data: { ...request, account: '', hasAccount: false },
    },
    ...(['approved', 'denied', 'expired'] as const).map((kind): Sample => ({
      name: `sign-in-request-${kind}`,
      view: 'idp/sign-in-request-outcome',
      data: { kind, clientName: systems.mch.name, listUrl: '#main', homeUrl: '#main' },
    })),
    {
      name: 'impersonation',
      view: 'idp/impersonation',
      data: { action: '#form', homeUrl: '#main', isTaken: false, errors: [] },
    },
    {
      name: 'impersonation-wrong',
      view: 'idp/impersonation',
      data: {
        ...{ action: '#form', homeUrl: '#main', isTaken: false },
        errors: [{ field: 'code', key: 'console-impersonations.refused-code_wrong' }],
      },
    },
    {
      name: 'impersonation-taken',
      view: 'idp/impersonation',
      data: { action: '#form', homeUrl: '#main', isTaken: true, errors: [] },
    },
    { name: 'device', view: 'idp/device', data: input },
    { name: 'device-given', view: 'idp/device', data: { ...input, userCode: CODE, given: true } },
    {
      name: 'device-unknown',
      view: 'idp/device',
      data: { ...input, userCode: CODE, errors: [{ field: 'user_code', key: 'device.code-unknown' }] },
    },
    {
      name: 'device-confirmation',
      view: 'idp/device-confirmation',
      data: {
        ...form,
        userCode: CODE,
        for: systems.mch,
        clientName: systems.mch.name,
        scopes,
        ip: '203.0.113.7',
        at: new Date('2026-11-22T01:30:00Z'),
      },
    },
    ...(['approved', 'denied', 'expired', 'used'] as const).map((kind): Sample => ({
      name: `device-${kind}`,
      view: 'idp/device-outcome',
      data: { kind, ...ways },
    })),
  ];
}

/** What no browser holds, as the page of sessions lists it. */
export function unattendedSamples(system: string, binding: string) {
  return [
    {
      ...{ system, binding, action: '#main' },
      since: new Date('2026-11-20T02:14:00Z'),
      endsAt: new Date('2026-12-20T02:14:00Z'),
    },
  ];
}
