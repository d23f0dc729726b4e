import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import { invented } from './invented.ts';

/** Messages of an account, and one's own details. */
export function ownSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { menu, menuRoles, person, accounts } = invented(locale);
  const [hospital] = accounts.mch;
  const at = new Date('2026-11-20T02:10:00Z');
  const subject = t('資料異動申請審核通知', 'Your change request was decided');
  const inbox = { menu, acting: hospital.id, newest: '9', oldest: '2', firstUrl: '', olderUrl: '#main' };
  const profile = {
    menu,
    acting: hospital.id,
    accountId: hospital.id,
    binding: hospital.binding,
    personName: person,
    unitLabel: `${hospital.unitName} (${hospital.unitCode})`,
    roleLabel: hospital.roleLabel,
    dutyLabel: hospital.dutyLabel,
    portalUrl: '#main',
    menuRoles: menuRoles.map((label, index) => ({ code: `role-${index}`, label, isWanted: index === 1 })),
    saveUrl: '#main',
  };
  const tabs = (current: string) =>
    ['person', 'system', 'work'].map((kind) => ({ kind, url: '#main', isCurrent: kind === current }));
  const managers = [
    { name: t('朱示範', 'Chu Shi-Fan'), phone: '02-5550-0100#55' },
    { name: t('劉示範', 'Liu Shi-Fan'), phone: '' },
  ];
  return [
    {
      name: 'mch-inbox',
      view: 'mch-app/inbox',
      page,
      data: {
        ...inbox,
        hasUnread: true,
        messages: [true, false].map((isUnread) => ({ url: '#main', subject, at, isUnread })),
      },
    },
    {
      name: 'mch-inbox-empty',
      view: 'mch-app/inbox',
      page,
      data: { ...inbox, olderUrl: '', hasUnread: false, messages: [] },
    },
    {
      name: 'mch-inbox-message',
      view: 'mch-app/inbox-message',
      page,
      data: {
        menu,
        subject,
        at,
        paragraphs: [t('您的申請（單號 117）已結案：允許異動。', 'Request 117 is closed: allowed.')],
        url: '#main',
        listUrl: '#main',
      },
    },
    {
      name: 'mch-profile',
      view: 'mch-app/profile',
      page,
      data: {
        ...profile,
        tab: 'person',
        tabs: tabs('person'),
        person: { managers, contact: { email: 'wang@hospital.example', phone: '02-5550-0100' } },
      },
    },
    {
      name: 'mch-profile-away',
      view: 'mch-app/profile',
      page,
      data: {
        ...profile,
        tab: 'person',
        tabs: tabs('person'),
        person: { managers: undefined, contact: undefined },
      },
    },
    ...(['system', 'work'] as const).map((tab): Sample => ({
      name: `mch-profile-${tab}`,
      view: 'mch-app/profile',
      page,
      data: { ...profile, tab, tabs: tabs(tab), person: undefined },
    })),
  ];
}
