import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { type LifeDeps, reinstate } from '../life-cycle/index.ts';
import { type ConsoleCaller, ConsoleRouter, reachOf } from '../permissions/index.ts';
import { AREA, SUSPENDED, suspendedList } from './list.ts';
import { type SuspendedRow, findSuspended } from './store.ts';

const DEED = 'subsystem_accounts.reinstate';
const MAX_REASON = 500;

type Deps = ListDeps & LifeDeps;
type Account = Omit<SuspendedRow, 'position'>;

/** SM-11, M-39: the list of suspended accounts, and reinstating one with a reason. */
export function reinstatementRoutes(deps: Deps): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);
  addConsoleList(router, deps, suspendedList(deps.db, deps.registry));
  const open = async (ctx: Context & { params: Record<string, string> }, caller: ConsoleCaller) => {
    const reach = reachOf(caller, DEED);
    const account = reach && (await findSuspended(deps.db, reach, ctx.params['id'] ?? ''));
    if (!account) throw new Fault('not_found');
    return account;
  };

  router.get(`${SUSPENDED}/:id`, DEED, async (ctx, caller) => {
    ask(deps, ctx, caller, await open(ctx, caller));
  });
  router.post(`${SUSPENDED}/:id`, DEED, async (ctx, caller) => {
    const account = await open(ctx, caller);
    const reason = (await readForm(ctx)).get('reason').normalize('NFC').replaceAll(/\p{C}/gu, ' ').trim();
    if (reason === '' || reason.length > MAX_REASON) {
      return ask(deps, ctx, caller, account, { reason, error: 'console.reason-missing' });
    }
    const reviewer = { accountId: caller.accountId, role: caller.role, unitCode: caller.unitCode };
    const outcome = await reinstate(deps, account.id, reason, reviewer);
    if (outcome.reinstated) return seeOther(ctx, `${SUSPENDED}?done=reinstated`);
    return ask(deps, ctx, caller, account, { reason, error: `${AREA}.refused-${outcome.reason}` });
  });
  return router;
}

function ask(
  deps: Deps,
  ctx: Context,
  caller: ConsoleCaller,
  account: Account,
  tried?: { reason: string; error: string },
): void {
  const { locale } = ctx.state;
  const crumbs = [
    { label: translate(locale, `${AREA}.title`), url: SUSPENDED },
    { label: translate(locale, `${AREA}.reinstating.title`) },
  ];
  const errors: FieldError[] = tried ? [{ field: 'reason', key: tried.error }] : [];
  const unit = (locale === 'en' && account.unitNameEn) || account.unitName;
  if (tried) ctx.status = 422;
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-confirm', deps.console.page(ctx, caller, { crumbs }), {
    area: `${AREA}.reinstating`,
    params: {},
    action: `${SUSPENDED}/${encodeURIComponent(account.id)}`,
    cancelUrl: SUSPENDED,
    fields: [],
    lines: [
      {
        label: `${account.holderName} (${account.id})`,
        effect: `${unit} · ${translate(locale, `${AREA}.because-${account.because ?? 'manager'}`)}`,
        refused: false,
      },
    ],
    reason: { value: tried?.reason ?? '', required: true },
    isDangerous: false,
    isPossible: true,
    errors,
  });
}
