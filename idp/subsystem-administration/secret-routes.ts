import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import {
  type ListedSubsystem,
  MAX_OVERLAP_DAYS,
  revokePreviousSecret,
  rotateClientSecret,
} from '../subsystems/index.ts';
import { confirm } from './confirm.ts';
import { findListed, pageOf } from './page.ts';
import type { SubsystemAdministrationDeps } from './types.ts';
import { SUBSYSTEMS } from './view.ts';

const DEFAULT_DAYS = 7;

/** A new client secret, told once; and the end of the one before. */
export function addSecretRoutes(router: ConsoleRouter, deps: SubsystemAdministrationDeps): void {
  const path = `${SUBSYSTEMS}/:code/secret`;
  router.get(path, 'client_secrets.rotate', async (ctx, caller) => {
    const listed = await findListed(deps, ctx.params['code'] ?? '');
    showForm(deps, ctx, caller, listed, { days: DEFAULT_DAYS, reason: '', errors: [] });
  });

  router.post(path, 'client_secrets.rotate', async (ctx, caller) => {
    const listed = await findListed(deps, ctx.params['code'] ?? '');
    const form = await readForm(ctx);
    const { reason, error } = readReason(form);
    const days = /^\d{1,3}$/.test(form.get('days')) ? Number(form.get('days')) : -1;
    const errors = [
      ...(days < 0 || days > MAX_OVERLAP_DAYS ? [{ field: 'days', key: 'console-secret.days-wrong' }] : []),
      ...(error ? [{ field: 'reason', key: error }] : []),
    ];
    if (errors.length > 0) {
      return showForm(deps, ctx, caller, listed, { days: Math.max(days, 0), reason, errors });
    }
    const by = { actor: caller, from: callerOf(ctx, deps.config.trustedProxyHops), reason };
    const made = await rotateClientSecret(deps, listed.clientId, days, by);
    ctx.type = 'html';
    const here = translate(ctx.state.locale, 'console-secret.title');
    ctx.body = deps.renderer.page('idp/console-secret', pageOf(deps, ctx, caller, listed, here), {
      ...{
        area: 'console-secret',
        clientId: listed.clientId,
        ...made,
        nextUrl: `${SUBSYSTEMS}/${listed.subsystem.code}`,
      },
    });
  });

  confirm(router, deps, {
    path: `${path}/revocation`,
    deed: 'client_secrets.rotate',
    area: 'console-secret-revocation',
    run: async (listed, by) => {
      await revokePreviousSecret(deps, listed.clientId, by);
      return 'secret-revoked';
    },
  });
}

function showForm(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  listed: ListedSubsystem,
  typed: { days: number; reason: string; errors: FieldError[] },
): void {
  const { code } = listed.subsystem;
  if (typed.errors.length > 0) ctx.status = 422;
  ctx.type = 'html';
  const here = translate(ctx.state.locale, 'console-secret.form-title');
  ctx.body = deps.renderer.page('idp/console-secret-form', pageOf(deps, ctx, caller, listed, here), {
    clientId: listed.clientId,
    action: `${SUBSYSTEMS}/${code}/secret`,
    mostDays: MAX_OVERLAP_DAYS,
    cancelUrl: `${SUBSYSTEMS}/${code}`,
    ...typed,
  });
}
