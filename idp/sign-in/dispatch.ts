import type { Context } from '#kit/http/context.ts';
import { callerOf } from '../audit/index.ts';
import type { SignInDeps } from './deps.ts';
import { showStep } from './pages.ts';
import { afterRefusal } from './progress.ts';
import { type Journey, readJourney, refuse, signedInBy } from './service/journey.ts';
import type { InteractionFacts, SignInProgress } from './types.ts';
import { addressOf } from './view.ts';

/** Goes on from where the journey stands: shows a page, finishes, or refuses. The only place that does. */
export async function dispatch(ctx: Context, deps: SignInDeps, journey: Journey): Promise<void> {
  const { facts, next } = journey;
  const caller = callerOf(ctx, deps.trustedProxyHops);
  if (next.step === 'done') {
    return deps.port.finish(ctx, facts, next.result, signedInBy(deps, facts, next.result, caller));
  }
  if (next.step === 'refused') {
    await deps.port.save(ctx, facts, afterRefusal(facts.progress));
    throw await refuse(deps, journey, next.reason, caller);
  }
  return showStep(ctx, deps, journey, next);
}

/** After a form: keeps what it proved, then finishes the journey or leads back to its address. */
export async function advance(
  ctx: Context,
  deps: SignInDeps,
  facts: InteractionFacts,
  progress: SignInProgress,
): Promise<void> {
  if (!progress.retry) {
    const reached = await readJourney(deps, { ...facts, progress });
    if (reached.next.step === 'done' || reached.next.step === 'refused') {
      return dispatch(ctx, deps, reached);
    }
  }
  await deps.port.save(ctx, facts, progress);
  return backToStep(ctx, facts);
}

/** Sends the browser to the page of the current step, with the search it was at. */
export function backToStep(ctx: Context, facts: InteractionFacts): void {
  ctx.status = 303;
  ctx.redirect(`${addressOf(facts)}${ctx.search}`);
}
