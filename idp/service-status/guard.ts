import type { Clock } from '#kit/clock.ts';
import { SECOND } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Context, Middleware } from '#kit/http/context.ts';
import type { Renderer } from '#templates/engine.ts';
import { formatMinute } from '#templates/dates.ts';
import { textIn } from '#templates/locales.ts';
import type { StatusBoard } from './board.ts';
import { isAllowed } from './policy.ts';
import type { Occurrence } from './types.ts';

export interface GuardDeps {
  board: StatusBoard;
  clock: Clock;
  renderer: Renderer;
  /** Whether the browser holds a session's cookie: it is then offered to sign out. */
  mayBeSignedIn: (ctx: Context) => boolean;
}

/**
 * C-10: while the portal is closed every page answers 503 with `Retry-After`; while it is only to be looked at,
 * every deed does. The protocol's endpoints and signing out go on.
 */
export function maintenanceGuard(deps: GuardDeps): Middleware {
  return async (ctx, next) => {
    const restriction = deps.board.restriction();
    const mode = restriction?.window.mode ?? 'advice';
    if (!restriction || mode === 'advice' || isAllowed(mode, ctx)) return next();
    setRetryAfter(ctx, restriction, deps.clock());
    if (mode === 'read_only') {
      throw new Fault('read_only', { until: formatMinute(ctx.state.locale, restriction.endsAt) });
    }
    answerClosed(deps, ctx, restriction);
  };
}

/** The seconds until the window ends, at least a second and at most an hour: it may be cut short. */
export function setRetryAfter(ctx: Context, { endsAt }: Occurrence, now: Date): void {
  const seconds = Math.ceil((endsAt.getTime() - now.getTime()) / SECOND);
  ctx.set('Retry-After', String(Math.min(3600, Math.max(1, seconds))));
}

function answerClosed(deps: GuardDeps, ctx: Context, { window, endsAt }: Occurrence): void {
  const { locale, requestId } = ctx.state;
  ctx.status = 503;
  if (ctx.accepts('html', 'json') === 'json') {
    ctx.body = { error: 'maintenance', request_id: requestId };
    return;
  }
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    'idp/closed',
    { locale, path: ctx.method === 'GET' ? ctx.url : '/', app: 'idp', closed: true },
    {
      endsAt,
      reason: textIn(locale, window.reason, window.reasonEn),
      signOutUrl: deps.mayBeSignedIn(ctx) ? '/sign-out' : '',
    },
  );
}
