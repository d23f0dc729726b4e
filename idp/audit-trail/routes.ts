import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { DAY, after } from '#kit/clock.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import { callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter, reachOf } from '../permissions/index.ts';
import { startOfDay, trailList } from './list.ts';
import { countUnsealed } from './service/seal.ts';
import { askForVerification } from './service/verifications.ts';
import { newestSeals, sealsByDay } from './store/overview.ts';
import { findTrailRecord } from './store/search.ts';
import { findSealOf } from './store/seals.ts';
import { findVerification, listVerifications } from './store/verifications.ts';
import { recordView, sealsView, verificationView, verificationsView } from './view.ts';

const PATH = '/console/audit';
const SEALS = '/console/audit-seals';
const VERIFICATIONS = '/console/audit-verifications';
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAYS = 14;
const NEWEST = 20;

type Page = Context & { params: Record<string, string> };

/** The audit trail in the console: search, one record, seals, verification. */
export function auditRoutes(deps: ListDeps): ConsoleRouter {
  const { db, console, renderer, config } = deps;
  const router = new ConsoleRouter(console);

  const show = (
    ctx: Context,
    caller: ConsoleCaller,
    view: ConsoleCaseViews['idp/console-case'],
    above: string[],
  ) => {
    const { locale } = ctx.state;
    const parents = above.map((area) => ({
      label: translate(locale, `${area}.title`),
      url: area === 'console-audit' ? PATH : VERIFICATIONS,
    }));
    const crumbs = [...parents, { label: translate(locale, `${view.area}.title`, view.params) }];
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-case', console.page(ctx, caller, { crumbs }), view);
  };

  addConsoleList(router, deps, trailList(db, PATH));
  router.get(`${PATH}/:id`, 'audit.read', async (ctx, caller) => {
    const record = await one(ctx, caller);
    const seal = await findSealOf(db, record.id, record.at);
    show(ctx, caller, recordView(ctx.state.locale, record, seal), ['console-audit']);
  });
  router.get(SEALS, 'audit.verify', async (ctx, caller) => {
    const [days, seals, unsealed] = await Promise.all([
      sealsByDay(db, DAYS),
      newestSeals(db, NEWEST),
      countUnsealed(db),
    ]);
    show(ctx, caller, sealsView(days, seals, unsealed), ['console-audit']);
  });
  router.get(VERIFICATIONS, 'audit.verify', async (ctx, caller) => {
    const runs = await listVerifications(db, NEWEST);
    show(ctx, caller, verificationsView(ctx.state.locale, runs, { from: '', to: '' }), ['console-audit']);
  });
  router.post(VERIFICATIONS, 'audit.verify', async (ctx, caller) => {
    const form = await readForm(ctx);
    const filled = { from: form.get('from'), to: form.get('to') };
    const [from, to] = [readDay(filled.from), readDay(filled.to)];
    if (from === null || to === null || (from && to && from > to)) {
      ctx.status = 422;
      const runs = await listVerifications(db, NEWEST);
      return show(ctx, caller, verificationsView(ctx.state.locale, runs, filled, 'span'), ['console-audit']);
    }
    const span = { ...(from && { from }), ...(to && { to: after(to, DAY) }) };
    const id = await askForVerification(deps, caller, span, callerOf(ctx, config.trustedProxyHops));
    seeOther(ctx, `${VERIFICATIONS}/${id}`);
  });
  router.get(`${VERIFICATIONS}/:id`, 'audit.verify', async (ctx, caller) => {
    const { id = '' } = ctx.params;
    const run = UUID.test(id) ? await findVerification(db, id) : undefined;
    if (!run) throw new Fault('not_found');
    if (!run.report) ctx.set('Refresh', '3'); // shows the progress without scripts
    show(ctx, caller, verificationView(ctx.state.locale, run), [
      'console-audit',
      'console-audit-verifications',
    ]);
  });

  /** @throws Fault not_found, also for what is out of reach */
  async function one(ctx: Page, caller: ConsoleCaller) {
    const { id = '' } = ctx.params;
    const reach = reachOf(caller, 'audit.read');
    const record = reach && /^\d{1,15}$/.test(id) ? await findTrailRecord(db, reach, Number(id)) : undefined;
    if (!record) throw new Fault('not_found');
    return record;
  }
  return router;
}

/** @returns undefined for none, null for what is no day */
function readDay(text: string): Date | undefined | null {
  if (text === '') return undefined;
  const day = DATE.test(text) ? startOfDay(text) : undefined;
  return day && !Number.isNaN(day.getTime()) ? day : null;
}
