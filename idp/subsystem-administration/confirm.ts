import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter, Deed } from '../permissions/index.ts';
import type { ByAdministrator, ListedSubsystem } from '../subsystems/index.ts';
import { findListed, pageOf } from './page.ts';
import type { SubsystemAdministrationDeps } from './types.ts';
import { SUBSYSTEMS } from './view.ts';

interface Confirmed {
  path: string;
  deed: Deed;
  /** Texts: `<area>.title`, `.lead`, `.confirm`, and `.line` for what will happen. */
  area: string;
  /** @returns what was done, for the status message */
  run(
    listed: ListedSubsystem,
    by: ByAdministrator,
    ctx: Context & { params: Record<string, string> },
  ): Promise<string>;
}

/** A deed to one subsystem that is asked about first and wants a reason. */
export function confirm(router: ConsoleRouter, deps: SubsystemAdministrationDeps, deed: Confirmed): void {
  router.get(deed.path, deed.deed, async (ctx, caller) => {
    ask(deps, ctx, caller, deed, await findListed(deps, ctx.params['code'] ?? ''), '', []);
  });
  router.post(deed.path, deed.deed, async (ctx, caller) => {
    const listed = await findListed(deps, ctx.params['code'] ?? '');
    const { reason, error } = readReason(await readForm(ctx));
    if (error) return ask(deps, ctx, caller, deed, listed, reason, [{ field: 'reason', key: error }]);
    const by = { actor: caller, from: callerOf(ctx, deps.config.trustedProxyHops), reason };
    const done = await deed.run(listed, by, ctx);
    seeOther(ctx, `${SUBSYSTEMS}/${listed.subsystem.code}?done=${done}`);
  });
}

function ask(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  { area }: Confirmed,
  listed: ListedSubsystem,
  reason: string,
  errors: FieldError[],
): void {
  const { locale } = ctx.state;
  const name = listed.subsystem.name[locale];
  if (errors.length > 0) ctx.status = 422;
  ctx.type = 'html';
  const here = translate(locale, `${area}.title`, { name });
  ctx.body = deps.renderer.page('idp/console-confirm', pageOf(deps, ctx, caller, listed, here), {
    ...{ area, params: { name }, action: ctx.path, cancelUrl: `${SUBSYSTEMS}/${listed.subsystem.code}` },
    ...{ fields: [], reason: { value: reason, required: true }, errors, isPossible: true },
    isDangerous: true,
    lines: [{ label: listed.clientId, effect: translate(locale, `${area}.line`), refused: false }],
  });
}
