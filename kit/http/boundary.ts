import { Fault, type FaultCode } from '../errors.ts';
import { isUnavailable } from '../unavailable.ts';
import type { Log } from '../log.ts';
import type { Context, Middleware } from './context.ts';
import { type Resend, resendOf } from './resend.ts';
import { routeOf } from './route.ts';

export interface Failure {
  /** `unexpected` for a bug: the person learns only the request id. */
  code: FaultCode | 'unexpected';
  params: Record<string, string | number>;
  status: number;
  /** What was sent, when the very same may be sent again in a moment. */
  again?: Resend | undefined;
}

const AGAIN: Failure['code'][] = ['service_busy', 'service_unavailable', 'identity_provider_unavailable'];

/** The one place where failures become answers: a page for people, JSON for programs. */
export function boundary(
  log: Log,
  renderPage: (ctx: Context, failure: Failure) => Promise<void>,
): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) throw new Fault('not_found');
    } catch (error) {
      const failure = describe(error);
      if (failure.status >= 500) {
        log.error({ err: error, requestId: ctx.state.requestId, route: routeOf(ctx) }, 'request failed');
      }
      ctx.status = failure.status;
      const isPassing = failure.status === 429 || failure.status === 503;
      if (isPassing && !ctx.response.get('Retry-After'))
        ctx.set('Retry-After', String(failure.params['seconds'] ?? 5));
      if (ctx.accepts('html', 'json') === 'json') {
        ctx.body = { error: failure.code, request_id: ctx.state.requestId };
        return;
      }
      const again = AGAIN.includes(failure.code) ? await resendOf(ctx) : undefined;
      await renderPage(ctx, { ...failure, ...(again && { again }) });
      ctx.status = failure.status;
    }
  };
}

function describe(error: unknown): Failure {
  if (error instanceof Fault) return { code: error.code, params: error.params, status: error.status };
  if (isUnstorable(error)) return { code: 'bad_request', params: {}, status: 400 };
  if (isUnavailable(error)) return { code: 'service_unavailable', params: {}, status: 503 };
  return { code: 'unexpected', params: {}, status: 500 };
}

/** Text with NUL, which PostgreSQL takes nowhere: only a caller's own words can hold it. */
function isUnstorable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '22021' || error.code === '22P05');
}
