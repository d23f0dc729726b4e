import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import { callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter, reachOf } from '../permissions/index.ts';
import { emptyBreach, parseBreach, readBreach } from './form.ts';
import { breachList } from './list.ts';
import { STEPS } from './policy.ts';
import { addNote, close, recordBreach, takeStep } from './service.ts';
import { findBreach, listNotes, listSteps } from './store/breaches.ts';
import type { BreachDeps, BreachOutcome, BreachRefusal } from './types.ts';
import { breachView, newBreachView } from './view.ts';

const PATH = '/console/breaches';
type Page = Context & { params: Record<string, string> };

/** §5.3: the register of personal data breaches. */
export function breachRoutes(deps: ListDeps & BreachDeps): ConsoleRouter {
  const { db, console, renderer, config, clock } = deps;
  const router = new ConsoleRouter(console);
  const from = (ctx: Context) => callerOf(ctx, config.trustedProxyHops);

  const show = (ctx: Context, caller: ConsoleCaller, view: ConsoleCaseViews['idp/console-case']): void => {
    const { locale } = ctx.state;
    const crumbs = [
      { label: translate(locale, 'console-breaches.title'), url: PATH },
      { label: translate(locale, `${view.area}.title`, view.params) },
    ];
    const done = new URLSearchParams(ctx.querystring).get('done');
    const key = ['recorded', 'saved', 'closed'].find((name) => name === done);
    const status = key ? { status: { kind: 'success' as const, key: `console-breaches.done-${key}` } } : {};
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-case', console.page(ctx, caller, { crumbs, ...status }), view);
  };
  const showOne = async (
    ctx: Page,
    caller: ConsoleCaller,
    filled = {},
    fault?: BreachRefusal,
  ): Promise<void> => {
    const id = idOf(ctx);
    const breach = await findBreach(db, id);
    if (!breach) throw new Fault('not_found');
    const [steps, notes] = await Promise.all([listSteps(db, id), listNotes(db, id)]);
    const mayWrite = reachOf(caller, 'breaches.write') !== undefined;
    const shown = { now: clock(), mayWrite, filled, ...(fault && { fault }) };
    show(ctx, caller, breachView(ctx.state.locale, { breach, steps, notes }, shown));
  };
  const settle = async (
    ctx: Page,
    caller: ConsoleCaller,
    outcome: BreachOutcome,
    done: string,
    filled: object,
  ) => {
    if (outcome.done) return seeOther(ctx, `${PATH}/${idOf(ctx)}?done=${done}`);
    if (outcome.reason === 'unknown_breach') throw new Fault('not_found');
    ctx.status = outcome.reason === 'text_missing' ? 422 : 409;
    return showOne(ctx, caller, filled, outcome.reason);
  };

  addConsoleList(router, deps, breachList(db, PATH));
  router.get(`${PATH}/new`, 'breaches.write', (ctx, caller) =>
    show(ctx, caller, newBreachView(ctx.state.locale, emptyBreach(clock()))),
  );
  router.post(PATH, 'breaches.write', async (ctx, caller) => {
    const filled = readBreach(await readForm(ctx));
    const breach = parseBreach(filled, clock());
    const id = typeof breach === 'string' ? undefined : await recordBreach(deps, caller, breach, from(ctx));
    if (id !== undefined) return seeOther(ctx, `${PATH}/${id}?done=recorded`);
    ctx.status = 422;
    const fault = typeof breach === 'string' ? breach : 'unit';
    return show(ctx, caller, newBreachView(ctx.state.locale, filled, fault));
  });
  router.get(`${PATH}/:id`, 'breaches.read', (ctx, caller) => showOne(ctx, caller));
  router.post(`${PATH}/:id/step`, 'breaches.write', async (ctx, caller) => {
    const form = await readForm(ctx);
    const kind = STEPS.find((name) => name === form.get('step'));
    if (!kind) throw new Fault('bad_request');
    const note = form.get('step_note').trim().slice(0, 2000);
    const outcome = await takeStep(deps, caller, idOf(ctx), { kind, note, from: from(ctx) });
    return settle(ctx, caller, outcome, 'saved', { step: kind, step_note: note });
  });
  router.post(`${PATH}/:id/note`, 'breaches.write', async (ctx, caller) => {
    const note = (await readForm(ctx)).get('remark').trim().slice(0, 2000);
    const outcome = await addNote(deps, caller, idOf(ctx), { note, from: from(ctx) });
    return settle(ctx, caller, outcome, 'saved', { remark: note });
  });
  router.post(`${PATH}/:id/closing`, 'breaches.write', async (ctx, caller) => {
    const report = (await readForm(ctx)).get('report').trim().slice(0, 4000);
    const outcome = await close(deps, caller, idOf(ctx), { report, from: from(ctx) });
    return settle(ctx, caller, outcome, 'closed', { report });
  });
  return router;
}

/** @throws Fault not_found for what cannot be an id */
function idOf(ctx: Page): number {
  const { id = '' } = ctx.params;
  if (!/^\d{1,15}$/.test(id)) throw new Fault('not_found');
  return Number(id);
}
