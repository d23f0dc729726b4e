import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { invented } from './invented.ts';

/** Signing in with an institution's own provider, and the accounts linked there. */
export function federationSamples(locale: Locale): Sample[] {
  const isEnglish = locale === 'en';
  const { person } = invented(locale);
  const page = { signedIn: { name: person, signOutUrl: '#main' } };
  const provider = isEnglish ? 'Demonstration Hospital Group' : '示範醫院體系';
  const label = isEnglish ? 'Sign in with the hospital group' : '以示範醫院體系帳號登入';
  const known = [person, 'nurse@hospital.example.test'];
  const system = { name: isEnglish ? 'Maternal and Child Health' : '婦幼健康管理整合系統', url: '#main' };
  const row = {
    ...{ provider, known, active: true, removalUrl: '#main' },
    linkedAt: new Date('2026-11-20T08:30:05+08:00'),
    lastUsedAt: new Date('2026-11-22T09:10:00+08:00'),
  };
  const find = { action: '#form', errors: [] as [], backUrl: '#main' };
  return [
    {
      name: 'institution',
      view: 'idp/institution',
      data: { ...find, named: '9876543210', asked: true, institutions: [{ label, url: '#main' }] },
    },
    {
      name: 'institution-none',
      view: 'idp/institution',
      data: { ...find, named: 'nowhere.test', asked: true, institutions: [] },
    },
    {
      name: 'upstream-unlinked',
      view: 'idp/upstream-unlinked',
      data: { provider, known, linkUrl: '#main', enrollAction: '#main', backUrl: '#main' },
    },
    {
      name: 'links',
      view: 'idp/links',
      page,
      data: {
        links: [row, { ...row, provider: isEnglish ? 'Former provider' : '先前的機構', active: false }],
        offers: [{ name: isEnglish ? 'County' : '示範縣', url: '#main', wanted: true }],
        securityUrl: '#main',
      },
    },
    { name: 'links-none', view: 'idp/links', page, data: { links: [], offers: [], securityUrl: '#main' } },
    {
      name: 'link-confirmation',
      view: 'idp/link-confirmation',
      page,
      data: {
        action: '#form',
        provider,
        known,
        personName: person,
        loginName: 'demo.nurse',
        backUrl: '#main',
      },
    },
    {
      name: 'signed-out-institution',
      view: 'idp/signed-out',
      data: { homeUrl: '#main', institution: { name: provider, url: '#main' } },
    },
    {
      name: 'signed-out-institution-onward',
      view: 'idp/signed-out',
      data: { homeUrl: '#main', institution: { name: provider, url: '#main' }, onward: system },
    },
    { name: 'link-removal', view: 'idp/link-removal', page, data: { ...row, backUrl: '#main' } },
  ];
}
