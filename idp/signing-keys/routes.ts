import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import { hasText, translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter, reachOf } from '../permissions/index.ts';
import { type AskedDeed, type Visit, keyDeeds } from './console-deeds.ts';
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
    ctx.body = deps.renderer.page('idp/console-signing-keys', pageOf(deps, ctx, caller), view);
  });

  for (const deed of keyDeeds(deps)) ask(router, deps, deed);
  return router;
}

function ask(router: ConsoleRouter, deps: KeyRouteDeps, deed: AskedDeed): void {
  const show = async (ctx: Visit, caller: ConsoleCaller, reason = '', error?: string): Promise<void> => {
    const { area } = deed;
    const lines = await deed.describe(ctx, caller);
    const isPossible = lines.some(({ refused }) => !refused);
    if (error) ctx.status = 422;
    ctx.type = 'html';
    ctx.body = deps.renderer.page('idp/console-confirm', pageOf(deps, ctx, caller, `${area}.title`), {
      ...{ area, params: {}, action: ctx.path, fields: [], isPossible, isDangerous: true, lines },
      cancelUrl: deed.next ? '/console' : KEYS,
      reason: isPossible ? { value: reason, required: true } : undefined,
      errors: error ? [{ field: 'reason', key: error }] : [],
    });
  };
  router.get(deed.path, deed.deed, (ctx, caller) => show(ctx, caller));
  router.post(deed.path, deed.deed, async (ctx, caller) => {
    const { reason, error } = readReason(await readForm(ctx));
    if (error) return show(ctx, caller, reason, error);
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const done = await deed.run(ctx, { reason, by: { actor: caller, from } });
    seeOther(ctx, `${deed.next?.(ctx) ?? KEYS}?done=${done}`);
  });
}

function pageOf(deps: KeyRouteDeps, ctx: Context, caller: ConsoleCaller, here?: string) {
  const { locale } = ctx.state;
  const done = `console-signing-keys.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
  const title = translate(locale, 'console-signing-keys.title');
  return deps.console.page(ctx, caller, {
    crumbs: [
      { label: title, ...(here !== undefined && reachOf(caller, 'signing_keys.read') && { url: KEYS }) },
      ...(here === undefined ? [] : [{ label: translate(locale, here) }]),
    ],
    ...(hasText(locale, done) && { status: { kind: 'success' as const, key: done } }),
  });
}
