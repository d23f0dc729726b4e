import { type Form, readForm } from '#kit/http/form.ts';
import { type SignedInContext, sessionOf } from './context.ts';
import { isRenderedFor } from './policy.ts';

export type ActingForm = { stale: false; form: Form } | { stale: true; form: Form; renderedFor: string };

/**
 * Reads a form, which carries the account (`acting`) and may carry the `generation` it was rendered under. A
 * tab that was left under another is stale: nothing of it may be done.
 */
export async function readActingForm(ctx: SignedInContext, limitBytes?: number): Promise<ActingForm> {
  return judgeActing(ctx, await readForm(ctx, limitBytes));
}

/** The same of a form that has been read. */
export function judgeActing(ctx: SignedInContext, form: Form): ActingForm {
  const acting = form.get('acting');
  return isRenderedFor(sessionOf(ctx), acting, form.get('generation'))
    ? { stale: false, form }
    : { stale: true, form, renderedFor: acting };
}
