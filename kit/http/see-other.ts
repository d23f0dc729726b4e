import type { Context } from './context.ts';

/**
 * Sends the browser to `url` with GET (303), also after a POST. The answer has no body: an address may carry
 * what must not stand in a page.
 */
export function seeOther(ctx: Context, url: string): void {
  ctx.status = 303;
  ctx.set('Location', url);
  ctx.body = '';
}
