import { addConsoleList } from '../console-lists/index.ts';
import { ConsoleRouter } from '../permissions/index.ts';
import { addBulkRoutes } from './bulk-routes.ts';
import { addChangeRoutes } from './change-routes.ts';
import { addCreationRoutes } from './creation-routes.ts';
import { addDeedRoutes } from './deed-routes.ts';
import { addDetailRoutes } from './detail-routes.ts';
import { accountList } from './list.ts';
import { addStandingRoutes } from './standing-routes.ts';
import type { AccountAdministrationDeps } from './types.ts';

/** P-44: the accounts of a unit's or of all people, for whoever administers them. */
export function accountRoutes(deps: AccountAdministrationDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, accountList(deps));
  addCreationRoutes(router, deps);
  addBulkRoutes(router, deps);
  addDetailRoutes(router, deps);
  addChangeRoutes(router, deps);
  addStandingRoutes(router, deps);
  addDeedRoutes(router, deps);
  return router;
}
