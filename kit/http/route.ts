import type { Context } from './context.ts';

/**
 * The pattern of the route that answered, such as `/interaction/:uid/password`: an address itself may hold a token or
 * somebody's number, and there is no end of them.
 */
export function routeOf(ctx: Pick<Context, 'path'>): string {
  const matched = (ctx as { _matchedRoute?: string | RegExp })._matchedRoute;
  if (typeof matched === 'string') return matched;
  if (matched) return 'pattern';
  return ctx.path.startsWith('/assets/') ? '/assets/*' : 'none';
}
