import { z } from 'zod';
import { Fault } from '#kit/errors.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { Change } from '#templates/views/console.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { SUBSYSTEM_ACCOUNTS, addressOf } from './list.ts';
import { changeAccount, formOf } from './service/change.ts';
import { readOffer } from './service/facts.ts';
import { lookOnlyRefusal } from './service/look.ts';
import { getAdministered, getReach } from './service/reach.ts';
import type { AccessForm, AdministeredAccount, SubsystemAdministrationDeps } from './types.ts';
import { accessView, changesBetween } from './view.ts';

const MAX_REASON = 500;
const accessForm = z.strictObject({
  role: z.string().max(40),
  duty: z.string().max(40),
  menuRoles: z.array(z.string().max(40)).max(200),
  status: z.enum(['active', 'disabled']),
});

/** P-51: one subsystem account's access, shown to whoever may see it and changed by whoever may change it. */
export function addAccessRoutes(router: ConsoleRouter, deps: SubsystemAdministrationDeps): void {
  const path = `${SUBSYSTEM_ACCOUNTS}/:id`;

  router.get(path, 'subsystem_accounts.read', async (ctx, caller) => {
    const reach = getReach(caller, 'subsystem_accounts.read');
    const account = await getAdministered(deps.db, reach, ctx.params['id'] ?? '');
    const form = formOf(account);
    await show(deps, ctx, caller, account, { form, was: form, reason: '', errors: [] });
  });

  router.post(path, 'subsystem_accounts.change', async (ctx, caller) => {
    const { id = '' } = ctx.params;
    const account = await getAdministered(deps.db, getReach(caller, 'subsystem_accounts.change'), id);
    const posted = await readForm(ctx);
    const form = parse({
      role: posted.get('role'),
      duty: posted.get('duty'),
      menuRoles: [...new Set(posted.all(`menu_role.${posted.get('duty')}`))],
      status: posted.get('status'),
    });
    const was = parse(readJson(posted.get('was')));
    const reason = reasonIn(posted);
    if (reason === '' && form.status === 'disabled' && was.status === 'active') {
      ctx.status = 422;
      const errors = [{ field: 'reason', key: 'console.reason-missing' }];
      return show(deps, ctx, caller, account, { form, was, reason, errors });
    }
    const doer = { caller, from: callerOf(ctx, deps.config.trustedProxyHops) };
    const outcome = await changeAccount(deps, doer, id, { form, was, reason });
    if (outcome.done) return seeOther(ctx, `${addressOf({ id })}?done=saved`);
    ctx.status = 409;
    if ('refusal' in outcome) return show(deps, ctx, caller, account, { form, was, reason, errors: [] });
    if ('inForce' in outcome) {
      const { inForce } = outcome;
      return show(deps, ctx, caller, account, { form, was: inForce, before: was, reason, errors: [] });
    }
    const errors = [{ field: outcome.field, key: `console-rights.refused-${outcome.reason}` }];
    return show(deps, ctx, caller, account, { form, was, reason, errors });
  });
}

/** @throws Fault bad_request for what no form of ours sends */
function parse(value: unknown): AccessForm {
  const parsed = accessForm.safeParse(value);
  if (!parsed.success) throw new Fault('bad_request', {}, parsed.error);
  return parsed.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault('bad_request', {}, error);
  }
}

function reasonIn(form: Form): string {
  const reason = form.get('reason').normalize('NFC').replaceAll(/\p{C}/gu, ' ').trim();
  return Array.from(reason).slice(0, MAX_REASON).join('');
}

interface Filled {
  form: AccessForm;
  was: AccessForm;
  /** What the form was opened with, when something else is in force by now. */
  before?: AccessForm;
  reason: string;
  errors: FieldError[];
}

async function show(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  account: AdministeredAccount,
  { form, was, before, reason, errors }: Filled,
): Promise<void> {
  const { locale } = ctx.state;
  const offer = await readOffer(deps, deps.db, caller, account);
  const meanwhile: Change[] = before ? changesBetween(offer, before, was, locale) : [];
  const done = new URLSearchParams(ctx.querystring).get('done') === 'saved' && ctx.method === 'GET';
  const crumbs = [
    { label: translate(locale, 'console-subsystem-accounts.title'), url: SUBSYSTEM_ACCOUNTS },
    { label: account.id },
  ];
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-rights',
    deps.console.page(ctx, caller, {
      crumbs,
      ...(done && { status: { kind: 'success' as const, key: 'console-rights.done-saved' } }),
    }),
    accessView(
      {
        account,
        offer,
        form,
        was,
        lookOnlyKey: await lookOnlyKey(deps, caller, account),
        meanwhile,
        reason,
        errors,
      },
      locale,
    ),
  );
}

async function lookOnlyKey(
  deps: SubsystemAdministrationDeps,
  caller: ConsoleCaller,
  account: AdministeredAccount,
): Promise<string> {
  const refusal = await lookOnlyRefusal(deps, caller, account);
  return refusal ? `console-rights.refused-${refusal}` : '';
}
