import type { Manifest } from '../subsystems/index.ts';

/** How many managers a unit has at a subsystem, and may have. */
export interface ManagerQuota {
  used: number;
  limit: number;
}

/** Whether one more manager fits. */
export function hasRoomForManager({ used, limit }: ManagerQuota): boolean {
  return used < limit;
}

/** The menu roles left of those a duty allows; `entitled` undefined: all of them. */
export function narrowTo(menuRoles: readonly string[], entitled: readonly string[] | undefined): string[] {
  return menuRoles.filter((role) => entitled === undefined || entitled.includes(role));
}

/** The manifest as one unit may use it: each duty with the menu roles the unit is entitled to. */
export function narrowManifest(manifest: Manifest, entitled: readonly string[] | undefined): Manifest {
  const duties = manifest.duties
    .map((duty) => ({ ...duty, menuRoles: narrowTo(duty.menuRoles, entitled) }))
    // a duty whose every menu role is withheld leaves nothing to do
    .filter(({ code, menuRoles }) => {
      const whole = manifest.duties.find((duty) => duty.code === code);
      return menuRoles.length > 0 || whole?.menuRoles.length === 0;
    });
  return { ...manifest, duties };
}
