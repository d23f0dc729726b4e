import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { MenuGroup } from '#templates/views.ts';
import type { DeskViews } from '#templates/views/desk.ts';
import { dutyLabel, menuRoleLabel, roleLabel } from '../access/index.ts';
import type { FormRoute, Reshow } from '../kept-forms/index.ts';
import {
  type Handler,
  type Session,
  type SignedInContext,
  sessionOf,
  storeNotice,
} from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';
import type { Managers } from './managers.ts';
import { listOptIns, replaceOptIns } from './store.ts';

export interface ProfileRouteDeps {
  db: Db;
  clock: Clock;
  show: ShowPage;
  menuOf: (ctx: SignedInContext) => MenuGroup[];
  managersOf: Managers;
  /** How the person is reached, as the single entry says now; undefined while it cannot be asked. */
  contactOf: (session: Session) => Promise<{ email: string; phone: string } | undefined>;
  /** Where people change their details. */
  portalProfileUrl: string;
  actingForm: (handle: (ctx: SignedInContext, form: Form) => Promise<void>) => Handler;
}

const PATH = '/common/profile';
const TABS = ['person', 'system', 'work'] as const;

/** The three tabs of one's details, and the choice of mails. */
export function profileRoutes(deps: ProfileRouteDeps): FormRoute[] {
  return [
    { method: 'get', path: PATH, handle: showProfile(deps) },
    { method: 'post', path: `${PATH}/mail`, handle: receiveMail(deps), reshow: showMail(deps) },
  ];
}

function showProfile(deps: ProfileRouteDeps): Handler {
  return async (ctx) => {
    const asked = new URLSearchParams(ctx.querystring).get('tab');
    await render(deps, ctx, TABS.find((one) => one === asked) ?? 'person');
  };
}

/** The choice of mails as it was ticked before. */
function showMail(deps: ProfileRouteDeps): Reshow {
  return (ctx, form) => render(deps, ctx, 'work', form.all('menu_role'));
}

async function render(
  deps: ProfileRouteDeps,
  ctx: SignedInContext,
  tab: (typeof TABS)[number],
  ticked?: readonly string[],
): Promise<void> {
  const session = sessionOf(ctx);
  const { account } = session;
  const { locale } = ctx.state;
  deps.show(ctx, 'mch-app/profile', {
    menu: deps.menuOf(ctx),
    tab,
    tabs: TABS.map((one) => ({ kind: one, url: `${PATH}?tab=${one}`, isCurrent: one === tab })),
    acting: account.id,
    accountId: account.id,
    binding: account.binding,
    personName: session.personName,
    unitLabel: `${account.unit.name} (${account.unit.code})`,
    roleLabel: roleLabel(account.role, locale),
    dutyLabel: dutyLabel(account.duty, locale),
    portalUrl: deps.portalProfileUrl,
    person: tab === 'person' ? await personOf(deps, session) : undefined,
    menuRoles: await menuRolesOf(deps, session, (code) => menuRoleLabel(code, locale), ticked),
    saveUrl: `${PATH}/mail`,
  });
}

async function personOf(
  deps: ProfileRouteDeps,
  session: Session,
): Promise<DeskViews['mch-app/profile']['person']> {
  const [managers, contact] = await Promise.all([
    deps.managersOf(session.account.unit.code),
    deps.contactOf(session),
  ]);
  return { managers, contact };
}

async function menuRolesOf(
  { db }: ProfileRouteDeps,
  { account }: Session,
  labelOf: (code: string) => string,
  ticked: readonly string[] | undefined,
): Promise<DeskViews['mch-app/profile']['menuRoles']> {
  const wanted = ticked ?? (await listOptIns(db, account.id));
  return account.menuRoles.map((code) => ({ code, label: labelOf(code), isWanted: wanted.includes(code) }));
}

function receiveMail({ db, clock, actingForm }: ProfileRouteDeps): Handler {
  return actingForm(async (ctx, form) => {
    const { account, digest } = sessionOf(ctx);
    const asked = form.all('menu_role');
    const wanted = account.menuRoles.filter((code) => asked.includes(code));
    await replaceOptIns(db, account.id, wanted, clock());
    await storeNotice(db, digest, { kind: 'success', key: 'mch-profile.saved' });
    seeOther(ctx, `${PATH}?tab=work`);
  });
}
