import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { ViewName, Views } from '#templates/views.ts';
import { readDraftCookie } from './cookies.ts';
import type { EnrollmentDeps } from './deps.ts';
import { isEditable, mayVisit, nextStep } from './policy.ts';
import { findEnrollment } from './store/enrollments.ts';
import type { Enrollment, EnrollmentStep } from './types.ts';
import { stepUrl } from './view.ts';

/** The application this browser is filling in, if it may still be changed. */
export async function draftOf(deps: EnrollmentDeps, ctx: Context): Promise<Enrollment | undefined> {
  const id = readDraftCookie(deps, ctx);
  const found = id === undefined ? undefined : await findEnrollment(deps.db, deps.keyring, id);
  return found && isEditable(found.status) ? found : undefined;
}

/** The draft when this step's turn has come; otherwise a redirect to where one is, and undefined. */
export async function requireStep(
  deps: EnrollmentDeps,
  ctx: Context,
  step: EnrollmentStep,
): Promise<Enrollment | undefined> {
  const draft = await draftOf(deps, ctx);
  if (draft && mayVisit(step, draft.done)) return draft;
  seeOther(ctx, draft ? stepUrl(nextStep(draft.done)) : '/enrollment');
  return undefined;
}

/** Sends a page of this feature. */
export function show<V extends ViewName>(ctx: Context, deps: EnrollmentDeps, view: V, data: Views[V]): void {
  ctx.type = 'html';
  ctx.body = deps.renderer.page(view, deps.page(ctx), data);
}
