import { type Form, readForm } from '#kit/http/form.ts';
import { type SignedInContext, sessionOf } from './context.ts';
import { isRenderedFor } from './policy.ts';

export type ActingForm =
  | { stale: false; form: Form }
  | { stale: true; form: Form; renderedFor: string; typed: { name: string; value: string }[] };

/**
 * Reads a form, which carries the account (`acting`) and may carry the `generation` it was rendered under. A
 * tab that was left under another is stale: nothing of it may be done.
 * @param fields names of what a person types there, handed back from a stale tab
 */
export async function readActingForm(ctx: SignedInContext, fields: string[]): Promise<ActingForm> {
  const form = await readForm(ctx);
  const acting = form.get('acting');
  if (isRenderedFor(sessionOf(ctx), acting, form.get('generation'))) return { stale: false, form };
  const typed = fields.flatMap((name) => form.all(name).map((value) => ({ name, value })));
  return { stale: true, form, renderedFor: acting, typed };
}
