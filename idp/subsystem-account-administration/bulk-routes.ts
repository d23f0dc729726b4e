import { Fault } from '#kit/errors.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { SUBSYSTEM_ACCOUNTS } from './list.ts';
import { type DisableRefusal, disableAccount, disableRefusal } from './service/disable.ts';
import { getAdministered, getReach } from './service/reach.ts';
import type { AdministeredAccount, SubsystemAdministrationDeps } from './types.ts';

const MOST = 100;
const MAX_REASON = 500;

interface Line {
  account: AdministeredAccount;
  refusal: DisableRefusal | undefined;
}

/** P-52: disables the ticked accounts: what would happen to each is shown first, then each is done by itself. */
export function addBulkRoutes(router: ConsoleRouter, deps: SubsystemAdministrationDeps): void {
  router.post(`${SUBSYSTEM_ACCOUNTS}/bulk`, 'subsystem_accounts.change', async (ctx, caller) => {
    const form = await readForm(ctx);
    if (form.get('deed') !== 'disabling') throw new Fault('bad_request');
    ask(deps, ctx, caller, await linesFor(deps, caller, form), '', []);
  });

  router.post(`${SUBSYSTEM_ACCOUNTS}/bulk/disabling`, 'subsystem_accounts.change', async (ctx, caller) => {
    const form = await readForm(ctx);
    const lines = await linesFor(deps, caller, form);
    const reason = form.get('reason').normalize('NFC').replaceAll(/\p{C}/gu, ' ').trim();
    if (reason === '' || Array.from(reason).length > MAX_REASON) {
      ctx.status = 422;
      const errors = [{ field: 'reason', key: 'console.reason-missing' }];
      return ask(deps, ctx, caller, lines, reason, errors);
    }
    const doer = { caller, from: callerOf(ctx, deps.config.trustedProxyHops) };
    const results: Line[] = [];
    for (const { account } of lines) {
      results.push({ account, refusal: await disableAccount(deps, doer, account.id, reason) });
    }
    if (results.every(({ refusal }) => !refusal)) {
      return seeOther(ctx, `${SUBSYSTEM_ACCOUNTS}?done=bulk-disabling`);
    }
    ctx.status = 409;
    show(deps, ctx, caller, { area: 'console-people.bulk-result', lines: results, reason: '', errors: [] });
  });
}

/** @throws Fault bad_request for none or too many, not_found when one is out of reach */
async function linesFor(
  deps: SubsystemAdministrationDeps,
  caller: ConsoleCaller,
  form: Form,
): Promise<Line[]> {
  const ids = [...new Set(form.all('id'))];
  if (ids.length === 0 || ids.length > MOST) throw new Fault('bad_request');
  const reach = getReach(caller, 'subsystem_accounts.change');
  const lines: Line[] = [];
  for (const id of ids) {
    const account = await getAdministered(deps.db, reach, id);
    lines.push({ account, refusal: await disableRefusal(deps, deps.db, caller, account) });
  }
  return lines;
}

function ask(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  lines: Line[],
  reason: string,
  errors: FieldError[],
): void {
  show(deps, ctx, caller, { area: 'console-rights.disabling', lines, reason, errors });
}

function show(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  page: {
    area: 'console-rights.disabling' | 'console-people.bulk-result';
    lines: Line[];
    reason: string;
    errors: FieldError[];
  },
): void {
  const { locale } = ctx.state;
  const { area, lines } = page;
  const possible = area === 'console-rights.disabling' ? lines.filter(({ refusal }) => !refusal) : [];
  const count = lines.filter(({ refusal }) => !refusal).length;
  const crumbs = [
    { label: translate(locale, 'console-subsystem-accounts.title'), url: SUBSYSTEM_ACCOUNTS },
    { label: translate(locale, `${area}.title`, { count }) },
  ];
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-confirm', deps.console.page(ctx, caller, { crumbs }), {
    area,
    params: { count },
    action: `${SUBSYSTEM_ACCOUNTS}/bulk/disabling`,
    cancelUrl: SUBSYSTEM_ACCOUNTS,
    fields: possible.map(({ account }) => ({ name: 'id', value: account.id })),
    lines: lines.map(({ account, refusal }) => ({
      label: `${account.holderName} (${account.id})`,
      effect: translate(
        locale,
        refusal ? `console-rights.refused-${refusal}` : 'console-rights.disabling.effect',
      ),
      refused: refusal !== undefined,
    })),
    reason: possible.length > 0 ? { value: page.reason, required: true } : undefined,
    isDangerous: true,
    isPossible: possible.length > 0,
    errors: page.errors,
  });
}
