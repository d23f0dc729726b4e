import type { AccountRole } from '#db/idp/tables.ts';
import type { Context } from '#kit/http/context.ts';
import type { PageContext } from '#templates/views.ts';

/** As what somebody administers: an account's role, or the holder of managing subsystem accounts. */
export type ConsoleRole = 'unit_manager' | 'subsystem_manager' | 'hpa_admin' | 'platform_ops';

/** Of their own unit; of the (subsystem, unit) pairs they manage; of everything. */
export type Scope = 'own_unit' | 'managed' | 'nation';

export interface DeedRule {
  scopes: Partial<Record<ConsoleRole, Scope>>;
  /** Only within five minutes of signing in. */
  fresh?: true;
  /** A deputy may do it too, as far as whoever named them. */
  delegable?: true;
}

export interface ManagedUnit {
  subsystemCode: string;
  unitCode: string;
}

/** Somebody who is away, as far as their deputy acts for them. */
export interface Deputised {
  accountId: string;
  personName: string;
  role: AccountRole;
  unitCode: string;
  managed: ManagedUnit[];
}

/** Who stands at the console. */
export interface ConsoleCaller {
  accountId: string;
  personName: string;
  loginName: string;
  role: AccountRole;
  unitCode: string;
  /** By the managing subsystem accounts that are active and bound. */
  managed: (ManagedUnit & { subsystemAccountId: string })[];
  /** In whose place they may review just now, with what that person may at this moment. */
  deputyFor?: Deputised[];
  session: { uid: string; acr: string | undefined; loginAt: Date };
  /** At a subsystem's pages, through the directory API. */
  via?: 'api';
}

/** How far a deed reaches for one caller. */
export interface Reach {
  nation: boolean;
  /** Whole units. */
  unitCodes: string[];
  /** What belongs to this subsystem in this unit. */
  managed: ManagedUnit[];
}

export interface Crumb {
  label: string;
  url?: string;
}

/** What every page of the console shares. */
export interface ConsoleGate {
  /**
   * Who may do this deed here and now. Undefined when the answer is already made: to sign in, or to sign in
   * again because the deed wants it fresh.
   * @throws Fault forbidden
   */
  enter(ctx: Context, deed: string): Promise<ConsoleCaller | undefined>;
  page(
    ctx: Context,
    caller: ConsoleCaller,
    extra?: { crumbs?: Crumb[]; status?: PageContext['status'] },
  ): PageContext;
}

/** One route of the console as the permission table is checked against it. */
export interface ConsoleEntry {
  method: 'GET' | 'POST';
  path: string;
  deed: string;
}
