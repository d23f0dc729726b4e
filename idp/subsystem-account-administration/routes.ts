import { addConsoleList } from '../console-lists/index.ts';
import { ConsoleRouter } from '../permissions/index.ts';
import { addAccessRoutes } from './access-routes.ts';
import { addBulkRoutes } from './bulk-routes.ts';
import { subsystemAccountList } from './list.ts';
import type { SubsystemAdministrationDeps } from './types.ts';

/** P-50 to P-52: the subsystem accounts of units, for whoever administers them. */
export function subsystemAccountRoutes(deps: SubsystemAdministrationDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, subsystemAccountList(deps));
  addBulkRoutes(router, deps);
  addAccessRoutes(router, deps);
  return router;
}
