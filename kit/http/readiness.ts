import type { Context } from './context.ts';

/**
 * What `/readyz` answers: 200, or 503 when nothing new should be sent here. Whoever asks `/readyz?not_ready=404` is told
 * 404 instead, by which HAProxy knows a soft stop (`http-check disable-on-404`): at 503 it counts the server as dead and
 * cuts off what it is still answering.
 * @param notes what does not keep requests away, and whoever looks wants to know
 */
export function readiness(
  isReady: () => Promise<boolean>,
  notes: () => Record<string, string> = () => ({}),
): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const ready = await isReady();
    ctx.status = ready ? 200 : ctx.query['not_ready'] === '404' ? 404 : 503;
    ctx.body = { status: ready ? 'ready' : 'not ready', ...notes() };
  };
}
