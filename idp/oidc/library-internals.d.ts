/* What the library ships without types and we need; the version is pinned exactly. */
declare module 'oidc-provider/lib/helpers/challenge.js' {
  export default class ServerChallenge {
    constructor(secret: Buffer, info: string);
    nextChallenge(): string;
    checkChallenge(challenge: string): boolean;
  }
}

declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type Provider from 'oidc-provider';
  import type ServerChallenge from 'oidc-provider/lib/helpers/challenge.js';

  export default function instance(provider: Provider): {
    DPoPNonces: ServerChallenge;
    features: { richAuthorizationRequests: { types: object } };
  };
}

declare module 'oidc-provider/lib/helpers/als.js' {
  import type { AsyncLocalStorage } from 'node:async_hooks';

  const als: AsyncLocalStorage<object>;
  export default als;
}

declare module 'oidc-provider/lib/helpers/router.js' {
  export type Step = (ctx: object, next: () => Promise<void>) => Promise<void>;
  type Register = (this: Router, name: string, path: string, first: Step, ...rest: Step[]) => Router;

  export default class Router {
    get: Register;
    post: Register;
    put: Register;
    delete: Register;
    options: Register;
  }
}
