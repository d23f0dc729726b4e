/* What the library ships without types and `dpop-nonces.ts` and `authorization-details.ts` need; the version is pinned exactly. */
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
