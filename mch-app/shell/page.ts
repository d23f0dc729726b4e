import type { Locale } from '#kit/http/locale.ts';
import type { Renderer } from '#templates/engine.ts';
import type { ActingAccount, PageContext, ViewName, Views } from '#templates/views.ts';
import type { TodoLine } from '#templates/views/records.ts';
import { SUBSYSTEM, roleLabel } from '../access/index.ts';
import { type Menu, type MenuNode, findNode, functionsOf } from '../menu/index.ts';
import { type Act, type Session, type SignedInContext, sessionIfAny } from '../sessions/index.ts';

export interface ShellDeps {
  renderer: Renderer;
  /** The single entry's origin: forms here may lead there. */
  issuer: string;
  menu: Menu;
  idleSeconds: number;
  idleWarningSeconds: number;
  /** What the account keeps and may use; undefined where it was not looked up. */
  deskOf?: (ctx: SignedInContext) => DeskFacts | undefined;
}

/** What the frame shows of the account's own desk. */
export interface DeskFacts {
  /** Messages of the account nobody has read. */
  unread: number;
  isWide: boolean;
  /** The function one is in; '' outside of all. */
  here: string;
  isFavourite: boolean;
  favourites: { url: string; label: string; trail: string[] }[];
  /** What waits, to be shown at once; empty on all pages but the first after signing in. */
  popUp: TodoLine[];
}

export type ShowPage = <V extends ViewName>(ctx: SignedInContext, view: V, data: Views[V]) => void;

/** Shows a view in the frame every page has: as whom one acts, the switch, the quiet time, what a deed did. */
export function createShell(deps: ShellDeps): ShowPage {
  return (ctx, view, data) => {
    const session = sessionIfAny(ctx);
    // every form of a signed-in page may end at the single entry: the switch, or the sign-out
    if (session) ctx.state.formTargets = [deps.issuer];
    ctx.type = 'html';
    ctx.body = deps.renderer.page(view, frameOf(deps, ctx, session), data);
  };
}

function frameOf(deps: ShellDeps, ctx: SignedInContext, session: Session | undefined): PageContext {
  const { locale } = ctx.state;
  const path = ctx.method === 'GET' ? ctx.originalUrl : '/';
  const frame: PageContext = { locale, path, app: 'mch-app' };
  if (!session) return frame;
  const signedOut = new URLSearchParams({ reason: 'idle', return_to: path });
  const desk = deps.deskOf?.(ctx);
  return {
    ...frame,
    ...(desk && { wide: desk.isWide, desk: deskView(deps, session, desk, locale) }),
    signedIn: {
      name: session.personName,
      signOutUrl: '/sign-out',
      unitLabel: `(${session.account.unit.code})${session.account.unit.name}`,
    },
    ...(ctx.path.startsWith('/admin/') && { office: officeOf(deps, ctx.path, session, locale) }),
    acting: actingAccount(session, locale, path),
    ...(session.act && { actedFor: actedFor(session, session.act) }),
    idle: {
      limitMinutes: deps.idleSeconds / 60,
      warnMinutes: deps.idleWarningSeconds / 60,
      keepAliveUrl: '/keep-alive',
      signedOutUrl: `/signed-out?${signedOut.toString()}`,
    },
    ...(session.notice === undefined ? {} : { status: session.notice }),
  };
}

/** Who really looks at the page, so that nobody takes it for the person. */
function actedFor(
  { personName, account }: Session,
  { name, until }: Act,
): NonNullable<PageContext['actedFor']> {
  return { name, personName, binding: account.binding, until: new Date(until), signOutUrl: '/sign-out' };
}

function deskView(
  { menu }: ShellDeps,
  session: Session,
  desk: DeskFacts,
  locale: Locale,
): NonNullable<PageContext['desk']> {
  const { account, personName } = session;
  const { here, isFavourite, popUp } = desk;
  const office = officeUrl(menu.visibleTo(account));
  return {
    unitLabel: `(${account.unit.code})${account.unit.name}`,
    roleLabel: roleLabel(account.role, locale),
    personName,
    links: [
      { kind: 'messages', url: '/common/inbox', count: desk.unread },
      { kind: 'profile', url: '/common/profile', count: 0 },
      ...(office === undefined ? [] : [{ kind: 'office' as const, url: office, count: 0 }]),
    ],
    here,
    isFavourite,
    popUp,
  };
}

function actingAccount(session: Session, locale: Locale, path: string): ActingAccount {
  const { account } = session;
  return {
    id: account.id,
    binding: account.binding,
    unitCode: account.unit.code,
    unitName: account.unit.name,
    roleLabel: roleLabel(account.role, locale),
    colour: SUBSYSTEM.colour,
    subsystemName: SUBSYSTEM.shortName[locale],
    others: session.knownAccounts
      .filter((known) => known.id !== account.id)
      .map((known) => ({ ...known, roleLabel: roleLabel(known.role, locale) })),
    switchUrl: '/account-switch',
    returnTo: path,
    changed: session.notice?.key === 'mch.switched',
    actingCheckUrl: '/acting',
  };
}

/** M-01: where the back office begins for this account; undefined for one that has nothing there. */
function officeUrl(visible: readonly MenuNode[]): string | undefined {
  const admin = findNode(visible, 'admin');
  const first = admin && functionsOf(admin)[0];
  return first && `/${first.path}`;
}

const TABS = ['admin/dashboard', 'admin/service', 'admin/accounts', 'admin/content'];

/** M-30: the parts of the back office that the account sees, and the ways out of it. */
function officeOf(
  { issuer, menu }: ShellDeps,
  path: string,
  { account }: Session,
  locale: Locale,
): NonNullable<PageContext['office']> {
  const visible = menu.visibleTo(account);
  // whoever sees no accounts here manages none there either
  const manages = findNode(visible, 'admin/accounts/review') !== undefined;
  return {
    reviewUrl: manages ? '/admin/accounts/review' : '',
    consoleUrl: manages ? `${issuer}/console` : '',
    profileUrl: '/common/profile',
    messagesUrl: '/common/inbox',
    tabs: TABS.filter((place) => findNode(visible, place)).map((place) => ({
      label: menu.labelOf(place, locale),
      url: `/${place}`,
      current: path === `/${place}` || path.startsWith(`/${place}/`),
    })),
  };
}
