import type { ConsoleGate, ConsoleRouter } from './permissions/index.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Log } from '#kit/log.ts';
import type { Renderer } from '#templates/engine.ts';
import { accountRoutes } from './account-administration/index.ts';
import type { Config } from './config.ts';
import { type WorkList, consoleHomeRoutes } from './console/index.ts';
import { contentAdministrationRoutes } from './content-administration/index.ts';
import { savedFilterRoutes } from './console-lists/index.ts';
import { auditRoutes } from './audit-trail/index.ts';
import { allowListRoutes } from './allow-list/index.ts';
import { accessConsoleRoutes, accessWork } from './access-requests/index.ts';
import { delegationConsoleRoutes, isAllowedToAct } from './delegations/index.ts';
import { permissionConsoleRoutes, permissionWork } from './permission-requests/index.ts';
import { reinstatementRoutes, suspendedWork } from './reinstatement/index.ts';
import { reviewHistoryRoutes } from './review-history/index.ts';
import { enrollmentConsoleRoutes, enrollmentWork } from './enrollments/index.ts';
import { signInRecordRoutes } from './sign-in-records/index.ts';
import { subsystemAccountRoutes } from './subsystem-account-administration/index.ts';
import { unitImportRoutes } from './unit-register/index.ts';
import { unitConsoleRoutes } from './unit-upkeep/index.ts';
import { emergencyRoutes } from './emergency/index.ts';
import { deadLetterWork, logoutRoutes } from './logout-health/index.ts';
import { sessionCookieHeader } from './oidc/index.ts';
import { registrationRoutes } from './registration-administration/index.ts';
import { impersonationConsoleRoutes, impersonationWork } from './impersonations/index.ts';
import { readinessRoutes } from './readiness/index.ts';
import { sessionAdministrationRoutes } from './session-administration/index.ts';
import { signingKeyRoutes } from './signing-keys/index.ts';
import { subsystemRoutes } from './subsystem-administration/index.ts';
import { accountReviewRoutes, reviewWork } from './account-review/index.ts';
import { breachRoutes, breachWork } from './breaches/index.ts';
import { alertWork, watchRoutes } from './watch/index.ts';
import { type UpstreamDeps, chainRoutes, upstreamConsoleRoutes } from './federation/index.ts';
import type { ClientRegistry } from './subsystems/index.ts';

export interface ConsoleDeps {
  config: Config;
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  log: Log;
  upstreams: Pick<UpstreamDeps, 'providers' | 'clients'>;
}

/** Every page of the console: the only list, which the permission table is checked against. */
export function consoleRouters(deps: ConsoleDeps): ConsoleRouter[] {
  const { db, renderer, console } = deps;
  const sessionCookie = (id: string): string => sessionCookieHeader(deps, id);
  const readiness = { ...deps, sessionCookie };
  return [
    consoleHomeRoutes({ renderer, console, work: workLists(deps) }),
    savedFilterRoutes({ db, console }),
    accountRoutes(deps),
    subsystemAccountRoutes(deps),
    reinstatementRoutes(deps),
    signInRecordRoutes(deps),
    auditRoutes(deps),
    accountReviewRoutes(deps),
    watchRoutes(deps),
    breachRoutes(deps),
    allowListRoutes(deps),
    contentAdministrationRoutes(deps),
    enrollmentConsoleRoutes({ ...deps, issuer: deps.config.issuer }),
    accessConsoleRoutes({ ...deps, mayActFor: isAllowedToAct }),
    permissionConsoleRoutes(deps),
    reviewHistoryRoutes(deps),
    delegationConsoleRoutes(deps),
    unitConsoleRoutes(deps),
    unitImportRoutes(deps),
    subsystemRoutes({ ...deps, readiness }),
    registrationRoutes(deps),
    upstreamConsoleRoutes(deps),
    ...chainRoutes(deps),
    readinessRoutes({ ...deps, readiness }),
    logoutRoutes(deps),
    sessionAdministrationRoutes(deps),
    emergencyRoutes(deps),
    impersonationConsoleRoutes(deps),
    signingKeyRoutes(deps),
  ];
}

/** What waits for somebody, in the order the home shows it. */
function workLists(deps: ConsoleDeps): WorkList[] {
  // prettier-ignore
  return [
    enrollmentWork(deps),
    accessWork(deps),
    permissionWork(deps),
    suspendedWork(deps.db),
    impersonationWork(deps),
    alertWork(deps),
    breachWork(deps),
    reviewWork(deps),
    deadLetterWork(deps.db),
  ];
}
