import { addConsoleList } from '../console-lists/index.ts';
import { ConsoleRouter } from '../permissions/index.ts';
import { signInList } from './list.ts';
import type { SignInRecordDeps } from './types.ts';

/** P-45 and P-46: sign-ins at the single entry and entries to subsystems, within reach. */
export function signInRecordRoutes(deps: SignInRecordDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, signInList(deps, 'entry'));
  addConsoleList(router, deps, signInList(deps, 'subsystem'));
  return router;
}
