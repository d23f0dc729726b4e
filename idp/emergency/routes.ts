import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter } from '../permissions/index.ts';
import { type EmergencyDeps, enablePerson, stopPerson } from './service.ts';
import { findStop, findSubject, listStops } from './store.ts';
import type { EmergencyStop } from './types.ts';
import { EMERGENCY, listView, reportView } from './view.ts';

export interface EmergencyRouteDeps extends EmergencyDeps {
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number };
}

type Visit = Context & { params: Record<string, string> };
const PAGE_SIZE = 50;

/** Stop a person, read what that ended, let the person back in. */
export function emergencyRoutes(deps: EmergencyRouteDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  const { db } = deps;

  router.get(EMERGENCY, 'emergency.read', async (ctx, caller) => {
    const before = numberIn(new URLSearchParams(ctx.querystring).get('before') ?? '');
    const stops = await listStops(db, before, PAGE_SIZE + 1);
    show(deps, ctx, caller, 'idp/console-sheet', listView(ctx.state.locale, stops, PAGE_SIZE));
  });

  router.get(`${EMERGENCY}/stop`, 'emergency.disable', async (ctx, caller) => {
    const login = new URLSearchParams(ctx.querystring).get('login')?.trim() ?? '';
    await ask(deps, ctx, caller, login, { reason: '', errors: [] });
  });
  router.post(`${EMERGENCY}/stop`, 'emergency.disable', async (ctx, caller) => {
    const form = await readForm(ctx);
    const login = form.get('login').trim();
    const { reason, error } = readReason(form);
    const subject = await findSubject(db, login);
    if (error || !subject || subject.id === caller.accountId) {
      const errors = error ? [{ field: 'reason', key: error }] : [];
      return ask(deps, ctx, caller, login, { reason, errors });
    }
    const id = await stopPerson(deps, subject.id, by(deps, ctx, caller, reason));
    seeOther(ctx, `${EMERGENCY}/${id}?done=stopped`);
  });

  router.get(`${EMERGENCY}/:id`, 'emergency.read', async (ctx, caller) => {
    show(deps, ctx, caller, 'idp/console-sheet', reportView(ctx.state.locale, await find(deps, ctx)));
  });

  const enabling = `${EMERGENCY}/:id/enabling`;
  router.get(enabling, 'emergency.disable', async (ctx, caller) => {
    askEnabling(deps, ctx, caller, await find(deps, ctx), { reason: '', errors: [] });
  });
  router.post(enabling, 'emergency.disable', async (ctx, caller) => {
    const stop = await find(deps, ctx);
    const { reason, error } = readReason(await readForm(ctx));
    if (error) {
      return askEnabling(deps, ctx, caller, stop, { reason, errors: [{ field: 'reason', key: error }] });
    }
    const status = await enablePerson(deps, stop.id, by(deps, ctx, caller, reason));
    seeOther(ctx, `${EMERGENCY}/${stop.id}?done=${status === 'active' ? 'enabled' : 'lifted'}`);
  });
  return router;
}

/** Whom to stop, or what stopping them would end. */
async function ask(
  deps: EmergencyRouteDeps,
  ctx: Context,
  caller: ConsoleCaller,
  login: string,
  typed: { reason: string; errors: FieldError[] },
): Promise<void> {
  const { locale } = ctx.state;
  const found = login === '' ? undefined : await findSubject(deps.db, login);
  const isOwn = found?.id === caller.accountId;
  const subject = isOwn ? undefined : found;
  const fault = login !== '' && !subject ? `console-emergency.${isOwn ? 'own' : 'unknown'}` : undefined;
  const errors = [...typed.errors, ...(fault ? [{ field: 'login', key: fault }] : [])];
  if (errors.length > 0) ctx.status = 422;
  const count = (name: string, number: number): string =>
    translate(locale, `console-emergency.${name}`, { count: number });
  show(deps, ctx, caller, 'idp/console-emergency', {
    action: `${EMERGENCY}/stop`,
    ...{ login, reason: typed.reason, errors, cancelUrl: EMERGENCY },
    subject: subject && {
      name: `${subject.loginName} ${subject.name}`,
      unit: subject.unitName,
      status: { key: `console-emergency.status-${subject.status}` },
      effects: [
        count('ends-sessions', subject.sessions),
        count('ends-grants', subject.grants),
        count('ends-browserless', subject.browserless),
        translate(locale, 'console-emergency.ends-links'),
      ],
    },
  });
}

function askEnabling(
  deps: EmergencyRouteDeps,
  ctx: Context,
  caller: ConsoleCaller,
  stop: EmergencyStop,
  typed: { reason: string; errors: FieldError[] },
): void {
  const isOpen = stop.enabledAt === null;
  if (typed.errors.length > 0) ctx.status = 422;
  const area = 'console-emergency-enabling';
  show(deps, ctx, caller, 'idp/console-confirm', {
    ...{ area, params: { name: stop.loginName }, action: ctx.path, cancelUrl: `${EMERGENCY}/${stop.id}` },
    ...{ fields: [], errors: typed.errors, reason: { value: typed.reason, required: true } },
    ...{ isDangerous: true, isPossible: isOpen },
    lines: [
      {
        label: `${stop.loginName} ${stop.personName}`,
        effect: translate(ctx.state.locale, `${area}.${isOpen ? 'line' : 'done'}`),
        refused: !isOpen,
      },
    ],
  });
}

function show(
  deps: EmergencyRouteDeps,
  ctx: Context,
  caller: ConsoleCaller,
  ...[view, data]:
    | ['idp/console-sheet', Views['idp/console-sheet']]
    | ['idp/console-confirm', Views['idp/console-confirm']]
    | ['idp/console-emergency', Views['idp/console-emergency']]
): void {
  const { locale } = ctx.state;
  const title = translate(locale, 'console-emergency.title');
  const here =
    view === 'idp/console-sheet'
      ? data.title
      : view === 'idp/console-confirm'
        ? translate(locale, `${data.area}.title`, data.params)
        : translate(locale, 'console-emergency.stop');
  const done = `console-emergency.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
  const page = deps.console.page(ctx, caller, {
    crumbs: ctx.path === EMERGENCY ? [{ label: title }] : [{ label: title, url: EMERGENCY }, { label: here }],
    ...(hasText(locale, done) && { status: { kind: 'success' as const, key: done } }),
  });
  ctx.type = 'html';
  ctx.body = deps.renderer.page(view, page, data);
}

/** @throws Fault not_found */
async function find(deps: EmergencyRouteDeps, ctx: Visit): Promise<EmergencyStop> {
  const id = numberIn(ctx.params['id'] ?? '');
  const stop = id === undefined ? undefined : await findStop(deps.db, id);
  if (!stop) throw new Fault('not_found');
  return stop;
}

function numberIn(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

function by(deps: EmergencyRouteDeps, ctx: Context, actor: ConsoleCaller, reason: string) {
  return { actor, from: callerOf(ctx, deps.config.trustedProxyHops), reason };
}
