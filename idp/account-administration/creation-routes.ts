import { type Form, readForm } from '#kit/http/form.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { FormField } from '#templates/views/console-question.ts';
import { normaliseNationalId } from '../accounts/index.ts';
import { callerOf } from '../audit/index.ts';
import { type ConsoleCaller, type ConsoleRouter, reachOf } from '../permissions/index.ts';
import { FIELDS, type Typed, formFields, readTyped } from './fields.ts';
import { ACCOUNTS } from './list.ts';
import { grantableRoles } from './policy.ts';
import { type NewAccountForm, createAccount } from './service/create.ts';
import type { AccountAdministrationDeps } from './types.ts';

const PATH = `${ACCOUNTS}/creation`;
const EMPTY = Object.fromEntries(FIELDS.map((name) => [name, ''])) as Typed;

/** P-44: a new account. Whoever chose another role than a plain user's is led on to give it, with a fresh sign-in. */
export function addCreationRoutes(router: ConsoleRouter, deps: AccountAdministrationDeps): void {
  router.get(PATH, 'accounts.create', (ctx, caller) => {
    const unitCode = isNational(caller) ? '' : caller.unitCode;
    const form = { loginName: '', nationalId: '', unitCode, typed: EMPTY };
    show(deps, ctx, caller, { form, role: 'user', errors: [] });
  });

  router.post(PATH, 'accounts.create', async (ctx, caller) => {
    const posted = await readForm(ctx);
    const form = readNew(posted, caller);
    const role = posted.get('role');
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const outcome = await createAccount(deps, { caller, from }, form);
    if ('errors' in outcome) {
      ctx.status = 422;
      return show(deps, ctx, caller, { form, role, errors: outcome.errors });
    }
    const further = rolesFor(caller).find((each) => each === role && each !== 'user');
    const here = `${ACCOUNTS}/${outcome.id}`;
    seeOther(ctx, further ? `${here}/role?role=${further}` : `${here}?done=created`);
  });
}

/** The unit is typed by the national administration alone: everybody else's is their own. */
function readNew(form: Form, caller: ConsoleCaller): NewAccountForm {
  const tidy = (name: string) =>
    form.get(name).normalize('NFKC').replaceAll(/\p{C}/gu, '').trim().slice(0, 300);
  return {
    loginName: tidy('login_name'),
    nationalId: normaliseNationalId(tidy('national_id')),
    unitCode: isNational(caller) ? tidy('unit').toUpperCase() : caller.unitCode,
    typed: readTyped(form),
  };
}

function isNational(caller: ConsoleCaller): boolean {
  return reachOf(caller, 'accounts.create')?.nation === true;
}

function rolesFor(caller: ConsoleCaller) {
  return reachOf(caller, 'accounts.change_role') ? grantableRoles(caller.role) : [];
}

function show(
  deps: AccountAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  { form, role, errors }: { form: NewAccountForm; role: string; errors: FieldError[] },
): void {
  const { locale } = ctx.state;
  const area = 'console-person.creation';
  const roles = rolesFor(caller);
  const account: FormField[] = [
    text('login_name', 'console-people.login', form.loginName, 'enrollment.login_name-hint', 30),
    text('national_id', 'console-people.national-id', form.nationalId, 'enrollment.national_id-hint', 10),
    ...(isNational(caller)
      ? [text('unit', 'console-people.unit-code', form.unitCode, 'console-person.new-unit-hint', 10)]
      : []),
    ...(roles.length > 1
      ? [
          {
            name: 'role',
            key: 'console-people.role',
            kind: 'select' as const,
            value: role,
            hintKey: 'console-person.role-hint',
            required: true,
            options: roles.map((each) => ({
              value: each,
              label: translate(locale, `console-people.role-${each}`),
              selected: each === role,
            })),
          },
        ]
      : []),
  ];
  const crumbs = [
    { label: translate(locale, 'console-people.title'), url: ACCOUNTS },
    { label: translate(locale, `${area}.title`) },
  ];
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-form', deps.console.page(ctx, caller, { crumbs }), {
    area,
    params: {},
    action: PATH,
    cancelUrl: ACCOUNTS,
    facts: [],
    meanwhile: [],
    hidden: [],
    groups: [
      { key: 'console-person.creation-account', fields: account },
      { key: 'console-person.creation-person', fields: formFields(form.typed) },
    ],
    isDangerous: false,
    errors,
  });
}

function text(name: string, key: string, value: string, hintKey: string, maxlength: number): FormField {
  return { name, key, kind: 'text', value, hintKey, required: true, maxlength };
}
