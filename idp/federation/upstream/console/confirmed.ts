import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import type { Locale } from '#kit/http/locale.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../../../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter, Deed, Reach } from '../../../permissions/index.ts';
import { reachOf } from '../../../permissions/index.ts';
import { Fault } from '#kit/errors.ts';
import type { ByAdministrator } from '../service/providers.ts';
import type { UpstreamConsoleDeps } from './words.ts';

interface Shown {
  params: Record<string, string | number>;
  label: string;
  effect: string;
  isPossible: boolean;
  backUrl: string;
  crumbs: { label: string; url: string }[];
}

interface Confirmed {
  /** With one parameter, `:code` or `:id`. */
  path: string;
  deed: Deed;
  /** Texts: `<area>.title`, `.lead`, `.confirm`. */
  area: string;
  look(of: { id: string; locale: Locale; reach: Reach }): Promise<Shown>;
  /** @returns where to go on */
  run(id: string, by: ByAdministrator & { reason: string; reach: Reach }): Promise<string>;
}

/** A deed that first shows whom it touches, and wants a reason. */
export function confirmed(router: ConsoleRouter, deps: UpstreamConsoleDeps, of: Confirmed): void {
  const idOf = (ctx: Context & { params: Record<string, string> }): string =>
    ctx.params['code'] ?? ctx.params['id'] ?? '';
  const within = (caller: ConsoleCaller): Reach => {
    const reach = reachOf(caller, of.deed);
    if (!reach) throw new Fault('forbidden');
    return reach;
  };
  const ask = async (
    ctx: Context & { params: Record<string, string> },
    caller: ConsoleCaller,
    reason: string,
    errors: FieldError[],
  ): Promise<void> => {
    const { locale } = ctx.state;
    const shown = await of.look({ id: idOf(ctx), locale, reach: within(caller) });
    const { params, label, effect, isPossible, backUrl } = shown;
    const here = translate(locale, `${of.area}.title`, params);
    ctx.type = 'html';
    ctx.body = deps.renderer.page(
      'idp/console-confirm',
      deps.console.page(ctx, caller, { crumbs: [...shown.crumbs, { label: here }] }),
      {
        ...{ area: of.area, params, action: ctx.path, cancelUrl: backUrl, fields: [], errors, isPossible },
        lines: [{ label, effect, refused: !isPossible }],
        reason: isPossible ? { value: reason, required: true } : undefined,
        isDangerous: true,
      },
    );
  };
  router.get(of.path, of.deed, (ctx, caller) => ask(ctx, caller, '', []));
  router.post(of.path, of.deed, async (ctx, caller) => {
    const { reason, error } = readReason(await readForm(ctx));
    if (error) {
      ctx.status = 422;
      return ask(ctx, caller, reason, [{ field: 'reason', key: error }]);
    }
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    seeOther(ctx, await of.run(idOf(ctx), { actor: caller, from, reason, reach: within(caller) }));
  });
}
