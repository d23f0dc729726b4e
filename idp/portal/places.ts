import { ACCOUNT_PLACES } from './account-places.ts';

/** A place of the portal that its navigation leads to; `key` is a locale key. */
export interface Place {
  key: string;
  url: string;
}

/** Carries the number of unread messages. */
export const MESSAGES_PLACE = '/account/messages';

const HOME: Place = { key: 'places.home', url: '/' };

/** P-01: the two groups of the public home. */
export const GUIDE_PLACES: Place[] = [
  { key: 'places.questions', url: '/questions' },
  { key: 'places.guide', url: '/guide' },
  { key: 'places.downloads', url: '/downloads' },
];
export const OTHER_PLACES: Place[] = [
  { key: 'places.announcements', url: '/announcements' },
  { key: 'places.events', url: '/events' },
  { key: 'places.links', url: '/links' },
];

/** The foot of every page leads here. */
const ABOUT_PLACES: Place[] = [
  { key: 'places.about', url: '/about' },
  { key: 'places.security', url: '/security' },
  { key: 'places.privacy', url: '/privacy' },
  { key: 'places.accessibility', url: '/accessibility' },
  { key: 'places.site-map', url: '/site-map' },
];

/** For everyone. */
export const PUBLIC_PLACES: Place[] = [HOME, ...OTHER_PLACES, ...GUIDE_PLACES];

/** For a person signed in. */
export const PERSONAL_PLACES: Place[] = [
  HOME,
  { key: 'places.messages', url: MESSAGES_PLACE },
  ...ACCOUNT_PLACES,
  { key: 'places.announcements', url: '/announcements' },
  { key: 'places.downloads', url: '/downloads' },
];

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
