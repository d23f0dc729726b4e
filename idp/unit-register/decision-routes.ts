import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { type ImportConsoleDeps, doerOf, importOf, pageOf } from './console-routes.ts';
import { isCancellable } from './policy.ts';
import { type Outcome, cancelImport, startApplication } from './service/decide.ts';
import type { UnitImport } from './types.ts';
import { IMPORTS } from './view.ts';

type Confirm = Views['idp/console-confirm'];
type Refusal = Extract<Outcome, { done: false }>['reason'];

/** Yes or no to an import that was previewed. */
export function addDecisionRoutes(router: ConsoleRouter, deps: ImportConsoleDeps): void {
  const show = (ctx: Context, caller: ConsoleCaller, found: UnitImport, view: Confirm): void => {
    if (view.errors.length > 0) ctx.status = 422;
    ctx.type = 'html';
    ctx.body = deps.renderer.page('idp/console-confirm', pageOf(deps, ctx, caller, found), view);
  };

  router.get(`${IMPORTS}/:id/application`, 'units.import', async (ctx, caller) => {
    const found = await importOf(deps, ctx);
    show(ctx, caller, found, applicationView(ctx, found, ''));
  });
  router.post(`${IMPORTS}/:id/application`, 'units.import', async (ctx, caller) => {
    const found = await importOf(deps, ctx);
    const reason = (await readForm(ctx)).get('reason').slice(0, 500);
    const outcome = await startApplication(deps, doerOf(deps, ctx, caller), { id: found.id, reason });
    if (outcome.done) return seeOther(ctx, `${IMPORTS}/${found.id}?done=applying`);
    return show(ctx, caller, found, applicationView(ctx, await importOf(deps, ctx), reason, outcome.reason));
  });

  router.get(`${IMPORTS}/:id/cancellation`, 'units.import', async (ctx, caller) => {
    const found = await importOf(deps, ctx);
    show(ctx, caller, found, cancellationView(found));
  });
  router.post(`${IMPORTS}/:id/cancellation`, 'units.import', async (ctx, caller) => {
    const found = await importOf(deps, ctx);
    const outcome = await cancelImport(deps, doerOf(deps, ctx, caller), found.id);
    if (outcome.done) return seeOther(ctx, `${IMPORTS}/${found.id}?done=cancelled`);
    return show(ctx, caller, found, cancellationView(await importOf(deps, ctx), outcome.reason));
  });
}

function errorsOf(refusal: Refusal | undefined): Confirm['errors'] {
  if (refusal === undefined) return [];
  const field = refusal === 'reason_missing' ? 'reason' : '';
  return [{ field, key: `console-unit-import-apply.${refusal}` }];
}

function applicationView(ctx: Context, found: UnitImport, reason: string, refusal?: Refusal): Confirm {
  const { locale } = ctx.state;
  const { id, fileName, counts, status } = found;
  const count = (number: number) => translate(locale, 'console-unit-import-apply.rows', { count: number });
  const line = (kind: 'new' | 'changed' | 'closed' | 'faulty') => ({
    label: translate(locale, `console-unit-import.${kind}`),
    effect: count(counts[kind]),
    refused: kind === 'faulty',
  });
  return {
    area: 'console-unit-import-apply',
    params: { file: fileName },
    action: `${IMPORTS}/${id}/application`,
    cancelUrl: `${IMPORTS}/${id}`,
    fields: [],
    lines: [line('new'), line('changed'), line('closed'), ...(counts.faulty > 0 ? [line('faulty')] : [])],
    reason: { value: reason, required: true },
    isDangerous: false,
    isPossible: status === 'previewed' && counts.new + counts.changed + counts.closed > 0,
    errors: errorsOf(refusal),
  };
}

function cancellationView({ id, fileName, status }: UnitImport, refusal?: Refusal): Confirm {
  return {
    area: 'console-unit-import-cancel',
    params: { file: fileName },
    action: `${IMPORTS}/${id}/cancellation`,
    cancelUrl: `${IMPORTS}/${id}`,
    fields: [],
    lines: [],
    reason: undefined,
    isDangerous: true,
    isPossible: isCancellable(status),
    errors: errorsOf(refusal),
  };
}
