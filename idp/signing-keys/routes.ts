import type { Renderer } from '#templates/engine.ts';
import { type ConsoleGate, ConsoleRouter } from '../permissions/index.ts';
import { askDeed, deedPage } from './ask.ts';
import { keyDeeds } from './console-deeds.ts';
import { newestKids } from './policy.ts';
import type { SigningKeyDeps } from './service.ts';
import { listKeyHistory, listKeys } from './store.ts';
import { listKeyFetches } from './store/evidence.ts';
import { listUnconfirmed } from './store/revocations.ts';
import type { KeySchedule } from './types.ts';
import { KEYS, keysView } from './view.ts';
import { listWaits } from './waits.ts';

export interface KeyRouteDeps extends SigningKeyDeps {
  renderer: Renderer;
  console: ConsoleGate;
  config: { issuer: string; trustedProxyHops: number; keys: { schedule: KeySchedule } };
}

const HOME = { url: KEYS, area: 'console-signing-keys', read: 'signing_keys.read' } as const;

/** The signing keys on a line of time, and the deeds the operators' commands do as well. */
export function signingKeyRoutes(deps: KeyRouteDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  const { db, clock, config } = deps;
  const { schedule } = config.keys;

  router.get(KEYS, 'signing_keys.read', async (ctx, caller) => {
    const now = clock();
    const [rows, unconfirmed, keys, waits] = await Promise.all([
      ...([listKeyHistory(db), listUnconfirmed(db)] as const),
      ...([listKeys(db, now), listWaits(deps)] as const),
    ]);
    const evidence = await Promise.all(
      newestKids(keys, now).map(async (kid) => {
        const wait = waits.find(({ key }) => key.kid === kid);
        const alg = keys.find((key) => key.kid === kid)?.alg ?? '';
        return { kid, alg, wait, clients: wait?.clients ?? (await listKeyFetches(db, kid)) };
      }),
    );
    const view = keysView(ctx.state.locale, now, { rows, unconfirmed, evidence, schedule });
    ctx.type = 'html';
    ctx.body = deps.renderer.page(
      'idp/console-signing-keys',
      deedPage(deps.console, HOME, ctx, caller),
      view,
    );
  });

  for (const deed of keyDeeds(deps)) askDeed(router, deps, HOME, deed);
  return router;
}
