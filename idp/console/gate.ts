import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { callerOf } from '../audit/index.ts';
import { ACR_MFA, satisfiesAcr } from '../authenticators/index.ts';
import { listDeputyships } from '../delegations/index.ts';
import { type ConsoleCaller, type ConsoleGate, isDeed, reachOf, wantsFresh } from '../permissions/index.ts';
import type { ConsoleAlarm } from '#templates/views.ts';
import type { Gate } from '../portal/index.ts';
import { type BrowserSession, isFresh } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { menuOf } from './places.ts';
import { type Standing, findStanding } from './store.ts';

export interface ConsoleGateDeps {
  db: Db;
  clock: Clock;
  registry: ClientRegistry;
  gate: Gate;
  config: { trustedProxyHops: number };
  /** Whether the console may be used in that role from that address. */
  isAllowedAddress: (role: ConsoleCaller['role'], address: string) => boolean;
  /** What national administrators and operators must know of wherever they are. */
  listAlarms?: (caller: ConsoleCaller) => Promise<ConsoleAlarm[]>;
}

/**
 * Who stands at the console: signed in with a second factor, from an allowed address, and with a right to the deed
 * that is read from the database at each request.
 */
export function createConsoleGate(deps: ConsoleGateDeps): ConsoleGate {
  const unitLabels = new WeakMap<ConsoleCaller, Standing>();
  const alarms = new WeakMap<ConsoleCaller, ConsoleAlarm[]>();
  return {
    async enter(ctx, name) {
      if (!isDeed(name)) throw new Fault('forbidden');
      const session = await deps.gate.requireSession(ctx);
      if (!session) return undefined;
      const standing = await findStanding(deps.db, session.accountId);
      const caller = standing && (await callerAt(deps, session, standing));
      if (!caller || !reachOf(caller, name)) throw new Fault('forbidden');
      const { ip } = callerOf(ctx, deps.config.trustedProxyHops);
      const roles = [caller.role, ...(caller.deputyFor ?? []).map(({ role }) => role)];
      if (!roles.every((role) => deps.isAllowedAddress(role, ip))) throw new Fault('forbidden');
      if (!satisfiesAcr(session.acr, ACR_MFA)) return signInAgain(ctx, 'factor');
      if (wantsFresh(name) && !isFresh(session.loginAt, deps.clock(), deedOf(ctx))) {
        return signInAgain(ctx, 'fresh');
      }
      unitLabels.set(caller, standing);
      if (deps.listAlarms && reachOf(caller, 'signing_keys.confirm'))
        alarms.set(caller, await deps.listAlarms(caller));
      return caller;
    },
    page(ctx, caller, { crumbs = [], status } = {}) {
      const unit = unitLabels.get(caller);
      const unitName = ctx.state.locale === 'en' ? unit?.unitNameEn || unit?.unitName : unit?.unitName;
      return {
        ...deps.gate.page(ctx, pageSession(caller)),
        console: {
          menu: menuOf(caller, ctx.path),
          crumbs,
          unitLabel: unitName ?? '',
          alarms: alarms.get(caller) ?? [],
        },
        ...(status && { status }),
      };
    },
  };
}

const deedOf = (ctx: Context) => (ctx.method === 'GET' ? 'read' : 'write');

/** To sign in more strongly or anew, and back: what was posted is asked for again at the same address. */
function signInAgain(ctx: Context, how: 'factor' | 'fresh'): undefined {
  const back = ctx.method === 'GET' ? ctx.url : ctx.path;
  seeOther(ctx, `/sign-in?${how}=yes&return_to=${encodeURIComponent(back)}`);
}

async function callerAt(
  { db, registry, clock }: ConsoleGateDeps,
  session: BrowserSession,
  standing: Standing,
): Promise<ConsoleCaller> {
  const { role, unitCode, accounts } = standing;
  const deputyFor: NonNullable<ConsoleCaller['deputyFor']> = [];
  for (const each of await listDeputyships(db, session.accountId, clock())) {
    const theirs = await findStanding(db, each.delegatorAccountId);
    if (!theirs) continue;
    deputyFor.push({
      accountId: each.delegatorAccountId,
      personName: each.delegatorName,
      role: theirs.role,
      unitCode: theirs.unitCode,
      managed: managedBy(registry, theirs.accounts),
    });
  }
  return {
    accountId: session.accountId,
    personName: session.personName,
    loginName: session.loginName,
    role,
    unitCode,
    managed: managedBy(registry, accounts),
    deputyFor,
    session: { uid: session.uid, acr: session.acr, loginAt: session.loginAt },
  };
}

function managedBy(registry: ClientRegistry, accounts: Standing['accounts']): ConsoleCaller['managed'] {
  return accounts
    .filter((account) => manages(registry, account))
    .map(({ id, subsystemCode, unitCode }) => ({ subsystemAccountId: id, subsystemCode, unitCode }));
}

function manages(registry: ClientRegistry, account: Standing['accounts'][number]): boolean {
  const roles = registry.subsystem(account.subsystemCode)?.manifest.roles ?? [];
  return roles.some(({ code, manages: isManager }) => code === account.role && isManager);
}

function pageSession({ session, accountId, personName, loginName }: ConsoleCaller): BrowserSession {
  return {
    ...session,
    accountId,
    personName,
    loginName,
    previousSignInAt: undefined,
    activeAt: session.loginAt,
    administers: true,
  };
}
