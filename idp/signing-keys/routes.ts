import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import { hasText, translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import {
  type ConsoleCaller,
  type ConsoleGate,
  ConsoleRouter,
  type Deed,
  reachOf,
} from '../permissions/index.ts';
import { confirmRevocation } from './confirm.ts';
import type { SigningKeyDeps } from './service.ts';
import { revokeKey } from './service/revoke.ts';
import { rotateKeys } from './service/rotate.ts';
import { listKeyHistory } from './store.ts';
import { listKeyFetches } from './store/evidence.ts';
import { findRevocation, listUnconfirmed } from './store/revocations.ts';
import type { KeySchedule } from './types.ts';
import { KEYS, keysView, newestKid, shownState } from './view.ts';

export interface KeyRouteDeps extends SigningKeyDeps {
  renderer: Renderer;
  console: ConsoleGate;
  config: { issuer: string; trustedProxyHops: number; keys: { schedule: KeySchedule } };
}

type Visit = Context & { params: Record<string, string> };
type Doer = { actor: ConsoleCaller; from: ReturnType<typeof callerOf>; reason: string };

/** The signing keys on a line of time, and the deeds the operators' commands do as well. */
export function signingKeyRoutes(deps: KeyRouteDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  const { db, clock, config } = deps;
  const { issuer } = config;

  router.get(KEYS, 'signing_keys.read', async (ctx, caller) => {
    const now = clock();
    const [rows, unconfirmed] = await Promise.all([listKeyHistory(db), listUnconfirmed(db)]);
    const clients = await listKeyFetches(db, newestKid(rows, now));
    const view = keysView(ctx.state.locale, now, { rows, unconfirmed, clients });
    ctx.type = 'html';
    ctx.body = deps.renderer.page('idp/console-signing-keys', pageOf(deps, ctx, caller), view);
  });

  ask(router, deps, {
    path: `${KEYS}/rotation`,
    deed: 'signing_keys.rotate',
    area: 'console-key-rotation',
    describe: () => Promise.resolve({ label: 'ES256 · RS256', isPossible: true }),
    run: async (_ctx, by) => {
      const plan = await rotateKeys(deps, config.keys.schedule, { ask: true, ...deedOf(by) });
      return plan.create.length > 0 ? 'rotated' : 'announced';
    },
  });

  ask(router, deps, {
    path: `${KEYS}/:kid/revocation`,
    deed: 'signing_keys.revoke',
    area: 'console-key-revocation',
    describe: async (ctx) => {
      const row = (await listKeyHistory(db)).find(({ kid }) => kid === ctx.params['kid']);
      if (!row) throw new Fault('not_found');
      const isPossible = !['retired', 'revoked'].includes(shownState(row, clock()));
      return { label: `${row.alg} ${row.kid}`, isPossible };
    },
    run: async (ctx, by) => {
      if (
        !(await revokeKey({ ...deps, issuer }, config.keys.schedule, ctx.params['kid'] ?? '', deedOf(by)))
      ) {
        throw new Fault('conflict');
      }
      return 'revoked';
    },
  });

  ask(router, deps, {
    path: `${KEYS}/:kid/confirmation`,
    deed: 'signing_keys.confirm',
    area: 'console-key-confirmation',
    describe: async (ctx, caller) => {
      const found = await findRevocation(db, ctx.params['kid'] ?? '');
      if (!found) throw new Fault('not_found');
      const isPossible = found.confirmedAt === null && found.revokedBy !== caller.accountId;
      return { label: `${found.kid} · ${found.revokedByName ?? '–'} · ${found.reason}`, isPossible };
    },
    run: async (ctx, by) => {
      await confirmRevocation(deps, ctx.params['kid'] ?? '', by);
      return 'confirmed';
    },
    // not everybody who may confirm may see the keys
    next: (ctx) => ctx.path,
  });
  return router;
}

interface Asked {
  path: string;
  deed: Deed;
  area: string;
  describe(ctx: Visit, caller: ConsoleCaller): Promise<{ label: string; isPossible: boolean }>;
  /** @returns what was done */
  run(ctx: Visit, by: Doer): Promise<string>;
  next?(ctx: Visit): string;
}

function ask(router: ConsoleRouter, deps: KeyRouteDeps, deed: Asked): void {
  const show = async (ctx: Visit, caller: ConsoleCaller, reason = '', error?: string): Promise<void> => {
    const { area } = deed;
    const { label, isPossible } = await deed.describe(ctx, caller);
    if (error) ctx.status = 422;
    const effect = translate(ctx.state.locale, `${area}.${isPossible ? 'line' : 'refused'}`);
    ctx.type = 'html';
    ctx.body = deps.renderer.page('idp/console-confirm', pageOf(deps, ctx, caller, `${area}.title`), {
      ...{ area, params: {}, action: ctx.path, fields: [], isPossible, isDangerous: true },
      cancelUrl: deed.next ? '/console' : KEYS,
      lines: [{ label, effect, refused: !isPossible }],
      reason: isPossible ? { value: reason, required: true } : undefined,
      errors: error ? [{ field: 'reason', key: error }] : [],
    });
  };
  router.get(deed.path, deed.deed, (ctx, caller) => show(ctx, caller));
  router.post(deed.path, deed.deed, async (ctx, caller) => {
    const { reason, error } = readReason(await readForm(ctx));
    if (error) return show(ctx, caller, reason, error);
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const done = await deed.run(ctx, { actor: caller, from, reason });
    seeOther(ctx, `${deed.next?.(ctx) ?? KEYS}?done=${done}`);
  });
}

const deedOf = (by: Doer) => ({ reason: by.reason, by });

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
