import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError } from '#templates/views.ts';
import type { Change } from '#templates/views/console.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { crumbsTo } from './detail-routes.ts';
import { FIELDS, type Typed, formFields, readTyped, typedOf } from './fields.ts';
import { ACCOUNTS } from './list.ts';
import { administrationRefusal } from './policy.ts';
import { changeAccount } from './service/change.ts';
import { getReach, getSubject } from './service/reach.ts';
import type { AccountAdministrationDeps, Subject } from './types.ts';

/** P-44: what an account's administrators change of it in one form. */
export function addChangeRoutes(router: ConsoleRouter, deps: AccountAdministrationDeps): void {
  const path = `${ACCOUNTS}/:id/change`;

  router.get(path, 'accounts.change', async (ctx, caller) => {
    const subject = await subjectFor(deps, caller, ctx.params['id'] ?? '');
    const inForce = typedOf(subject);
    show(deps, ctx, caller, subject, { typed: inForce, was: inForce, meanwhile: [], errors: [] });
  });

  router.post(path, 'accounts.change', async (ctx, caller) => {
    const { id = '' } = ctx.params;
    const form = await readForm(ctx);
    const typed = readTyped(form);
    const was = readWas(form.get('was'));
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const outcome = await changeAccount(deps, { caller, from }, id, { typed, was });
    if (outcome.done) return seeOther(ctx, `${ACCOUNTS}/${id}?done=changed`);
    if ('refusal' in outcome) throw new Fault('forbidden');
    const subject = await subjectFor(deps, caller, id);
    if ('errors' in outcome) {
      ctx.status = 422;
      return show(deps, ctx, caller, subject, { typed, was, meanwhile: [], errors: outcome.errors });
    }
    ctx.status = 409;
    const { merged, inForce, meanwhile } = outcome;
    show(deps, ctx, caller, subject, { typed: merged, was: inForce, meanwhile, errors: [] });
  });
}

/** @throws Fault forbidden for an account the caller only looks at */
async function subjectFor(
  deps: AccountAdministrationDeps,
  caller: ConsoleCaller,
  id: string,
): Promise<Subject> {
  const reach = getReach(caller, 'accounts.change');
  const subject = await getSubject(deps.db, reach, id);
  if (administrationRefusal(caller, reach, subject)) throw new Fault('forbidden');
  return subject;
}

/** What the form was opened with. @throws Fault bad_request */
function readWas(text: string): Typed {
  try {
    const was = JSON.parse(text) as Record<string, unknown>;
    return Object.fromEntries(
      FIELDS.map((name) => {
        const value = was[name];
        if (typeof value !== 'string') throw new Fault('bad_request');
        return [name, value];
      }),
    ) as Typed;
  } catch (error) {
    throw new Fault('bad_request', {}, error);
  }
}

function show(
  deps: AccountAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  subject: Subject,
  form: { typed: Typed; was: Typed; meanwhile: Change[]; errors: FieldError[] },
): void {
  const area = 'console-person.change';
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-form',
    deps.console.page(ctx, caller, { crumbs: crumbsTo(ctx, subject, `${area}.title`) }),
    {
      area,
      params: { name: subject.name },
      action: `${ACCOUNTS}/${subject.id}/change`,
      cancelUrl: `${ACCOUNTS}/${subject.id}`,
      facts: [{ key: 'console-people.login', text: subject.loginName }],
      meanwhile: form.meanwhile,
      hidden: [{ name: 'was', value: JSON.stringify(form.was) }],
      groups: [{ key: 'console-person.facts', fields: formFields(form.typed) }],
      isDangerous: false,
      errors: form.errors,
    },
  );
}
