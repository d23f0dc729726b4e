import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { type Caller, callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter, reachOf } from '../permissions/index.ts';
import { networkList } from './list.ts';
import { isGuarded } from './policy.ts';
import { addNetwork, removeNetwork } from './service.ts';
import { listNetworks } from './store.ts';
import type { AllowListDeps, NetworkRefusal } from './types.ts';
import { type Filled, newNetworkView, networkView } from './view.ts';

const PATH = '/console/addresses';
const AREA = 'console-allow-list';

/** F18: from where national roles may use the console. */
export function allowListRoutes(deps: ListDeps & AllowListDeps): ConsoleRouter {
  const { console, renderer, config } = deps;
  const router = new ConsoleRouter(console);
  const from = (ctx: Context): Caller => callerOf(ctx, config.trustedProxyHops);

  const show = (ctx: Context, caller: ConsoleCaller, view: ReturnType<typeof networkView>): void => {
    const { locale } = ctx.state;
    const crumbs = [
      { label: translate(locale, `${AREA}.title`), url: PATH },
      { label: translate(locale, `${view.area}.title`, view.params) },
    ];
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-case', console.page(ctx, caller, { crumbs }), view);
  };
  const form = (ctx: Context, caller: ConsoleCaller, filled: Filled, reason?: NetworkRefusal): void => {
    if (reason) ctx.status = 422;
    show(ctx, caller, newNetworkView(ctx.state.locale, from(ctx).ip, filled, reason));
  };
  const one = async (ctx: Context & { params: Record<string, string> }) => {
    const found = (await listNetworks(deps.db)).find(({ id }) => String(id) === ctx.params['id']);
    if (!found) throw new Fault('not_found');
    return found;
  };

  addConsoleList(router, deps, networkList(deps.db, PATH));
  router.get(`${PATH}/new`, 'allow_list.change', (ctx, caller) =>
    form(ctx, caller, { role: 'platform_ops', network: from(ctx).ip, note: '' }),
  );
  router.post(PATH, 'allow_list.change', async (ctx, caller) => {
    const filled = readEntry(await readForm(ctx));
    const { role, ...entry } = filled;
    if (!isGuarded(role)) throw new Fault('bad_request');
    const outcome = await addNetwork(deps, { actor: caller, from: from(ctx) }, { role, ...entry });
    if (outcome.changed) seeOther(ctx, `${PATH}?done=added`);
    else form(ctx, caller, filled, outcome.reason);
  });
  router.get(`${PATH}/:id`, 'allow_list.read', async (ctx, caller) => {
    const mayChange = reachOf(caller, 'allow_list.change') !== undefined;
    show(ctx, caller, networkView(ctx.state.locale, await one(ctx), mayChange, ''));
  });
  router.post(`${PATH}/:id/removal`, 'allow_list.change', async (ctx, caller) => {
    const network = await one(ctx);
    const reason = (await readForm(ctx)).get('reason').trim().slice(0, 500);
    const outcome =
      reason === ''
        ? ({ changed: false, reason: 'reason_missing' } as const)
        : await removeNetwork(deps, { actor: caller, from: from(ctx) }, network.id, reason);
    if (outcome.changed) return seeOther(ctx, `${PATH}?done=removed`);
    ctx.status = 422;
    show(ctx, caller, networkView(ctx.state.locale, network, true, reason, outcome.reason));
  });
  return router;
}

function readEntry(form: Form): Filled {
  return {
    role: form.get('role'),
    network: form.get('network').trim().slice(0, 60),
    note: form.get('note').trim().slice(0, 200),
  };
}
