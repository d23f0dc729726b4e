import type { Context } from '#kit/http/context.ts';
import { Fault } from '#kit/errors.ts';
import { caseView } from '../../console-case/index.ts';
import { type ConsoleCaller, ConsoleRouter, reachOf } from '../../permissions/index.ts';
import { askDeed, deedPage, stateOf } from '../../signing-keys/index.ts';
import { currentSettings } from '../registration/federation.ts';
import type { FederationSettings } from '../registration/settings.ts';
import { listFederationKeyHistory } from '../registration/store/keys.ts';
import { FEDERATION_KEYS_PAGE, type Heard, askSuperiors } from '../registration/service/tend-keys.ts';
import type { Resolver } from '../trust-chain/index.ts';
import { federationKeyDeeds } from './key-deeds.ts';
import { keyFacts, keyLines, superiorLines } from './key-view.ts';
import type { ChainsDeps } from './routes.ts';

const CHECK = `${FEDERATION_KEYS_PAGE}/vouching`;
const CHECK_FORM = { key: 'console-federation-vouching', action: CHECK, isDangerous: false, fields: [] };

interface KeyPageDeps extends ChainsDeps {
  mayTry: (accountId: string) => boolean;
  resolverOf: (settings: FederationSettings) => Resolver;
}

const HOME = {
  ...{ url: FEDERATION_KEYS_PAGE, area: 'console-federation-keys', read: 'federation.read' as const },
  above: { url: '/console/federation', area: 'console-federation' },
};

/** Our federation keys with their times, a look whether every superior vouches for them, and what can be done to them. */
export function federationKeyRoutes(deps: KeyPageDeps): ConsoleRouter {
  const { db, clock, renderer, console, config } = deps;
  const router = new ConsoleRouter(console);

  const show = async (
    ctx: Context,
    caller: ConsoleCaller,
    settings: FederationSettings | undefined,
    heard: readonly Heard[] = [],
  ): Promise<void> => {
    const { locale } = ctx.state;
    const now = clock();
    const keys = await listFederationKeyHistory(db);
    const published = keys.filter((key) => ['announced', 'active', 'retiring'].includes(stateOf(key, now)));
    const may = { locale, now, mayRevoke: reachOf(caller, 'signing_keys.revoke') !== undefined };
    const mayRotate = published.length > 0 && reachOf(caller, 'signing_keys.rotate') !== undefined;
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-case',
      deedPage(console, HOME, ctx, caller),
      caseView('console-federation-keys', {
        facts: keyFacts(config.issuer, settings),
        lines: [...superiorLines(heard, published, locale, now), ...keyLines(keys, may)],
        forms: settings ? [CHECK_FORM] : [],
        links: mayRotate
          ? [{ key: 'console-federation-keys.rotate', url: `${FEDERATION_KEYS_PAGE}/rotation` }]
          : [],
      }),
    );
  };

  router.get(FEDERATION_KEYS_PAGE, 'federation.read', async (ctx, caller) =>
    show(ctx, caller, await currentSettings(db)),
  );
  router.post(CHECK, 'federation.read', async (ctx, caller) => {
    const settings = await currentSettings(db);
    if (!settings) throw new Fault('not_found');
    if (!deps.mayTry(caller.accountId)) throw new Fault('too_many_requests');
    const heard = await askSuperiors(deps.resolverOf(settings), config.issuer, settings.authorityHints);
    await show(ctx, caller, settings, heard);
  });
  for (const deed of federationKeyDeeds(deps)) askDeed(router, deps, HOME, deed);
  return router;
}
