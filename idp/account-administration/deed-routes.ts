import { readForm } from '#kit/http/form.ts';
import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import { crumbsTo } from './detail-routes.ts';
import { ACCOUNTS } from './list.ts';
import type { DeedRefusal } from './policy.ts';
import { readReason } from './reason.ts';
import { DEED_OF, type Outlook, doDeed, foresee } from './service/deeds.ts';
import type { AccountAdministrationDeps, DeedName } from './types.ts';

const DEEDS = Object.keys(DEED_OF) as DeedName[];
const DANGEROUS: DeedName[] = ['disabling', 'factor-reset', 'sign-out'];

/** Each deed asks with what will happen and why, and is done at the same address. */
export function addDeedRoutes(router: ConsoleRouter, deps: AccountAdministrationDeps): void {
  for (const name of DEEDS) {
    router.get(`${ACCOUNTS}/:id/${name}`, DEED_OF[name], async (ctx, caller) => {
      const outlook = await foresee(deps, caller, name, ctx.params['id'] ?? '');
      ask(deps, ctx, caller, { name, outlook, reason: '', errors: [] });
    });

    router.post(`${ACCOUNTS}/:id/${name}`, DEED_OF[name], async (ctx, caller) => {
      const { id = '' } = ctx.params;
      const { reason, errors } = readReason(await readForm(ctx));
      const from = callerOf(ctx, deps.config.trustedProxyHops);
      const refusal =
        errors.length > 0 ? undefined : await doDeed(deps, { caller, from }, name, { id, reason });
      if (errors.length === 0 && !refusal) return seeOther(ctx, `${ACCOUNTS}/${id}?done=${name}`);
      const outlook = await foresee(deps, caller, name, id);
      ctx.status = refusal ? 409 : 422;
      ask(deps, ctx, caller, { name, outlook: { ...outlook, ...(refusal && { refusal }) }, reason, errors });
    });
  }
}

interface Asked {
  name: DeedName;
  outlook: Outlook;
  reason: string;
  errors: FieldError[];
}

function ask(
  deps: AccountAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  { name, outlook: { subject, refusal, facts }, reason, errors }: Asked,
): void {
  const { locale } = ctx.state;
  const area = `console-person.${name}`;
  const here = `${ACCOUNTS}/${subject.id}`;
  const effect = refusal
    ? refusalText(locale, refusal)
    : translate(locale, `${area}.effect`, { sessions: facts.sessions, email: subject.email });
  const view: Views['idp/console-confirm'] = {
    area,
    params: { name: subject.name },
    action: `${here}/${name}`,
    cancelUrl: here,
    fields: [],
    lines: [{ label: `${subject.name} (${subject.loginName})`, effect, refused: refusal !== undefined }],
    reason: refusal ? undefined : { value: reason, required: true },
    isDangerous: DANGEROUS.includes(name),
    isPossible: refusal === undefined,
    errors,
  };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/console-confirm',
    deps.console.page(ctx, caller, { crumbs: crumbsTo(ctx, subject, `${area}.title`) }),
    view,
  );
}

/** Why a deed cannot be done, in words. */
export function refusalText(locale: Context['state']['locale'], refusal: DeedRefusal): string {
  return translate(locale, `console-person.refused-${refusal}`);
}
