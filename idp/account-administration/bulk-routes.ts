import { Fault } from '#kit/errors.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { type ConsoleCaller, type ConsoleRouter, reachOf } from '../permissions/index.ts';
import { refusalText } from './deed-routes.ts';
import { ACCOUNTS } from './list.ts';
import type { DeedRefusal } from './policy.ts';
import { readReason } from './reason.ts';
import { DEED_OF, type Outlook, doDeed, foresee } from './service/deeds.ts';
import type { AccountAdministrationDeps } from './types.ts';

const MOST = 100;
export const BULK_DEEDS = ['disabling', 'unlocking'] as const;
type BulkDeed = (typeof BULK_DEEDS)[number];

/** P-44, P-52: one deed to the ticked accounts: what would happen to each is shown first, then each is done by itself. */
export function addBulkRoutes(router: ConsoleRouter, deps: AccountAdministrationDeps): void {
  router.post(`${ACCOUNTS}/bulk`, 'accounts.read', async (ctx, caller) => {
    const form = await readForm(ctx);
    const name = BULK_DEEDS.find((deed) => deed === form.get('deed'));
    if (!name) throw new Fault('bad_request');
    if (!reachOf(caller, DEED_OF[name])) throw new Fault('forbidden');
    const outlooks = await foreseeAll(deps, caller, name, idsIn(form));
    ask(deps, ctx, caller, name, { outlooks, reason: '', errors: [] });
  });

  for (const name of BULK_DEEDS) {
    router.post(`${ACCOUNTS}/bulk/${name}`, DEED_OF[name], async (ctx, caller) => {
      const form = await readForm(ctx);
      const ids = idsIn(form);
      const { reason, errors } = readReason(form);
      const outlooks = await foreseeAll(deps, caller, name, ids);
      if (errors.length > 0) {
        ctx.status = 422;
        return ask(deps, ctx, caller, name, { outlooks, reason, errors });
      }
      const doer = { caller, from: callerOf(ctx, deps.config.trustedProxyHops) };
      const results: Outlook[] = [];
      for (const { subject, facts } of outlooks) {
        const refusal = await doDeed(deps, doer, name, { id: subject.id, reason });
        results.push({ subject, facts, refusal });
      }
      if (results.every(({ refusal }) => !refusal)) return seeOther(ctx, `${ACCOUNTS}?done=bulk-${name}`);
      ctx.status = 409;
      tell(deps, ctx, caller, name, results);
    });
  }
}

async function foreseeAll(
  deps: AccountAdministrationDeps,
  caller: ConsoleCaller,
  name: BulkDeed,
  ids: string[],
): Promise<Outlook[]> {
  const outlooks: Outlook[] = [];
  for (const id of ids) outlooks.push(await foresee(deps, caller, name, id));
  return outlooks;
}

/** @throws Fault bad_request for none, or for more than a page ever shows */
function idsIn(form: Form): string[] {
  const ids = [...new Set(form.all('id'))];
  if (ids.length === 0 || ids.length > MOST) throw new Fault('bad_request');
  return ids;
}

function ask(
  deps: AccountAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  name: BulkDeed,
  { outlooks, reason, errors }: { outlooks: Outlook[]; reason: string; errors: FieldError[] },
): void {
  const possible = outlooks.filter(({ refusal }) => !refusal);
  page(deps, ctx, caller, {
    area: `console-people.bulk-${name}`,
    params: { count: possible.length },
    action: `${ACCOUNTS}/bulk/${name}`,
    fields: possible.map(({ subject }) => ({ name: 'id', value: subject.id })),
    lines: linesOf(ctx, name, outlooks, 'effect'),
    reason: possible.length > 0 ? { value: reason, required: true } : undefined,
    isDangerous: name === 'disabling',
    isPossible: possible.length > 0,
    errors,
  });
}

/** Not everything could be done any more: which was, and which not. */
function tell(
  deps: AccountAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  name: BulkDeed,
  results: Outlook[],
): void {
  page(deps, ctx, caller, {
    area: 'console-people.bulk-result',
    params: { count: results.filter(({ refusal }) => !refusal).length },
    action: '',
    fields: [],
    lines: linesOf(ctx, name, results, 'done'),
    reason: undefined,
    isDangerous: false,
    isPossible: false,
    errors: [],
  });
}

function linesOf(ctx: Context, name: BulkDeed, outlooks: Outlook[], what: 'effect' | 'done') {
  const { locale } = ctx.state;
  const words = ({ refusal, subject, facts }: Outlook & { refusal: DeedRefusal | undefined }) =>
    refusal
      ? refusalText(locale, refusal)
      : translate(locale, what === 'done' ? `console-person.done-${name}` : `console-person.${name}.effect`, {
          sessions: facts.sessions,
          email: subject.email,
        });
  return outlooks.map((outlook) => ({
    label: `${outlook.subject.name} (${outlook.subject.loginName})`,
    effect: words(outlook),
    refused: outlook.refusal !== undefined,
  }));
}

function page(
  deps: AccountAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  view: Omit<Views['idp/console-confirm'], 'cancelUrl'>,
): void {
  const { locale } = ctx.state;
  const crumbs = [
    { label: translate(locale, 'console-people.title'), url: ACCOUNTS },
    { label: translate(locale, `${view.area}.title`, view.params) },
  ];
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-confirm', deps.console.page(ctx, caller, { crumbs }), {
    ...view,
    cancelUrl: ACCOUNTS,
  });
}
