import { DEEDS, type Deed } from './deeds.ts';
import type { ConsoleCaller, ConsoleRole, DeedRule, Deputised, Reach } from './types.ts';

type Standing = Pick<Deputised, 'role' | 'unitCode' | 'managed'>;
type Caller = Standing & Pick<ConsoleCaller, 'deputyFor'>;

/** As what the person administers, if at all. */
export function consoleRoles({ role, managed }: Standing): ConsoleRole[] {
  return [
    ...(role === 'user' ? [] : [role]),
    ...(managed.length > 0 ? (['subsystem_manager'] as const) : []),
  ];
}

/** How far the deed reaches for the caller, as themself or as somebody's deputy; undefined when it is not theirs. */
export function reachOf(caller: Caller, deed: Deed): Reach | undefined {
  const rule: DeedRule = DEEDS[deed];
  const standings = [caller, ...(rule.delegable ? (caller.deputyFor ?? []) : [])];
  const reaches = standings.flatMap((standing) => ownReach(standing, rule) ?? []);
  if (reaches.length === 0) return undefined;
  return {
    nation: reaches.some(({ nation }) => nation),
    unitCodes: [...new Set(reaches.flatMap(({ unitCodes }) => unitCodes))],
    managed: reaches.flatMap(({ managed }) => managed),
  };
}

function ownReach(standing: Standing, rule: DeedRule): Reach | undefined {
  const scopes = consoleRoles(standing).flatMap((role) => rule.scopes[role] ?? []);
  if (scopes.length === 0) return undefined;
  return {
    nation: scopes.includes('nation'),
    unitCodes: scopes.includes('own_unit') ? [standing.unitCode] : [],
    managed: scopes.includes('managed')
      ? standing.managed.map(({ subsystemCode, unitCode }) => ({ subsystemCode, unitCode }))
      : [],
  };
}

/**
 * In whose place the caller does this deed to what belongs to the unit (and subsystem): undefined as themself, which
 * comes first, or the account of whoever they stand in for.
 */
export function inPlaceOf(
  caller: Caller,
  deed: Deed,
  of: { unitCode: string; subsystemCode?: string },
): string | undefined {
  const rule: DeedRule = DEEDS[deed];
  const reaches = (standing: Standing): boolean => {
    const reach = ownReach(standing, rule);
    return reach !== undefined && reachesSubsystem(reach, of.subsystemCode ?? '', of.unitCode);
  };
  if (reaches(caller) || !rule.delegable) return undefined;
  return caller.deputyFor?.find(reaches)?.accountId;
}

/** Whether it reaches everything of the unit. */
export function reachesUnit(reach: Reach, unitCode: string): boolean {
  return reach.nation || reach.unitCodes.includes(unitCode);
}

/** Whether it reaches what belongs to the subsystem in the unit. */
export function reachesSubsystem(reach: Reach, subsystemCode: string, unitCode: string): boolean {
  return (
    reachesUnit(reach, unitCode) ||
    reach.managed.some((pair) => pair.subsystemCode === subsystemCode && pair.unitCode === unitCode)
  );
}

export function isDeed(name: string): name is Deed {
  return Object.hasOwn(DEEDS, name);
}

/** Whether the deed wants a sign-in of the last minutes. */
export function wantsFresh(deed: Deed): boolean {
  return (DEEDS[deed] as DeedRule).fresh === true;
}
