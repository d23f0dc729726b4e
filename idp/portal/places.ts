import { ACCOUNT_PLACES } from './account-places.ts';

/** A place of the portal that its navigation leads to; `key` is a locale key. */
export interface Place {
  key: string;
  url: string;
}

/** For everyone. */
export const PUBLIC_PLACES: Place[] = [{ key: 'places.home', url: '/' }];

/** For a person signed in. */
export const PERSONAL_PLACES: Place[] = [
  { key: 'places.home', url: '/' },
  ...ACCOUNT_PLACES,
];
