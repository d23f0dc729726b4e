import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { AreaFrame } from '#templates/views/records.ts';
import { rightsOn } from './access/index.ts';
import { type Menu, breadcrumbOf, viewMenu } from './menu/index.ts';
import { findSealedNumber, openNumber } from './patients/index.ts';
import {
  type Actor,
  type Area,
  type ImportDeps,
  type RecordHost,
  type RecordRoute,
  createLabels,
  indexKinds,
  recordRoutes,
  scopeOf,
  todosOf,
} from './records/index.ts';
import { type Session, type SignedInContext, sessionOf } from './sessions/index.ts';
import { type ExportLimit, type ShowPage, actingForm, actingUpload } from './shell/index.ts';
import type { Todo } from './todos/index.ts';

/** What the pages of records and of the requests about them are made of. */
export interface RecordPageDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  show: ShowPage;
  menu: Menu;
  exports: ExportLimit;
}

/** The pages of every area's records, lent what they need of the application. */
export function recordPages(deps: RecordPageDeps, areas: readonly Area[]): RecordRoute[] {
  const { show, menu, exports } = deps;
  const host: RecordHost = {
    ...recordsOf(deps, areas),
    show,
    exports,
    actorOf: (ctx) => actorOf(sessionOf(ctx), menu),
    frameOf: (ctx, path) => frameOf(ctx, menu, path),
    actingForm: (handle) => actingForm(show, {}, handle, () => '/'),
    actingUpload: (limit, handle) => actingUpload(show, limit, handle),
  };
  return areas.flatMap((area) => recordRoutes(host, area));
}

/** What records are worked on with, by pages and by jobs. */
export function recordsOf(
  { db, clock, keyring }: Pick<RecordPageDeps, 'db' | 'clock' | 'keyring'>,
  areas: readonly Area[],
): ImportDeps {
  const shared = createLabels({});
  const labels = new Map(
    areas.flatMap((area) => area.kinds.map(({ key }) => [key, createLabels(area.labels)])),
  );
  return {
    db,
    clock,
    keyring,
    kindOf: indexKinds(areas),
    labelsOf: ({ key }) => labels.get(key) ?? shared,
    childName: (mother) => shared.text('zh-TW', 'child_name', { mother }),
    async numberOf(patientId) {
      const sealed = await findSealedNumber(db, patientId);
      return sealed ? openNumber(keyring, sealed, patientId) : '';
    },
  };
}

/** The menu, the title bar and the address of a function's page. */
export function frameOf(ctx: SignedInContext, menu: Menu, path: string): AreaFrame {
  const { locale } = ctx.state;
  const breadcrumb = breadcrumbOf(menu, path, locale);
  return {
    menu: viewMenu(menu, menu.visibleTo(sessionOf(ctx).account), locale, path),
    breadcrumb,
    title: breadcrumb.at(-1) ?? '',
    path: `/${path}`,
  };
}

/** Whoever acts as an account: signed in, or reminded by mail. */
export type Holder = Pick<Session, 'sub' | 'personName' | 'account'>;

/** Everything that can wait for an account. */
export function todosFor(
  { clock, menu }: Pick<RecordPageDeps, 'clock' | 'menu'>,
  areas: readonly Area[],
  holder: Holder,
  more: readonly Todo[],
): Todo[] {
  return [...todosOf(areas, actorOf(holder, menu), holder.account.menuRoles, clock()), ...more];
}

/** Somebody as the records know them: what the account may do, and how far it reaches. */
export function actorOf(
  {
    sub,
    personName,
    account,
  }: {
    sub: string;
    personName: string;
    account: { id: string; unit: Actor['unit']; role: string; duty: string; menuRoles: string[] };
  },
  menu: Menu,
): Actor {
  const grants = menu.grantsOf(account);
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
