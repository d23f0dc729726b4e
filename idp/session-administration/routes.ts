import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { addConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter, type Deed, type Reach, reachOf } from '../permissions/index.ts';
import { type Ending, endingOfClient, endingOfPerson, endingOfSessions } from './endings.ts';
import { SESSIONS, sessionList } from './list.ts';
import {
  type ByAdministrator,
  endChosenSessions,
  endGrantsOfClient,
  endSessionsOfPerson,
} from './service.ts';
import { findSessions } from './store.ts';
import type { SessionAdministrationDeps } from './types.ts';
import { sessionView } from './view.ts';

type Visit = Context & { params: Record<string, string> };

/** Who is signed in, and the pages that end it: each shows first what would end, and wants a reason. */
export function sessionAdministrationRoutes(deps: SessionAdministrationDeps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  const { db, registry } = deps;
  addConsoleList(router, deps, sessionList(db, registry));

  // ticked in the list; signing in again leads back to it
  router.get(`${SESSIONS}/ending`, 'sessions.end', (ctx) => seeOther(ctx, SESSIONS));
  router.post(`${SESSIONS}/ending`, 'sessions.end', async (ctx, caller) => {
    const form = await readForm(ctx);
    const uids = form.all('id');
    if (uids.length === 0) return seeOther(ctx, `${SESSIONS}?done=not-ticked`);
    const ending = await endingOfSessions(deps, uids, reach(caller, 'sessions.end'), ctx.state.locale);
    if (form.get('deed') !== '') return ask(deps, ctx, caller, ending);
    const { reason, error } = readReason(form);
    if (error) return ask(deps, ctx, caller, ending, { reason, errors: [{ field: 'reason', key: error }] });
    await endChosenSessions(db, uids, reach(caller, 'sessions.end'), by(deps, ctx, caller, reason));
    seeOther(ctx, `${SESSIONS}?done=ended`);
  });

  addEnding(router, deps, {
    path: `${SESSIONS}/persons/:id/ending`,
    deed: 'sessions.end',
    look: (ctx, within) => endingOfPerson(deps, ctx.params['id'] ?? '', within, ctx.state.locale),
    end: (ctx, within, doer) => endSessionsOfPerson(db, ctx.params['id'] ?? '', within, doer),
  });
  addEnding(router, deps, {
    path: `${SESSIONS}/clients/:id/ending`,
    deed: 'sessions.end_client',
    look: (ctx) => endingOfClient(deps, ctx.params['id'] ?? '', ctx.state.locale),
    end: (ctx, _within, doer) => endGrantsOfClient(db, ctx.params['id'] ?? '', doer),
  });

  router.get(`${SESSIONS}/:uid`, 'sessions.read', async (ctx, caller) => {
    const [row] = await findSessions(db, [ctx.params['uid'] ?? ''], reach(caller, 'sessions.read'));
    if (!row) throw new Fault('not_found');
    const mayEndClient = reachOf(caller, 'sessions.end_client') !== undefined;
    const title = translate(ctx.state.locale, 'console-sessions.one', { name: row.loginName });
    ctx.type = 'html';
    const page = deps.console.page(ctx, caller, { crumbs: crumbs(ctx, title) });
    const view = sessionView(registry, ctx.state.locale, row, { title, mayEndClient });
    ctx.body = deps.renderer.page('idp/console-sheet', page, view);
  });
  return router;
}

function addEnding(
  router: ConsoleRouter,
  deps: SessionAdministrationDeps,
  of: {
    path: string;
    deed: Deed;
    look(ctx: Visit, within: Reach): Promise<Ending>;
    end(ctx: Visit, within: Reach, doer: ByAdministrator): Promise<number>;
  },
): void {
  router.get(of.path, of.deed, async (ctx, caller) => {
    ask(deps, ctx, caller, await of.look(ctx, reach(caller, of.deed)));
  });
  router.post(of.path, of.deed, async (ctx, caller) => {
    const within = reach(caller, of.deed);
    const ending = await of.look(ctx, within);
    const { reason, error } = readReason(await readForm(ctx));
    if (error) return ask(deps, ctx, caller, ending, { reason, errors: [{ field: 'reason', key: error }] });
    await of.end(ctx, within, by(deps, ctx, caller, reason));
    seeOther(ctx, `${SESSIONS}?done=ended`);
  });
}

function ask(
  deps: SessionAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  { area, params, lines, fields }: Ending,
  typed: { reason: string; errors: FieldError[] } = { reason: '', errors: [] },
): void {
  if (typed.errors.length > 0) ctx.status = 422;
  const title = translate(ctx.state.locale, `${area}.title`, params);
  ctx.type = 'html';
  const page = deps.console.page(ctx, caller, { crumbs: crumbs(ctx, title) });
  ctx.body = deps.renderer.page('idp/console-confirm', page, {
    ...{ area, params, action: ctx.path, cancelUrl: SESSIONS, fields, lines, errors: typed.errors },
    ...{ reason: { value: typed.reason, required: true }, isDangerous: true, isPossible: lines.length > 0 },
  });
}

function crumbs(ctx: Context, label: string) {
  return [{ label: translate(ctx.state.locale, 'console-sessions.title'), url: SESSIONS }, { label }];
}

function reach(caller: ConsoleCaller, deed: Deed): Reach {
  const found = reachOf(caller, deed);
  if (!found) throw new Fault('forbidden');
  return found;
}

function by(
  deps: SessionAdministrationDeps,
  ctx: Context,
  actor: ConsoleCaller,
  reason: string,
): ByAdministrator {
  return { actor, from: callerOf(ctx, deps.config.trustedProxyHops), reason };
}
