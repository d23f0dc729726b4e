import type { Db } from '#db/mch/tables.ts';
import type { Handler } from '../sessions/index.ts';
import { UNITS_OFFERED, readUnitSearch } from './policy.ts';
import { searchUnits } from './store.ts';

/** GET of the units a text fits, for the look-up in forms: `{ units: [{ code, name }], more }`. */
export function lookUpUnits(db: Db): Handler {
  return async (ctx) => {
    const text = readUnitSearch(new URLSearchParams(ctx.querystring).get('q') ?? '');
    const found = await searchUnits(db, text, UNITS_OFFERED + 1);
    ctx.set('Cache-Control', 'no-store');
    ctx.body = {
      units: found.slice(0, UNITS_OFFERED).map(({ code, name }) => ({ code, name })),
      more: found.length > UNITS_OFFERED,
    };
  };
}
