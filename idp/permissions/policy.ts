import { DEEDS, type Deed } from './deeds.ts';
import type { ConsoleCaller, ConsoleRole, DeedRule, Reach } from './types.ts';

type Standing = Pick<ConsoleCaller, 'role' | 'unitCode' | 'managed'>;

/** As what the person administers, if at all. */
export function consoleRoles({ role, managed }: Standing): ConsoleRole[] {
  return [
    ...(role === 'user' ? [] : [role]),
    ...(managed.length > 0 ? (['subsystem_manager'] as const) : []),
  ];
}

/** How far the deed reaches for the caller; undefined when it is not theirs at all. */
export function reachOf(caller: Standing, deed: Deed): Reach | undefined {
  const rule: DeedRule = DEEDS[deed];
  const scopes = consoleRoles(caller).flatMap((role) => rule.scopes[role] ?? []);
  if (scopes.length === 0) return undefined;
  return {
    nation: scopes.includes('nation'),
    unitCodes: scopes.includes('own_unit') ? [caller.unitCode] : [],
    managed: scopes.includes('managed')
      ? caller.managed.map(({ subsystemCode, unitCode }) => ({ subsystemCode, unitCode }))
      : [],
  };
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
