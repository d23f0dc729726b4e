import { addConsoleList } from '../console-lists/index.ts';
import { ConsoleRouter } from '../permissions/index.ts';
import { accountList } from './list.ts';
import type { AccountAdministrationDeps } from './types.ts';

/** P-44: the accounts of a unit's or of all people, for whoever administers them. */
export function accountRoutes(deps: AccountAdministrationDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, accountList(deps));
  return router;
}
