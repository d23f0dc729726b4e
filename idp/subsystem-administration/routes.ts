import { DAY, after } from '#kit/clock.ts';
import { translate } from '#templates/locales.ts';
import { listHealth } from '../logout-health/index.ts';
import { ConsoleRouter } from '../permissions/index.ts';
import { listNewestRuns, listRuns } from '../readiness/index.ts';
import { findClientSecrets, listSubsystems, listVersions } from '../subsystems/index.ts';
import { addManifestRoutes } from './manifest-routes.ts';
import { findListed, pageOf } from './page.ts';
import { addSecretRoutes } from './secret-routes.ts';
import { addStatusRoutes } from './status-routes.ts';
import type { SubsystemAdministrationDeps } from './types.ts';
import { addVersionRoutes } from './version-routes.ts';
import { SUBSYSTEMS, listView, subsystemView } from './view.ts';

const SHOWN_RUNS = 10;

/** Subsystems: all of them, one of them, and what can be done. */
export function subsystemRoutes(deps: SubsystemAdministrationDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  const { db, renderer, clock } = deps;
  // fixed paths first: a subsystem's code comes in the same place
  addManifestRoutes(router, deps);

  router.get(SUBSYSTEMS, 'subsystems.read', async (ctx, caller) => {
    const [all, runs, health] = await Promise.all([
      listSubsystems(db),
      listNewestRuns(db),
      listHealth(db, after(clock(), -7 * DAY)),
    ]);
    const rows = all.map((listed) => ({
      listed,
      run: runs.find(({ subsystemCode }) => subsystemCode === listed.subsystem.code),
      health: health.find(({ clientId }) => clientId === listed.clientId),
    }));
    const { locale } = ctx.state;
    const [title, lead] = ['title', 'lead'].map((name) => translate(locale, `console-subsystems.${name}`));
    ctx.type = 'html';
    const page = deps.console.page(ctx, caller, { crumbs: [{ label: title ?? '' }] });
    ctx.body = renderer.page('idp/console-sheet', page, listView(locale, title ?? '', lead ?? '', rows));
  });

  router.get(`${SUBSYSTEMS}/:code`, 'subsystems.read', async (ctx, caller) => {
    const listed = await findListed(deps, ctx.params['code'] ?? '');
    const { code, name } = listed.subsystem;
    const [secrets, runs, versions] = await Promise.all([
      findClientSecrets(db, listed.clientId),
      listRuns(db, code, SHOWN_RUNS),
      listVersions(db, code),
    ]);
    const { locale } = ctx.state;
    const view = subsystemView(locale, name[locale], { listed, secrets, runs, versions });
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-sheet', pageOf(deps, ctx, caller, listed), view);
  });

  addSecretRoutes(router, deps);
  addStatusRoutes(router, deps);
  addVersionRoutes(router, deps);
  return router;
}
