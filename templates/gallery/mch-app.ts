import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import { changeRequestSamples } from './change-requests.ts';
import { officeSamples } from './office.ts';
import { invented } from './invented.ts';
import { inventedMchNews, mchContentSamples } from './mch-content.ts';
import { inventedNotices } from './content.ts';
import { importSamples } from './record-import.ts';
import { areaSamples } from './areas.ts';
import { recordSamples } from './records.ts';
import { deskPlaces, deskSamples, inventedDesk } from './desk.ts';
import { inventedTodos, todoSamples } from './todos.ts';

export function mchSamples(locale: Locale): Sample[] {
  const { systems, accounts, person, menu, menuRoles, rights } = invented(locale);
  const [hospital, station] = accounts.mch;
  const signedIn = { name: person, signOutUrl: '#main' };
  const page: Partial<PageContext> = {
    signedIn,
    acting: {
      ...hospital,
      colour: systems.mch.colour,
      subsystemName: systems.mch.name,
      others: [station, ...accounts.many.slice(0, 3)],
      switchUrl: '#main',
      returnTo: '/',
    },
    desk: inventedDesk(locale),
    idle: {
      limitMinutes: 20,
      warnMinutes: 2,
      keepAliveUrl: '/mch-home',
      signedOutUrl: '/mch-signed-out-idle',
    },
  };
  const switched = { key: 'mch.switched', params: { binding: hospital.binding, unit: hospital.unitName } };
  const home = {
    ...hospital,
    personName: person,
    menuRoleLabels: menuRoles,
    menu,
    favourites: deskPlaces(locale),
    marquee: inventedNotices(locale).lines,
    news: inventedMchNews(locale),
    todos: inventedTodos(locale),
    idleMinutes: 20,
  };
  const section = menu[1];
  const group = section?.children[0] ?? { slug: '', label: '', children: [] };

  return [
    ...todoSamples(locale, page),
    ...deskSamples(locale, page),
    ...recordSamples(locale, page),
    ...areaSamples(locale, page),
    ...importSamples(locale, page),
    ...changeRequestSamples(locale, page),
    ...officeSamples(locale, page),
    ...mchContentSamples(locale, page),
    { name: 'mch-home', view: 'mch-app/home', page, data: home },
    {
      name: 'mch-home-acted-for',
      view: 'mch-app/home',
      page: {
        ...page,
        actedFor: {
          ...{ name: person, personName: person, binding: hospital.binding },
          ...{ until: new Date('2026-11-22T02:00:00Z'), signOutUrl: '#main' },
        },
      },
      data: home,
    },
    {
      name: 'mch-home-switched',
      view: 'mch-app/home',
      page: { ...page, status: { kind: 'success', ...switched } },
      data: {
        ...home,
        menuRoleLabels: [],
        menu: [],
        favourites: [],
        todos: [],
        marquee: [],
        news: { url: '#main', lines: [] },
      },
    },
    {
      name: 'mch-group',
      view: 'mch-app/group',
      page,
      data: { menu, breadcrumb: [section?.label ?? '', group.label], group, rights },
    },
    {
      name: 'mch-account-changed',
      view: 'mch-app/account-changed',
      page: { signedIn },
      data: {
        was: hospital,
        now: station,
        continueUrl: '#main',
        typed: [{ label: locale === 'en' ? 'Remark' : '備註', value: person }],
      },
    },
    {
      name: 'mch-sign-out',
      view: 'mch-app/sign-out',
      page: { signedIn },
      data: { action: '#form', subsystemName: systems.mch.name },
    },
    ...(['here', 'idle', 'ended'] as const).map((reason): Sample => ({
      name: `mch-signed-out-${reason}`,
      view: 'mch-app/signed-out',
      data: { reason, isFormKept: reason === 'ended', signInUrl: '#main', portalUrl: '#main' },
    })),
    {
      name: 'mch-error',
      view: 'mch-app/error',
      data: {
        code: 'identity_provider_unavailable',
        params: {},
        status: 503,
        requestId: 'sample-Yq3f',
        wayOn: { url: '#main', key: 'fault.way-again' },
      },
    },
  ];
}
