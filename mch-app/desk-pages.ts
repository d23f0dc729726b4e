import type { Next } from '#kit/http/context.ts';
import { within } from '#kit/within.ts';
import { type News, newsOf, readerOf } from './content/index.ts';
import {
  type DeskFunction,
  deskRoutes,
  favouritesOf,
  functionAt,
  listFunctions,
  wideOf,
} from './desk/index.ts';
import { unreadOf } from './inbox/index.ts';
import { KEPT_PLACE } from './kept-forms/index.ts';
import { viewMenu } from './menu/index.ts';
import { type Holder, type RecordPageDeps, todosFor } from './record-pages.ts';
import type { Area } from './records/index.ts';
import { type SignedInContext, markTodosShown, sessionOf } from './sessions/index.ts';
import { type DeskFacts, actingForm } from './shell/index.ts';
import { type CountedTodo, countTodosBeside, viewTodos } from './todos/index.ts';
import type { Todo } from './todos/index.ts';

/** What was looked up once for a page, kept as long as its request. */
interface Looked {
  facts: DeskFacts;
  todos: CountedTodo[];
  news: News;
}

/** Nobody waits longer for what the single entry counts: the page is shown without it. */
const WORK_MS = 1500;

/** Pages that show what waits in their own place. */
const TODO_PAGES = ['/', '/common/todo'];

const NO_NEWS: News = { lines: [], marquee: [] };

/** What the frame of every page shows of the account, looked up in one round trip. */
export interface DeskLookup {
  /** Behind the guard: looks everything up before the page is made. */
  look: (ctx: SignedInContext, next: Next) => Promise<void>;
  /** Undefined on pages of nobody. */
  of: (ctx: SignedInContext) => DeskFacts | undefined;
  todosOf: (ctx: SignedInContext) => CountedTodo[];
  /** What is told on the first page; nothing anywhere else. */
  newsOf: (ctx: SignedInContext) => News;
}

/**
 * The desk of the account one acts as. What waits is counted where it is shown: on its own pages, and on the first
 * page that an account sees after signing in.
 */
export function createDeskLookup(
  deps: Pick<RecordPageDeps, 'db' | 'clock' | 'menu'>,
  areas: readonly Area[],
  moreTodos: (holder: Holder) => Todo[],
  officeWork: (ctx: SignedInContext) => Promise<CountedTodo[]>,
): DeskLookup {
  const { menu } = deps;
  const looked = new WeakMap<SignedInContext, Looked>();
  return {
    of: (ctx) => looked.get(ctx)?.facts,
    todosOf: (ctx) => looked.get(ctx)?.todos ?? [],
    newsOf: (ctx) => looked.get(ctx)?.news ?? NO_NEWS,
    async look(ctx, next) {
      const { account, sub, digest, todosShown } = sessionOf(ctx);
      const isPage = ctx.method === 'GET' && ctx.accepts('html', 'json') === 'html';
      // nothing is laid over a form that has just come back
      const mayPopUp = isPage && ctx.path !== KEPT_PLACE && !todosShown.includes(account.id);
      const popsUp = mayPopUp && (await markTodosShown(deps.db, digest, account.id));
      const isAsked = popsUp || (isPage && TODO_PAGES.includes(ctx.path));
      const asked = isAsked ? todosFor(deps, areas, sessionOf(ctx), moreTodos(sessionOf(ctx))) : [];
      const work = isAsked ? within(WORK_MS, officeWork(ctx), []) : [];
      const { todos: counted, beside } = await countTodosBeside<{
        isWide: boolean;
        favourites: string[];
        unread: number;
        news?: News;
      }>(deps.db, asked, {
        isWide: wideOf(sub),
        favourites: favouritesOf(account.id),
        unread: unreadOf(account.id),
        ...(isPage && ctx.path === '/' && { news: newsOf(readerOf(ctx, deps.clock())) }),
      });
      const todos = [...counted, ...(await work)];
      const functions = listFunctions(menu, account, ctx.state.locale);
      const here = functionAt(ctx.path, menu.pages);
      const facts: DeskFacts = {
        isWide: beside.isWide,
        unread: beside.unread,
        here: functions.some(({ path }) => path === here) ? here : '',
        isFavourite: beside.favourites.includes(here),
        favourites: beside.favourites.flatMap((path) => placeOf(functions, path)),
        popUp: popsUp && todos.length > 0 ? viewTodos(todos, ctx.state.locale) : [],
      };
      looked.set(ctx, { facts, todos, news: beside.news ?? NO_NEWS });
      await next();
    },
  };
}

function placeOf(functions: DeskFunction[], path: string): DeskFacts['favourites'] {
  const found = functions.find((one) => one.path === path);
  return found ? [{ url: `/${path}`, label: found.label, trail: found.trail }] : [];
}

/** The pages and forms of the desk itself. */
export function deskPages(
  deps: RecordPageDeps & { localPlace: (target: string) => string | undefined },
): ReturnType<typeof deskRoutes> {
  const { menu } = deps;
  return deskRoutes({
    ...deps,
    functionsOf: (ctx) => listFunctions(menu, sessionOf(ctx).account, ctx.state.locale),
    menuOf: (ctx) => viewMenu(menu, menu.visibleTo(sessionOf(ctx).account), ctx.state.locale),
    localPlace: (target) => deps.localPlace(target || '/') ?? '/',
    actingForm: (handle) => actingForm(deps.show, {}, handle, () => '/'),
  });
}
