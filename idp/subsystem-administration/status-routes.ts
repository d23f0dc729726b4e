import type { ConsoleRouter } from '../permissions/index.ts';
import { setClientStatus } from '../subsystems/index.ts';
import { confirm } from './confirm.ts';
import type { SubsystemAdministrationDeps } from './types.ts';
import { SUBSYSTEMS } from './view.ts';

/** Takes a client out of use, with all that was granted to it, and back. */
export function addStatusRoutes(router: ConsoleRouter, deps: SubsystemAdministrationDeps): void {
  for (const [name, status] of [
    ['disabling', 'disabled'],
    ['enabling', 'active'],
  ] as const) {
    confirm(router, deps, {
      path: `${SUBSYSTEMS}/:code/${name}`,
      deed: 'subsystems.disable',
      area: `console-client-${name}`,
      run: async (listed, by) => {
        await setClientStatus(deps.db, listed.clientId, status, by);
        return status;
      },
    });
  }
}
