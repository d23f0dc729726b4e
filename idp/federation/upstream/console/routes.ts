import { after } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { translate } from '#templates/locales.ts';
import { caseView } from '../../../console-case/index.ts';
import { addConsoleList } from '../../../console-lists/index.ts';
import { ConsoleRouter, type Deed, reachOf } from '../../../permissions/index.ts';
import { findUnit } from '../../../units/index.ts';
import { setProviderStatus } from '../service/providers.ts';
import { countReach, listProviders } from '../store/providers.ts';
import { countSignIns, countUse } from '../store/usage.ts';
import type { UpstreamProvider } from '../types.ts';
import { confirmed } from './confirmed.ts';
import { addLinkRoutes } from './link-routes.ts';
import { providerList } from './list.ts';
import { NAMED_UNITS, providerFacts, useBars } from './view.ts';
import { LINK_LIST, UPSTREAMS, USE_MS, type UpstreamConsoleDeps } from './words.ts';

/** The providers of institutions: what each may say, how it is used, its links, and taking it out of use. */
export function upstreamConsoleRoutes(deps: UpstreamConsoleDeps): ConsoleRouter {
  const { console, renderer, db, clock, upstreams } = deps;
  const router = new ConsoleRouter(console);
  const find = async (code = ''): Promise<UpstreamProvider> => {
    const provider = (await listProviders(db)).find((one) => one.code === code);
    if (!provider) throw new Fault('not_found');
    return provider;
  };
  const useOf = async (code: string) => ({
    ...((await countUse(db, after(clock(), -USE_MS))).get(code) ?? { links: 0, people: 0 }),
    sessions: (await countReach(db)).get(code)?.sessions ?? 0,
  });

  addConsoleList(router, deps, providerList(deps));
  router.get(`${UPSTREAMS}/:code`, 'upstreams.read', async (ctx, caller) => {
    const provider = await find(ctx.params['code']);
    const { locale } = ctx.state;
    const { code, active, manifest } = provider;
    const units = await Promise.all(
      manifest.vouchesFor.units.slice(0, NAMED_UNITS).map((unit) => findUnit(db, unit)),
    );
    const found = units.filter((unit) => unit !== undefined);
    const facts = { clients: upstreams.clients, units: found, use: await useOf(code) };
    const counts = await countSignIns(db, code, after(clock(), -USE_MS));
    const may = (deed: Deed): boolean => reachOf(caller, deed) !== undefined;
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-case',
      console.page(ctx, caller, { crumbs: crumbs(ctx, manifest.name[locale]) }),
      caseView('console-upstream', {
        params: { name: manifest.name[locale] },
        facts: providerFacts(locale, provider, facts),
        bars: useBars(locale, counts),
        links: [
          { key: 'console-upstream.its-links', url: `${LINK_LIST}?provider=${code}` },
          ...(may('upstreams.change')
            ? [
                {
                  key: `console-upstream.${active ? 'disable' : 'enable'}`,
                  url: `${UPSTREAMS}/${code}/${active ? 'disabling' : 'enabling'}`,
                },
              ]
            : []),
        ],
      }),
    );
  });

  for (const [name, status] of [
    ['disabling', 'disabled'],
    ['enabling', 'active'],
  ] as const) {
    confirmed(router, deps, {
      path: `${UPSTREAMS}/:code/${name}`,
      deed: 'upstreams.change',
      area: `console-upstream-${name}`,
      async look({ locale, id }) {
        const { code, active, manifest } = await find(id);
        const { links, sessions } = await useOf(code);
        const isPossible = active === (status === 'disabled');
        const line = isPossible ? 'line' : 'already';
        return {
          params: { name: manifest.name[locale], links, sessions },
          label: code,
          effect: translate(locale, `console-upstream-${name}.${line}`, { links, sessions }),
          isPossible,
          backUrl: `${UPSTREAMS}/${code}`,
          crumbs: [
            { label: translate(locale, 'console-upstreams.title'), url: UPSTREAMS },
            { label: manifest.name[locale], url: `${UPSTREAMS}/${code}` },
          ],
        };
      },
      async run(id, by) {
        await setProviderStatus(deps, id, status, { reason: by.reason, by });
        await upstreams.providers.refresh();
        return `${UPSTREAMS}?done=${status}`;
      },
    });
  }
  addLinkRoutes(router, deps);
  return router;
}

function crumbs(ctx: Context, here: string) {
  return [{ label: translate(ctx.state.locale, 'console-upstreams.title'), url: UPSTREAMS }, { label: here }];
}
