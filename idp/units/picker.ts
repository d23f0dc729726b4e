import type { Db } from '#db/idp/tables.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { UnitPicker } from '#templates/views/access-requests.ts';
import { COUNTIES, findCounty } from '#kit/taiwan/divisions.ts';
import { asksForSomething, readSearch } from './policy.ts';
import { LISTED_UNITS } from './routes.ts';
import { searchUnits } from './store.ts';
import type { Unit } from './types.ts';

/** How people know a unit: `code-name`. */
export function unitLabel(unit: Pick<Unit, 'code' | 'name' | 'nameEn'>, locale: Locale): string {
  return `${unit.code}-${locale === 'en' ? unit.nameEn : unit.name}`;
}

/**
 * The unit search of a page: what its query asks for, or, before anybody searched, `preset`, which is also ticked.
 */
export async function pickUnits(
  db: Db,
  query: URLSearchParams,
  preset: Unit | undefined,
  locale: Locale,
): Promise<Omit<UnitPicker, 'searchUrl' | 'action' | 'method' | 'hidden'>> {
  const shown = query.has('q') ? undefined : preset;
  const search = readSearch(
    {
      text: shown ? shown.code : (query.get('q') ?? ''),
      county: shown ? shown.county : (query.get('county') ?? ''),
      town: shown ? shown.town : (query.get('town') ?? ''),
    },
    LISTED_UNITS + 1,
  );
  const searched = asksForSomething(search);
  const units = searched ? await searchUnits(db, search) : [];
  const option = (selected: string) => (place: { code: string; name: string; nameEn: string }) => ({
    value: place.code,
    label: locale === 'en' ? place.nameEn : place.name,
    selected: place.code === selected,
  });
  return {
    query: search.text,
    counties: COUNTIES.map(option(search.county)),
    towns: (findCounty(search.county)?.towns ?? []).map(option(search.town)),
    searched,
    units: units.slice(0, LISTED_UNITS).map((unit) => ({
      code: unit.code,
      name: locale === 'en' ? unit.nameEn : unit.name,
      selected: unit.code === preset?.code || units.length === 1,
    })),
    more: units.length > LISTED_UNITS,
  };
}
