import type { Place } from './places.ts';

/** Where people arrange their own account. */
export const ACCOUNT_PLACES: Place[] = [
  { key: 'places.access-requests', url: '/account/access-requests' },
  { key: 'places.bindings', url: '/account/bindings' },
  { key: 'places.own-password', url: '/account/password' },
  { key: 'places.own-security', url: '/account/security' },
  { key: 'places.sign-in-requests', url: '/account/sign-in-requests' },
  { key: 'places.sessions', url: '/account/sessions' },
  { key: 'places.consents', url: '/account/consents' },
  { key: 'places.data-rights', url: '/account/data' },
  { key: 'places.profile', url: '/account/profile' },
];
