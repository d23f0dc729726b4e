import { DAY, after } from '#kit/clock.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { hasText, translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { ConsoleRouter } from '../permissions/index.ts';
import { DEAD_LETTERS, LOGOUTS, deadLetterList } from './list.ts';
import { redeliver } from './service.ts';
import { listHealth } from './store.ts';
import { healthView } from './view.ts';

export interface LogoutRouteDeps extends ListDeps {
  clock: Clock;
}

const SPAN_MS = 7 * DAY;

/** How logouts reach their clients, and what was given up. */
export function logoutRoutes(deps: LogoutRouteDeps): ConsoleRouter {
  const { db, clock, renderer, console, config } = deps;
  const router = new ConsoleRouter(console);
  addConsoleList(router, deps, deadLetterList(db));

  router.get(LOGOUTS, 'logouts.read', async (ctx, caller) => {
    const { locale } = ctx.state;
    const health = await listHealth(db, after(clock(), -SPAN_MS));
    const title = translate(locale, 'console-logouts.title');
    const done = `console-logouts.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
    ctx.type = 'html';
    const page = console.page(ctx, caller, {
      crumbs: [{ label: title }],
      ...(hasText(locale, done) && { status: { kind: 'success' as const, key: done } }),
    });
    const view = healthView(health, { title, lead: translate(locale, 'console-logouts.lead') });
    ctx.body = renderer.page('idp/console-sheet', page, view);
  });

  const redelivery = `${LOGOUTS}/redelivery`;
  router.get(redelivery, 'logouts.redeliver', (ctx) => seeOther(ctx, LOGOUTS));
  router.post(redelivery, 'logouts.redeliver', async (ctx, caller) => {
    const form = await readForm(ctx);
    const ids = form.all('id').map((id) => (/^[1-9]\d{0,14}$/.test(id) ? Number(id) : Number.NaN));
    const client = form.get('client');
    if (ids.some(Number.isNaN)) throw new Fault('bad_request');
    const which = ids.length > 0 ? { ids } : { clientId: client === '' ? undefined : client };
    if (ids.length === 0 && form.get('all') !== 'yes') {
      return seeOther(ctx, `${DEAD_LETTERS}?done=not-ticked`);
    }
    await redeliver(db, which, { actor: caller, from: callerOf(ctx, config.trustedProxyHops) });
    seeOther(ctx, `${ids.length > 0 ? DEAD_LETTERS : LOGOUTS}?done=redelivered`);
  });
  return router;
}
