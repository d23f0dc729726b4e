import type { Context } from '#kit/http/context.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { Fact } from '#templates/views/console.ts';
import type { FormField } from '#templates/views/console-question.ts';
import type { ConsoleCaller } from '../permissions/index.ts';
import { crumbsTo } from './detail-routes.ts';
import { unitName } from './detail-view.ts';
import { ACCOUNTS } from './list.ts';
import type { AccountAdministrationDeps, Subject } from './types.ts';

interface Asked {
  /** `console-person.<name>`, and the last part of the address. */
  name: 'role' | 'unit' | 'resignation' | 'id-confirmation';
  fields: FormField[];
  reason: string;
  errors: FieldError[];
  isDangerous: boolean;
}

/** A page that asks something about one account, and why. */
export function showForm(
  deps: AccountAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  subject: Subject,
  { name, fields, reason, errors, isDangerous }: Asked,
): void {
  const area = `console-person.${name}`;
  const here = `${ACCOUNTS}/${subject.id}`;
  const why: FormField = {
    name: 'reason',
    key: 'console.reason',
    kind: 'textarea',
    value: reason,
    hintKey: 'console.reason-hint',
    required: true,
  };
  const view: Views['idp/console-form'] = {
    area,
    params: { name: subject.name },
    action: `${here}/${name}`,
    cancelUrl: here,
    facts: factsOf(subject, ctx),
    meanwhile: [],
    hidden: [],
    groups: [{ key: 'console-person.asked', fields: [...fields, why] }],
    isDangerous,
    errors,
  };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-form',
    deps.console.page(ctx, caller, { crumbs: crumbsTo(ctx, subject, `${area}.title`) }),
    view,
  );
}

function factsOf(subject: Subject, ctx: Context): Fact[] {
  return [
    { key: 'console-people.login', text: subject.loginName },
    { key: 'console-people.unit', text: `${subject.unitCode} ${unitName(subject, ctx.state.locale)}` },
    { key: 'console-people.role', textKey: `console-people.role-${subject.role}` },
  ];
}
