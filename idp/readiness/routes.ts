import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '#kit/errors.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Log } from '#kit/log.ts';
import type { Renderer } from '#templates/engine.ts';
import { translate } from '#templates/locales.ts';
import { type ConsoleGate, ConsoleRouter } from '../permissions/index.ts';
import { startCheck } from './service.ts';
import { findRun } from './store/runs.ts';
import type { ReadinessDeps } from './types.ts';
import { runView } from './view.ts';

export interface ReadinessRouteDeps {
  renderer: Renderer;
  console: ConsoleGate;
  readiness: ReadinessDeps;
  log: Log;
}

const SUBSYSTEMS = '/console/subsystems';
/** Most checks are over by then; a longer one is looked at again. */
const WAIT_MS = 8000;

/** Runs the readiness check of one subsystem, and shows what each step found. */
export function readinessRoutes({ renderer, console, readiness, log }: ReadinessRouteDeps): ConsoleRouter {
  const router = new ConsoleRouter(console);
  const { db, registry } = readiness;
  const path = `${SUBSYSTEMS}/:code/readiness`;

  // where signing in again leads back to
  router.get(path, 'readiness.run', (ctx) => seeOther(ctx, `${SUBSYSTEMS}/${ctx.params['code'] ?? ''}`));

  router.post(path, 'readiness.run', async (ctx, caller) => {
    const code = ctx.params['code'] ?? '';
    await registry.refresh(); // a manifest applied a moment ago counts
    const { runId, done } = await startCheck(readiness, code, caller.accountId);
    const finished = done.catch((error: unknown) =>
      log.error({ err: error, code }, 'readiness check failed'),
    );
    await Promise.race([finished, sleep(WAIT_MS)]);
    seeOther(ctx, `${SUBSYSTEMS}/${code}/readiness/${runId}`);
  });

  router.get(`${path}/:run`, 'subsystems.read', async (ctx, caller) => {
    const [code, number] = [ctx.params['code'] ?? '', ctx.params['run'] ?? ''];
    const run = /^[1-9]\d{0,14}$/.test(number) ? await findRun(db, code, Number(number)) : undefined;
    const subsystem = registry.subsystem(code);
    if (!run || !subsystem) throw new Fault('not_found');
    const { locale } = ctx.state;
    const name = subsystem.name[locale];
    const crumbs = [
      { label: translate(locale, 'console-subsystems.title'), url: SUBSYSTEMS },
      { label: name, url: `${SUBSYSTEMS}/${code}` },
      { label: translate(locale, 'console-subsystems.readiness') },
    ];
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-readiness',
      console.page(ctx, caller, { crumbs }),
      runView(run, name),
    );
  });
  return router;
}
