import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import type { DeskPlace, PageDesk } from '../views/desk.ts';
import { invented } from './invented.ts';
import { ownSamples } from './own.ts';
import { inventedTodos } from './todos.ts';

/** Invented favourites. */
export function deskPlaces(locale: Locale): DeskPlace[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const trail = [t('孕產婦及婦女', 'Mothers'), t('乙型鏈球菌篩檢', 'Group B streptococcus screening')];
  return [
    { url: '#main', label: t('採檢登錄', 'Specimens'), trail },
    { url: '#main', label: t('統計報表', 'Statistics'), trail },
  ];
}

/** Invented facts of the desk. */
export function inventedDesk(locale: Locale): PageDesk {
  const { person, accounts } = invented(locale);
  const [hospital] = accounts.mch;
  return {
    unitLabel: `(${hospital.unitCode})${hospital.unitName}`,
    roleLabel: hospital.roleLabel,
    personName: person,
    links: [
      { kind: 'messages', url: '#main', count: 12 },
      { kind: 'profile', url: '#main', count: 0 },
      { kind: 'office', url: '#main', count: 0 },
    ],
    here: 'maternal/gbs/specimens',
    isFavourite: false,
    popUp: [],
  };
}

/** The search through functions, a wide window, and what waits after signing in. */
export function deskSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { menu } = invented(locale);
  const desk = { ...inventedDesk(locale), isFavourite: true };
  const places = deskPlaces(locale);
  return [
    ...ownSamples(locale, page),
    {
      name: 'mch-functions',
      view: 'mch-app/functions',
      page,
      data: { menu, query: t('登錄', 'specimen'), functions: places },
    },
    {
      name: 'mch-functions-none',
      view: 'mch-app/functions',
      page,
      data: { menu, query: t('沒有', 'nothing'), functions: [] },
    },
    {
      name: 'mch-wide',
      view: 'mch-app/todos',
      page: { ...page, wide: true, desk },
      data: {
        menu,
        breadcrumb: [t('共用', 'Common'), t('待辦事項', 'To-dos')],
        title: t('待辦事項', 'To-dos'),
        path: '#main',
        tab: 'work',
        todos: inventedTodos(locale),
        mails: [],
      },
    },
    {
      name: 'mch-pop-up',
      view: 'mch-app/functions',
      page: { ...page, desk: { ...desk, popUp: inventedTodos(locale) } },
      data: { menu, query: '', functions: places },
    },
  ];
}
