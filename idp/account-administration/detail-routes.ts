import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { PASSWORD_THROTTLE, lockedNames } from '../authenticators/index.ts';
import {
  type ConsoleCaller,
  type ConsoleRouter,
  type Deed,
  reachOf,
  reachesSubsystem,
} from '../permissions/index.ts';
import { listOwnSessions, listSignInEvents } from '../sessions/index.ts';
import { type Detail, personView } from './detail-view.ts';
import { ACCOUNTS, shownStatus } from './list.ts';
import { administrationRefusal, deedRefusal, grantableRoles } from './policy.ts';
import { DEED_OF, readFacts } from './service/deeds.ts';
import { getReach, getSubject } from './service/reach.ts';
import { endOneSession } from './service/sessions.ts';
import { listAccountsOf, listDeedsOn, listFactorsOf } from './store/detail.ts';
import type { AccountAdministrationDeps, DeedName, Subject } from './types.ts';

const LATELY = 20;
const DEEDS: DeedName[] = ['unlocking', 'password-reset', 'factor-reset', 'enabling', 'disabling'];

/** One account: what it is, what it was used for, what was done to it, and what the caller may do to it. */
export function addDetailRoutes(router: ConsoleRouter, deps: AccountAdministrationDeps): void {
  router.get(`${ACCOUNTS}/:id`, 'accounts.read', async (ctx, caller) => {
    const subject = await getSubject(deps.db, getReach(caller, 'accounts.read'), ctx.params['id'] ?? '');
    const { locale } = ctx.state;
    const detail = await readDetail(deps, caller, subject);
    ctx.type = 'html';
    ctx.body = deps.renderer.page(
      'idp/console-person',
      {
        ...deps.console.page(ctx, caller, { crumbs: crumbsTo(ctx, subject) }),
        ...statusOf(ctx),
      },
      personView(deps, detail, locale),
    );
  });

  router.post(`${ACCOUNTS}/:id/sessions/:uid/removal`, 'sessions.end', async (ctx, caller) => {
    const { id = '', uid = '' } = ctx.params;
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const refusal = await endOneSession(deps, { caller, from }, id, uid);
    if (refusal) throw new Fault('forbidden');
    seeOther(ctx, `${ACCOUNTS}/${id}?done=session-ended`);
  });
}

/** The way to one account's pages. */
export function crumbsTo(ctx: Context, subject: Subject, here?: string) {
  const list = { label: translate(ctx.state.locale, 'console-people.title'), url: ACCOUNTS };
  const person = { label: subject.loginName };
  if (here === undefined) return [list, person];
  const url = `${ACCOUNTS}/${subject.id}`;
  return [list, { ...person, url }, { label: translate(ctx.state.locale, here, { name: subject.name }) }];
}

function statusOf(ctx: Context): { status?: NonNullable<PageContext['status']> } {
  const done = new URLSearchParams(ctx.querystring).get('done') ?? '';
  const key = `console-person.done-${done}`;
  return hasText(ctx.state.locale, key) ? { status: { kind: 'success', key } } : {};
}

async function readDetail(
  deps: AccountAdministrationDeps,
  caller: ConsoleCaller,
  subject: Subject,
): Promise<Detail> {
  const { db, clock, keyring } = deps;
  const now = clock();
  const { id } = subject;
  const refusal = administrationRefusal(caller, getReach(caller, 'accounts.read'), subject);
  const accountsReach = reachOf(caller, 'subsystem_accounts.read');
  const maySeeSessions = reachOf(caller, 'sessions.read') !== undefined;
  const maySeeSignIns = reachOf(caller, 'sign_ins.read') !== undefined;
  const locked = await lockedNames(db, keyring, PASSWORD_THROTTLE, [subject.loginName], now);
  return {
    subject,
    status: shownStatus(subject, locked.size > 0, now),
    lookOnlyKey: refusal ? `console-person.refused-${refusal}` : '',
    deeds: refusal ? [] : await deedsFor(deps, caller, subject),
    accounts: await listAccountsOf(db, id),
    factors: await listFactorsOf(db, id),
    sessions: maySeeSessions ? await listOwnSessions(db, id) : [],
    signIns: maySeeSignIns ? await listSignInEvents(db, id, undefined, LATELY) : [],
    history: await listDeedsOn(db, id, LATELY),
    mayEndSessions: !refusal && reachOf(caller, 'sessions.end') !== undefined,
    accountUrl: ({ id: account, subsystemCode, unitCode }) =>
      accountsReach && reachesSubsystem(accountsReach, subsystemCode, unitCode)
        ? `/console/subsystem-accounts/${encodeURIComponent(account)}`
        : '',
    signInsUrl: maySeeSignIns ? `/console/sign-ins?login=${encodeURIComponent(subject.loginName)}` : '',
  };
}

/** Only what can be done now; why something cannot is said where one tries several at once. */
async function deedsFor(
  deps: AccountAdministrationDeps,
  caller: ConsoleCaller,
  subject: Subject,
): Promise<Detail['deeds']> {
  const here = `${ACCOUNTS}/${subject.id}`;
  const facts = await readFacts(deps, deps.db, subject);
  const may = (deed: Deed) => reachOf(caller, deed) !== undefined;
  const link = (name: string, isDangerous = false) => ({
    key: `console-person.${name}.link`,
    url: `${here}/${name}`,
    isDangerous,
  });
  const possible = DEEDS.filter((name) => may(DEED_OF[name]) && !deedRefusal(name, subject, facts));
  const roles = grantableRoles(caller.role).filter((role) => role !== subject.role);
  const isActive = subject.status === 'active';
  return [
    ...(may('accounts.change') ? [link('change')] : []),
    ...(subject.declaredAt && may('accounts.change') ? [link('id-confirmation')] : []),
    ...(isActive && may('accounts.change_role') && roles.length > 0 ? [link('role')] : []),
    ...(isActive && may('accounts.move') ? [link('unit')] : []),
    ...possible.map((name) => link(name, name === 'disabling' || name === 'factor-reset')),
    ...(isActive && may('accounts.disable') ? [link('resignation', true)] : []),
  ];
}
