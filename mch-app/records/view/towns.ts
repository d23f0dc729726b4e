import type { Locale } from '#kit/http/locale.ts';
import { COUNTIES } from '#kit/taiwan/divisions.ts';
import type { TownGroup } from '#templates/views/records.ts';

/** A place in the reader's language. */
export const placeName = (locale: Locale, place: { name: string; nameEn: string }): string =>
  locale === 'en' ? place.nameEn : place.name;

/** The counties to choose from. */
export const countyOptions = (locale: Locale, chosen: string): TownGroup['options'] =>
  COUNTIES.map((county) => ({
    value: county.code,
    label: placeName(locale, county),
    selected: county.code === chosen,
  }));

/** Every township under its county: the county chosen beside it narrows them. */
export const townsByCounty = (locale: Locale, chosen: string): TownGroup[] =>
  COUNTIES.map((county) => ({
    label: placeName(locale, county),
    county: county.code,
    options: county.towns.map((town) => ({
      value: town.code,
      label: placeName(locale, town),
      selected: town.code === chosen,
    })),
  }));
