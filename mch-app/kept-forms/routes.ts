import { after } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { Form } from '#kit/http/form.ts';
import { resendOf } from '#kit/http/resend.ts';
import { seeOther } from '#kit/http/see-other.ts';
import {
  FORGOTTEN_AFTER_MS,
  type Handler,
  type SignedInContext,
  findPast,
  sessionOf,
  storeNotice,
} from '../sessions/index.ts';
import { formAt, keptOf } from './policy.ts';
import { type KeepDeps, keep, take } from './service.ts';
import { putBack } from './store.ts';
import type { FormRoute } from './types.ts';

/** Where a form that was kept is shown again. */
export const KEPT_PLACE = '/kept-form';

export interface KeptFormDeps extends KeepDeps {
  /** Every address of the application. */
  routes: () => readonly FormRoute[];
}

/**
 * Keeps the form of a request whose session is over, for whom the session was of: what the browser says of that is
 * not asked.
 * @returns where it is shown again; undefined when it is not kept
 */
export function keepForm(deps: KeptFormDeps) {
  return async (ctx: SignedInContext, sessionDigest: Buffer): Promise<string | undefined> => {
    // a script that asks beside the person is no form that somebody sent
    if (ctx.method !== 'POST' || ctx.accepts('html', 'json') === 'json') return undefined;
    if (!formAt(deps.routes(), ctx.path)) return undefined;
    const whose = await findPast(deps.db, sessionDigest, after(deps.clock(), -FORGOTTEN_AFTER_MS));
    const sent = whose && (await resendOf(ctx));
    const form = sent && keptOf(ctx, sent.fields, whose.accountId);
    if (!form) return undefined;
    await keep(deps, whose, form);
    return KEPT_PLACE;
  };
}

/** GET, behind the guard: the form as it was typed, once, with what became of it. Nothing is sent by itself. */
export function showKeptForm(deps: KeptFormDeps): Handler {
  return async (ctx) => {
    const session = sessionOf(ctx);
    if (session.act) throw new Fault('impersonated'); // shown once, and that is the person's
    const whose = { iss: session.iss, sub: session.sub, accountId: session.account.id };
    const kept = await take(deps, whose);
    const found = kept && formAt(deps.routes(), kept.form.path);
    if (!found) {
      await storeNotice(deps.db, session.digest, { kind: 'warning', key: 'mch.form-not-kept' });
      return seeOther(ctx, '/');
    }
    ctx.url = kept.form.path + (kept.form.search ?? ''); // the page is that of the form
    ctx.params = found.params;
    ctx.state.session = { ...session, notice: { kind: 'info', key: 'mch.form-kept' } };
    try {
      await found.reshow(ctx, new Form(new URLSearchParams(kept.form.fields)));
    } catch (error) {
      const isOver = error instanceof Fault && error.status < 500;
      if (!isOver) await putBack(deps.db, whose, kept.row);
      throw error;
    }
  };
}
