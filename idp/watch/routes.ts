import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import { callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter, reachOf } from '../permissions/index.ts';
import { alertList, ruleList } from './list.ts';
import { answer, changeRule } from './service/answer.ts';
import { findAlert, listAnswers } from './store/alerts.ts';
import { type RuleSettings, listRules } from './store/rules.ts';
import type { Alert, AlertRule, AnswerRefusal } from './types.ts';
import { type FilledRule, alertView, filledOf, ruleView } from './view.ts';

const ALERTS = '/console/alerts';
const RULES = '/console/alert-rules';

/** §5.2: alerts on unusual use, and the rules that raise them. */
export function watchRoutes(deps: ListDeps): ConsoleRouter {
  const { db, console, renderer, config } = deps;
  const router = new ConsoleRouter(console);

  const show = (
    ctx: Context,
    caller: ConsoleCaller,
    view: ConsoleCaseViews['idp/console-case'],
    above: { area: string; url: string },
    done?: string,
  ): void => {
    const { locale } = ctx.state;
    const crumbs = [
      { label: translate(locale, `${above.area}.title`), url: above.url },
      { label: translate(locale, `${view.area}.title`, view.params) },
    ];
    const status = done === undefined ? {} : { status: { kind: 'success' as const, key: done } };
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-case', console.page(ctx, caller, { crumbs, ...status }), view);
  };
  const showAlert = async (
    ctx: Context,
    caller: ConsoleCaller,
    alert: Alert,
    filled = { state: 'explained', note: '' },
    fault?: AnswerRefusal,
  ): Promise<void> => {
    const view = alertView(ctx.state.locale, alert, await listAnswers(db, alert.id), filled, fault);
    const isDone = new URLSearchParams(ctx.querystring).get('done') === 'answered';
    show(
      ctx,
      caller,
      view,
      { area: 'console-alerts', url: ALERTS },
      isDone ? 'console-alerts.done-answered' : undefined,
    );
  };
  const showRule = (
    ctx: Context,
    caller: ConsoleCaller,
    rule: AlertRule,
    filled: FilledRule,
    fault?: keyof FilledRule,
  ) => {
    const mayChange = reachOf(caller, 'alerts.configure') !== undefined;
    const view = ruleView(ctx.state.locale, rule, filled, mayChange, fault);
    show(ctx, caller, view, { area: 'console-alert-rules', url: RULES });
  };

  addConsoleList(router, deps, alertList(db, ALERTS));
  router.get(`${ALERTS}/:id`, 'alerts.read', async (ctx, caller) =>
    showAlert(ctx, caller, await alertAt(ctx)),
  );
  router.post(`${ALERTS}/:id/answer`, 'alerts.answer', async (ctx, caller) => {
    const { id } = await alertAt(ctx);
    const form = await readForm(ctx);
    const filled = { state: form.get('state'), note: form.get('note').trim().slice(0, 2000) };
    const { state, note } = filled;
    if (state !== 'explained' && state !== 'escalated') throw new Fault('bad_request');
    const outcome = await answer(deps, caller, id, {
      state,
      note,
      from: callerOf(ctx, config.trustedProxyHops),
    });
    if (outcome.answered) return seeOther(ctx, `${ALERTS}/${id}?done=answered`);
    ctx.status = outcome.reason === 'note_missing' ? 422 : 409;
    return showAlert(ctx, caller, await alertAt(ctx), filled, outcome.reason);
  });

  addConsoleList(router, deps, ruleList(db, RULES));
  router.get(`${RULES}/:code`, 'alerts.read', async (ctx, caller) => {
    const rule = await ruleAt(ctx);
    showRule(ctx, caller, rule, filledOf(rule));
  });
  router.post(`${RULES}/:code`, 'alerts.configure', async (ctx, caller) => {
    const rule = await ruleAt(ctx);
    const filled = readRule(await readForm(ctx), rule);
    const settings = settingsOf(filled);
    if (typeof settings === 'string') {
      ctx.status = 422;
      return showRule(ctx, caller, rule, filled, settings);
    }
    await changeRule(deps, caller, rule.code, { settings, from: callerOf(ctx, config.trustedProxyHops) });
    seeOther(ctx, `${RULES}?done=changed`);
  });

  async function alertAt(ctx: Context & { params: Record<string, string> }): Promise<Alert> {
    const { id = '' } = ctx.params;
    const alert = /^\d{1,15}$/.test(id) ? await findAlert(db, Number(id)) : undefined;
    if (!alert) throw new Fault('not_found');
    return alert;
  }
  async function ruleAt(ctx: Context & { params: Record<string, string> }): Promise<AlertRule> {
    const rule = (await listRules(db)).find(({ code }) => code === ctx.params['code']);
    if (!rule) throw new Fault('not_found');
    return rule;
  }
  return router;
}

/** Of a rule that does not count, only whether it is on. */
function readRule(form: Form, rule: AlertRule): FilledRule {
  const enabled = form.get('enabled');
  if (rule.kind !== 'count') return { ...filledOf(rule), enabled };
  const read = (name: string): string => form.get(name).trim().slice(0, 20);
  return {
    enabled,
    threshold: read('threshold'),
    window: read('window'),
    from: read('from'),
    to: read('to'),
  };
}

/** @returns the first field that cannot be right */
function settingsOf(filled: FilledRule): RuleSettings | keyof FilledRule {
  const whole = (text: string, min: number, max: number): number | undefined =>
    /^\d{1,7}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
  const threshold = whole(filled.threshold, 1, 1_000_000);
  const windowMinutes = whole(filled.window, 1, 1440);
  if (threshold === undefined) return 'threshold';
  if (windowMinutes === undefined) return 'window';
  const enabled = filled.enabled === 'yes';
  if (filled.from === '' && filled.to === '') return { enabled, threshold, windowMinutes, hours: undefined };
  const [from, to] = [whole(filled.from, 0, 23), whole(filled.to, 0, 23)];
  if (from === undefined) return 'from';
  if (to === undefined || to === from) return 'to';
  return { enabled, threshold, windowMinutes, hours: { from, to } };
}
