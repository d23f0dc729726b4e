import type Provider from 'oidc-provider';
import als from 'oidc-provider/lib/helpers/als.js';
import Router, { type Step } from 'oidc-provider/lib/helpers/router.js';

const isRouted = Symbol('is at a route of the protocol');
const made = Symbol('what the library knows of the request');

interface Context {
  [isRouted]?: true;
  [made]?: object;
}

/**
 * Gives all contexts of this Provider one getter of their `oidc`, made when it is first asked for. The library gives each
 * context a getter of its own, and with it a hidden class of its own, which keeps all that the getter sees (the request,
 * its answer, its unit of work) until the next full collection: every request grew old, and was collected dearly.
 */
export function shareContextGetter(provider: Provider): void {
  const { context, OIDCContext } = provider as unknown as {
    context: Context;
    OIDCContext: new (ctx: Context) => object;
  };
  Object.defineProperty(context, 'oidc', {
    get(this: Context) {
      return this[isRouted] && (this[made] ??= new OIDCContext(this));
    },
  });
}

/** Every route begins with the library's `ensureOIDC`; where the getter is shared it has nothing left to define. */
for (const method of ['get', 'post', 'put', 'delete', 'options'] as const) {
  const register = Router.prototype[method];
  Router.prototype[method] = function registerLight(name, path, ensureOIDC, ...rest) {
    const begin: Step = (ctx: Context, next) => {
      if (!('oidc' in ctx)) return ensureOIDC(ctx, next);
      ctx[isRouted] = true;
      return als.run(ctx, next);
    };
    return register.call(this, name, path, begin, ...rest);
  };
}
