import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import type { FieldError } from '#templates/views.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { type Manifest, findVersion, rollBack } from '../subsystems/index.ts';
import { reviewOf } from './review.ts';
import { findListed, pageOf } from './page.ts';
import type { SubsystemAdministrationDeps } from './types.ts';
import { SUBSYSTEMS, section } from './view.ts';

type Visit = Context & { params: Record<string, string> };

/** One version as it was applied, and the way back to it. */
export function addVersionRoutes(router: ConsoleRouter, deps: SubsystemAdministrationDeps): void {
  const path = `${SUBSYSTEMS}/:code/versions/:version`;
  router.get(path, 'subsystems.read', async (ctx, caller) => {
    const { listed, version, manifest } = await find(deps, ctx);
    const title = translate(ctx.state.locale, 'console-subsystems.version-title', { version });
    const url = `${SUBSYSTEMS}/${listed.subsystem.code}/versions/${version}/restoration`;
    ctx.type = 'html';
    ctx.body = deps.renderer.page('idp/console-sheet', pageOf(deps, ctx, caller, listed, title), {
      ...{ title, lead: listed.subsystem.name[ctx.state.locale], isReport: false },
      links:
        version === listed.version ? [] : [{ key: 'console-subsystems.restore', url, tone: 'main' as const }],
      sections: [section('manifest', { text: JSON.stringify(manifest, null, 2) })],
    });
  });

  router.get(`${path}/restoration`, 'subsystems.apply', (ctx, caller) => ask(deps, ctx, caller));

  router.post(`${path}/restoration`, 'subsystems.apply', async (ctx, caller) => {
    const { listed, version } = await find(deps, ctx);
    const form = await readForm(ctx);
    const { reason, error } = readReason(form);
    const hasSeen = form.get('seen') === 'yes';
    const basedOn = Number(form.get('based_on'));
    const errors = [
      ...(error ? [{ field: 'reason', key: error }] : []),
      ...(hasSeen ? [] : [{ field: 'seen', key: 'manifest-review.seen-missing' }]),
      ...(basedOn === listed.version ? [] : [{ field: '', key: 'manifest-review.changed-meanwhile' }]),
    ];
    if (errors.length > 0) return ask(deps, ctx, caller, { reason, hasSeen, errors });
    const by = { actor: caller, from: callerOf(ctx, deps.config.trustedProxyHops), reason };
    await rollBack(deps, listed.subsystem.code, version, { by, basedOn });
    seeOther(ctx, `${SUBSYSTEMS}/${listed.subsystem.code}?done=restored`);
  });
}

async function ask(
  deps: SubsystemAdministrationDeps,
  ctx: Visit,
  caller: ConsoleCaller,
  typed: { reason?: string; hasSeen?: boolean; errors?: FieldError[] } = {},
): Promise<void> {
  const { listed, version, manifest } = await find(deps, ctx);
  const { code } = listed.subsystem;
  const present = await findVersion(deps.db, code, undefined);
  const form = {
    action: ctx.path,
    fields: [{ name: 'based_on', value: String(listed.version) }],
    backUrl: `${SUBSYSTEMS}/${code}`,
    ...typed,
  };
  const view = await reviewOf(deps.db, ctx.state.locale, present, manifest, form);
  if (typed.errors?.length) ctx.status = 422;
  const title = translate(ctx.state.locale, 'console-subsystems.version-title', { version });
  ctx.type = 'html';
  // going back always wants the tick: what came since goes
  const page = pageOf(deps, ctx, caller, listed, title);
  const body = { ...view, dangers: Math.max(view.dangers, 1) };
  ctx.body = deps.renderer.page('idp/console-manifest-review', page, body);
}

/** @throws Fault not_found */
async function find(deps: SubsystemAdministrationDeps, ctx: Visit) {
  const listed = await findListed(deps, ctx.params['code'] ?? '');
  const number = ctx.params['version'] ?? '';
  const found = /^[1-9]\d{0,8}$/.test(number)
    ? await findVersion(deps.db, listed.subsystem.code, Number(number))
    : undefined;
  if (!found) throw new Fault('not_found');
  return { listed, version: found.version, manifest: found.manifest satisfies Manifest };
}
