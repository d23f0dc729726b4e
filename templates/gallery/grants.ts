import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { invented } from './invented.ts';

const CODE = 'WDJB-MJHT';
const scopes = ['openid', 'profile', 'subsystem_account'].map((name) => ({
  name,
  key: `consent.scope-${name}`,
}));

/** Signing in on another device. */
export function grantSamples(locale: Locale): Sample[] {
  const { systems } = invented(locale);
  const form = { action: '#form', xsrf: 'sample' };
  const input = { ...form, userCode: '', given: false, errors: [], homeUrl: '#main' };
  const ways = { clientName: systems.mch.name, againUrl: '#main', homeUrl: '#main' };
  return [
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
