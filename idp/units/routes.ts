import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import type { RequestState } from '#kit/http/context.ts';
import { findCounty } from '#kit/taiwan/divisions.ts';
import { asksForSomething, readSearch } from './policy.ts';
import { searchUnits } from './store.ts';

/** More than this nobody reads: the box says to narrow it down. */
export const LISTED_UNITS = 20;

/** Live search for the unit picker; what it answers is public. The page works without it. */
export function unitRoutes({ db }: { db: Db }): Router<RequestState> {
  const router = new Router<RequestState>();
  router.get('/units.json', async (ctx) => {
    const query = new URLSearchParams(ctx.querystring);
    const asked = {
      text: query.get('q') ?? '',
      county: query.get('county') ?? '',
      town: query.get('town') ?? '',
    };
    const search = readSearch(asked, LISTED_UNITS + 1);
    const units = asksForSomething(search) ? await searchUnits(db, search) : [];
    const isEnglish = ctx.state.locale === 'en';
    const label = ({ code, name, nameEn }: { code: string; name: string; nameEn: string }) => ({
      code,
      name: isEnglish ? nameEn : name,
    });
    ctx.body = {
      towns: (findCounty(search.county)?.towns ?? []).map(label),
      units: units
        .slice(0, LISTED_UNITS)
        .map((unit) => ({ ...label(unit), county: unit.county, town: unit.town })),
      more: units.length > LISTED_UNITS,
    };
  });
  return router;
}
