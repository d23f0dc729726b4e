import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { AreaFrame } from '#templates/views/records.ts';
import { grantsOf, rightsOn } from './access/index.ts';
import { breadcrumbOf, viewMenu, visibleMenu } from './menu/index.ts';
import { findSealedNumber, openNumber } from './patients/index.ts';
import {
  type Actor,
  type Area,
  type RecordHost,
  type RecordRoute,
  createLabels,
  indexKinds,
  recordRoutes,
  scopeOf,
  todosOf,
} from './records/index.ts';
import { type SignedInContext, sessionOf } from './sessions/index.ts';
import { type ShowPage, actingForm } from './shell/index.ts';
import { type CountedTodo, type Todo, countTodos } from './todos/index.ts';

export interface RecordPageDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  show: ShowPage;
}

/** The functions that have a page, by their places in the menu. */
export function pagesOf(areas: readonly Area[]): ReadonlySet<string> {
  return new Set([
    'common/todo',
    ...areas.flatMap(({ kinds, reports }) => [...kinds, ...reports].map(({ path }) => path)),
  ]);
}

/** The pages of every area's records, lent what they need of the application. */
export function recordPages(deps: RecordPageDeps, areas: readonly Area[]): RecordRoute[] {
  const { db, clock, keyring, show } = deps;
  const pages = pagesOf(areas);
  const shared = createLabels({});
  const host: RecordHost = {
    db,
    clock,
    keyring,
    show,
    kindOf: indexKinds(areas),
    childName: (mother) => shared.text('zh-TW', 'child_name', { mother }),
    async numberOf(patientId) {
      const sealed = await findSealedNumber(db, patientId);
      return sealed ? openNumber(keyring, sealed, patientId) : '';
    },
    actorOf,
    frameOf: (ctx, path) => frameOf(ctx, pages, path),
    actingForm: (handle) => actingForm(show, {}, handle, () => '/'),
  };
  return areas.flatMap((area) => recordRoutes(host, area));
}

/** The menu, the title bar and the address of a function's page. */
export function frameOf(ctx: SignedInContext, pages: ReadonlySet<string>, path: string): AreaFrame {
  const { locale } = ctx.state;
  const breadcrumb = breadcrumbOf(path, locale);
  const menu = visibleMenu(grantsOf(sessionOf(ctx).account));
  return {
    menu: viewMenu(menu, locale, path, pages),
    breadcrumb,
    title: breadcrumb.at(-1) ?? '',
    path: `/${path}`,
  };
}

/** What waits for the account one acts as, counted in one round trip. */
export async function listTodos(
  { db, clock }: Pick<RecordPageDeps, 'db' | 'clock'>,
  areas: readonly Area[],
  ctx: SignedInContext,
  more: readonly Todo[],
): Promise<CountedTodo[]> {
  const { account } = sessionOf(ctx);
  return countTodos(db, [...todosOf(areas, actorOf(ctx), account.menuRoles, clock()), ...more]);
}

function actorOf(ctx: SignedInContext): Actor {
  const { sub, personName, account } = sessionOf(ctx);
  const grants = grantsOf(account);
  const { code, name, county, town } = account.unit;
  return {
    sub,
    accountId: account.id,
    personName,
    unit: { code, name, county, town },
    scope: scopeOf(account.duty, account.unit),
    rights: (path) => rightsOn(grants, path),
  };
}
