import type { Middleware } from './context.ts';
import { LOCALES, LOCALE_COOKIE } from './locale.ts';

const YEAR_SECONDS = 365 * 24 * 3600;

/** Keeps the language a person just chose (`lang` in the address) for the pages to come. */
export function rememberLocale(secure: boolean): Middleware {
  return async (ctx, next) => {
    const chosen = new URLSearchParams(ctx.querystring).get('lang');
    const locale = LOCALES.find((known) => known === chosen);
    if (locale) {
      const attributes = `Path=/; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
      ctx.append('Set-Cookie', `${LOCALE_COOKIE}=${locale}; ${attributes}`);
    }
    await next();
  };
}
