import { ACCOUNT_PLACES } from './account-places.ts';

/** A place of the portal that its navigation leads to; `key` is a locale key. */
export interface Place {
  key: string;
  url: string;
}

/** Carries the number of unread messages. */
export const MESSAGES_PLACE = '/account/messages';
/** Carries the number of announcements that are new to the person. */
export const ANNOUNCEMENTS_PLACE = '/announcements';

/** P-20: only for those who administer something. */
export const CONSOLE_PLACE: Place = { key: 'places.console', url: '/console' };

const HOME: Place = { key: 'places.home', url: '/' };

const GUIDE_PLACES: Place[] = [
  { key: 'places.questions', url: '/questions' },
  { key: 'places.guide', url: '/guide' },
  { key: 'places.downloads', url: '/downloads' },
];
const OTHER_PLACES: Place[] = [
  { key: 'places.announcements', url: ANNOUNCEMENTS_PLACE },
  { key: 'places.events', url: '/events' },
  { key: 'places.links', url: '/links' },
];

/** The foot of every page leads here. */
const ABOUT_PLACES: Place[] = [
  { key: 'places.about', url: '/about' },
  { key: 'places.information-security', url: '/information-security' },
  { key: 'places.privacy', url: '/privacy' },
  { key: 'places.accessibility', url: '/accessibility' },
  { key: 'places.status', url: '/status' },
  { key: 'places.site-map', url: '/site-map' },
];

/** For everyone. */
export const PUBLIC_PLACES: Place[] = [
  HOME,
  ...OTHER_PLACES,
  ...GUIDE_PLACES,
  { key: 'places.enrollment', url: '/enrollment' },
  { key: 'places.enrollment-progress', url: '/enrollment-progress' },
  { key: 'places.forgot-password', url: '/forgot-password' },
];

/** For a person signed in. */
export const PERSONAL_PLACES: Place[] = [
  HOME,
  { key: 'places.messages', url: MESSAGES_PLACE },
  ...ACCOUNT_PLACES,
  { key: 'places.announcements', url: ANNOUNCEMENTS_PLACE },
  { key: 'places.downloads', url: '/downloads' },
];

/** P-01: the groups of the public home: for the account, the guide, and other services. */
export function groupHomePlaces(): { key: string; places: Place[] }[] {
  const listed = [HOME, ...GUIDE_PLACES, ...OTHER_PLACES];
  const account = PUBLIC_PLACES.filter((place) => !listed.includes(place));
  const groups = [
    { key: 'places.group-account', places: account },
    { key: 'places.group-guide', places: GUIDE_PLACES },
    { key: 'places.group-other', places: OTHER_PLACES },
  ];
  return groups.filter(({ places }) => places.length > 0);
}

/** Every place of the portal for the site map, in groups; none twice. */
export function groupPlaces(isSignedIn: boolean): { key: string; places: Place[] }[] {
  const listed = [...GUIDE_PLACES, ...OTHER_PLACES, ...ABOUT_PLACES];
  const shown = isSignedIn ? PERSONAL_PLACES : [...PUBLIC_PLACES, { key: 'places.sign-in', url: '/sign-in' }];
  const own = shown.filter(({ url }) => !listed.some((place) => place.url === url));
  return [
    { key: 'places.group-account', places: own },
    { key: 'places.group-guide', places: GUIDE_PLACES },
    { key: 'places.group-other', places: OTHER_PLACES },
    { key: 'places.group-about', places: ABOUT_PLACES },
  ];
}
