import { STATEMENT_MEDIA_TYPE } from '../federation/index.ts';
import type { OidcContext, OidcDeps } from './types.ts';

const ENTITY = '/.well-known/openid-federation';
const DISCOVERY = '/.well-known/openid-configuration';

/**
 * Our entity configuration (OpenID Federation 1.0 §9): what discovery says, signed with a federation key. Where no
 * federation is set up there is none.
 */
export function publishEntity({ federation }: Pick<OidcDeps, 'federation'>) {
  return async (ctx: OidcContext, next: () => Promise<void>): Promise<void> => {
    const isAsked = ctx.path === ENTITY && (ctx.method === 'GET' || ctx.method === 'HEAD');
    if (!isAsked || !federation?.settings()) return next();
    ctx.path = DISCOVERY;
    await next();
    ctx.path = ENTITY;
    if (ctx.status !== 200) return;
    ctx.body = await federation.entityConfiguration(ctx.body as Record<string, unknown>);
    ctx.type = STATEMENT_MEDIA_TYPE;
  };
}
