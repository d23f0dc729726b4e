import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { AreaFrame } from '#templates/views/records.ts';
import type { FormRoute } from '../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf, storeNotice } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';
import { MOST_FAVOURITES, findFunctions } from './policy.ts';
import { addFavourite, removeFavourite, saveWide } from './store.ts';
import type { DeskFunction } from './types.ts';

export interface DeskRouteDeps {
  db: Db;
  clock: Clock;
  show: ShowPage;
  functionsOf: (ctx: SignedInContext) => DeskFunction[];
  menuOf: (ctx: SignedInContext) => AreaFrame['menu'];
  /** The place as a path of ours; '/' for anything else. */
  localPlace: (target: string) => string;
  actingForm(handle: (ctx: SignedInContext, form: Form) => Promise<void>): Handler;
}

const MOST_TYPED = 50;

/** Searching functions, keeping favourites, and the width of the window. */
export function deskRoutes(deps: DeskRouteDeps): FormRoute[] {
  return [
    { method: 'get', path: '/functions', handle: searchFunctions(deps) },
    { method: 'post', path: '/favourites', handle: changeFavourite(deps), reshow: 'press' },
    { method: 'post', path: '/preferences/window', handle: changeWindow(deps), reshow: 'press' },
  ];
}

/** The functions that match `q`: a page, or all of them for a script that finds by itself. */
function searchFunctions({ show, functionsOf, menuOf }: DeskRouteDeps): Handler {
  return async (ctx) => {
    const functions = functionsOf(ctx);
    if (ctx.accepts('html', 'json') === 'json') {
      ctx.body = functions.map(({ path, label, trail, words }) => ({ url: `/${path}`, label, trail, words }));
      return;
    }
    const query = (new URLSearchParams(ctx.querystring).get('q') ?? '').trim().slice(0, MOST_TYPED);
    show(ctx, 'mch-app/functions', {
      menu: menuOf(ctx),
      query,
      functions: findFunctions(functions, query).map(({ path, label, trail }) => ({
        url: `/${path}`,
        label,
        trail,
      })),
    });
  };
}

function changeFavourite(deps: DeskRouteDeps): Handler {
  const { db, clock } = deps;
  return deps.actingForm(async (ctx, form) => {
    const { account, digest } = sessionOf(ctx);
    const wished = deps.functionsOf(ctx).find(({ path }) => path === form.get('path'));
    if (!wished) throw new Fault('not_found');
    const isWanted = form.get('on') === '1';
    const done = isWanted
      ? await addFavourite(db, account.id, wished.path, clock())
      : (await removeFavourite(db, account.id, wished.path), true);
    const params = { label: wished.label };
    await storeNotice(
      db,
      digest,
      done
        ? { kind: 'success', key: isWanted ? 'desk.favourite-added' : 'desk.favourite-removed', params }
        : { kind: 'warning', key: 'desk.favourites-full', params: { most: String(MOST_FAVOURITES) } },
    );
    seeOther(ctx, deps.localPlace(form.get('return_to')));
  });
}

function changeWindow(deps: DeskRouteDeps): Handler {
  return deps.actingForm(async (ctx, form) => {
    await saveWide(deps.db, sessionOf(ctx).sub, form.get('wide') === '1', deps.clock());
    if (ctx.accepts('html', 'json') === 'json') ctx.body = { wide: form.get('wide') === '1' };
    else seeOther(ctx, deps.localPlace(form.get('return_to')));
  });
}
