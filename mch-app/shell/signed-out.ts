import { seeOther } from '#kit/http/see-other.ts';
import { KEPT_PLACE } from '../kept-forms/index.ts';
import type { Handler, Session, SignedInContext } from '../sessions/index.ts';
import type { ShowPage } from './page.ts';

const REASONS = ['here', 'everywhere', 'idle', 'ended'] as const;
/** Browser and server never agree on the very second. */
const GRACE_SECONDS = 2;

export interface SignedOutDeps {
  show: ShowPage;
  portalUrl: string;
  peek(ctx: SignedInContext): Promise<Session | undefined>;
  secondsLeft(session: Session): number;
  endIdle(ctx: SignedInContext, session: Session): Promise<void>;
  /** The place as a path of ours, or undefined. */
  localPlace(target: string): string | undefined;
}

/**
 * GET /signed-out: what became of the session, and the way back to where one was. Whoever comes here while
 * still signed in (a leftover tab, or by choice) is asked to sign out properly instead.
 */
export function signedOut(deps: SignedOutDeps): Handler {
  return async (ctx) => {
    const query = new URLSearchParams(ctx.querystring);
    // the single entry hands back the state that the sign-out gave it
    const said = query.get('reason') ?? query.get('state');
    const reason = REASONS.find((known) => known === said) ?? 'ended';
    const session = await deps.peek(ctx);
    if (session && reason === 'idle' && deps.secondsLeft(session) <= GRACE_SECONDS) {
      await deps.endIdle(ctx, session);
    } else if (session) {
      seeOther(ctx, '/sign-out');
      return;
    }
    const place = deps.localPlace(query.get('return_to') ?? '/') ?? '/';
    deps.show(ctx, 'mch-app/signed-out', {
      reason,
      isFormKept: place === KEPT_PLACE,
      signInUrl: `/sign-in?${new URLSearchParams({ return_to: place }).toString()}`,
      portalUrl: deps.portalUrl,
    });
  };
}
