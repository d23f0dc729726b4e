import type { Locale } from '#kit/http/locale.ts';
import { COUNTIES, findCounty, findTown } from '../units/index.ts';

const named = (place: { name: string; nameEn: string } | undefined, locale: Locale): string =>
  (locale === 'en' ? place?.nameEn : place?.name) ?? '';

/** County and township as one reads them. */
export function placeName(county: string, town: string, locale: Locale): string {
  return [named(findCounty(county), locale), named(findTown(county, town), locale)].filter(Boolean).join(' ');
}

export function countyName(code: string, locale: Locale): string {
  return named(findCounty(code), locale);
}

/** Every township of this name or code in either language; a name may be several counties'. */
export function townCodesOf(typed: string): string[] {
  const asked = typed.normalize('NFKC').replaceAll('\u53f0', '\u81fa').toLowerCase();
  return COUNTIES.flatMap(({ towns }) => towns)
    .filter(({ code, name, nameEn }) => [code, name, nameEn.toLowerCase()].includes(asked))
    .map(({ code }) => code);
}

/** All townships by county, for a choice that needs no script. */
export function townChoices(chosen: string, locale: Locale) {
  return COUNTIES.map((county) => ({
    county: named(county, locale),
    towns: county.towns.map((town) => ({
      value: town.code,
      label: named(town, locale),
      selected: town.code === chosen,
    })),
  }));
}
