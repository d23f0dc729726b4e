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
  type ConsoleRouter,
  type Deed,
  reachOf,
} from '../permissions/index.ts';
import type { AskedDeed, Visit } from './console-deeds.ts';

interface AskDeps {
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number };
}

/** The page that deeds begin at and lead back to. */
export interface DeedHome {
  url: string;
  /** Texts: `<area>.title`, `.done-<what>`. */
  area: string;
  read: Deed;
  /** The page it belongs to. */
  above?: { url: string; area: string };
}

/** Shows what a deed would do, asks for the reason, does it. */
export function askDeed(router: ConsoleRouter, deps: AskDeps, home: DeedHome, deed: AskedDeed): void {
  const show = async (ctx: Visit, caller: ConsoleCaller, reason = '', error?: string): Promise<void> => {
    const { area } = deed;
    const lines = await deed.describe(ctx, caller);
    const isPossible = lines.some(({ refused }) => !refused);
    if (error) ctx.status = 422;
    ctx.type = 'html';
    ctx.body = deps.renderer.page(
      'idp/console-confirm',
      deedPage(deps.console, home, ctx, caller, `${area}.title`),
      {
        ...{ area, params: {}, action: ctx.path, fields: [], isPossible, isDangerous: true, lines },
        cancelUrl: deed.next ? '/console' : home.url,
        reason: isPossible ? { value: reason, required: true } : undefined,
        errors: error ? [{ field: 'reason', key: error }] : [],
      },
    );
  };
  router.get(deed.path, deed.deed, (ctx, caller) => show(ctx, caller));
  router.post(deed.path, deed.deed, async (ctx, caller) => {
    const { reason, error } = readReason(await readForm(ctx));
    if (error) return show(ctx, caller, reason, error);
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const done = await deed.run(ctx, { reason, by: { actor: caller, from } });
    seeOther(ctx, `${deed.next?.(ctx) ?? home.url}?done=${done}`);
  });
}

/** The frame of the home's page, or of one of its deeds `here`, saying what was done last. */
export function deedPage(
  console: ConsoleGate,
  { url, area, read, above }: DeedHome,
  ctx: Context,
  caller: ConsoleCaller,
  here?: string,
): ReturnType<ConsoleGate['page']> {
  const { locale } = ctx.state;
  const done = `${area}.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
  return console.page(ctx, caller, {
    crumbs: [
      ...(above ? [{ label: translate(locale, `${above.area}.title`), url: above.url }] : []),
      {
        label: translate(locale, `${area}.title`),
        ...(here !== undefined && reachOf(caller, read) && { url }),
      },
      ...(here === undefined ? [] : [{ label: translate(locale, here) }]),
    ],
    ...(hasText(locale, done) && { status: { kind: 'success' as const, key: done } }),
  });
}
