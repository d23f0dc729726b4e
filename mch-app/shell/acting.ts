import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { translate } from '#templates/locales.ts';
import {
  type Account,
  type Handler,
  type SignedInContext,
  readActingForm,
  sessionOf,
} from '../sessions/index.ts';
import type { ShowPage } from './page.ts';

/**
 * A form handler for the account the form was rendered under. A stale tab's form is refused with what was
 * typed in it, and one may go on as the present account.
 * @param fields the form's own fields, with the locale key of each label
 * @param continueAt where the present account may go on
 */
export function actingForm(
  show: ShowPage,
  fields: Record<string, string>,
  handle: (ctx: SignedInContext, form: Form) => Promise<void>,
  continueAt: (account: Account, form: Form) => string,
): Handler {
  return async (ctx) => {
    const read = await readActingForm(ctx);
    if (!read.stale) return handle(ctx, read.form);
    if (ctx.accepts('html', 'json') === 'json') throw new Fault('acting_account_changed');

    const { account, knownAccounts } = sessionOf(ctx);
    const was = knownAccounts.find((known) => known.id === read.renderedFor);
    show(ctx, 'mch-app/account-changed', {
      was: { binding: was?.binding ?? '', unitName: was?.unitName ?? '' },
      now: { binding: account.binding, unitName: account.unit.name },
      continueUrl: continueAt(account, read.form),
      typed: Object.entries(fields).flatMap(([name, key]) =>
        read.form.all(name).map((value) => ({ label: translate(ctx.state.locale, key), value })),
      ),
    });
    ctx.status = 409;
  };
}
