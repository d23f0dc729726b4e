import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { type UploadedFile, readUploadForm } from '#kit/http/upload.ts';
import { translate } from '#templates/locales.ts';
import {
  type Account,
  type Handler,
  type SignedInContext,
  judgeActing,
  readActingForm,
  sessionOf,
} from '../sessions/index.ts';
import type { ShowPage } from './page.ts';

/**
 * A form handler for the account the form was rendered under. A stale tab's form is refused with what was
 * typed in it, and one may go on as the present account.
 * @param fields the form's own fields, with the locale key of each label
 * @param continueAt where the present account may go on
 * @param limitBytes how long the form may be; 64 KiB unless told
 */
export function actingForm(
  show: ShowPage,
  fields: Record<string, string>,
  handle: (ctx: SignedInContext, form: Form) => Promise<void>,
  continueAt: (account: Account, form: Form) => string,
  limitBytes?: number,
): Handler {
  return async (ctx) => {
    const read = await readActingForm(ctx, limitBytes);
    if (!read.stale) return handle(ctx, read.form);
    tellStale(show, fields, ctx, read, continueAt);
  };
}

/** What takes a form with its file; a file that is too large is told apart from none. */
export type TakeUpload = (
  ctx: SignedInContext,
  form: Form,
  file: UploadedFile | 'too_large' | undefined,
) => Promise<void>;

/** The same for a form that brings one file in its field `file`, of at most `limitBytes`. */
export function actingUpload(show: ShowPage, limitBytes: number, handle: TakeUpload): Handler {
  return async (ctx) => {
    const { file, form } = await readUploadForm(ctx, 'file', limitBytes);
    // of a file that is too large the form is lost with it: nothing is done for anybody
    if (file === 'too_large') return handle(ctx, form, file);
    const read = judgeActing(ctx, form);
    if (!read.stale) return handle(ctx, form, file);
    tellStale(show, {}, ctx, read, () => '/');
  };
}

function tellStale(
  show: ShowPage,
  fields: Record<string, string>,
  ctx: SignedInContext,
  read: { form: Form; renderedFor: string },
  continueAt: (account: Account, form: Form) => string,
): void {
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
}
