import manifest from '../manifest.json' with { type: 'json' };

/** Everything our manifest may ask for: the person's claims, and scopes of the directory API in their name. */
export const SCOPE: string = manifest.client.scope;

/** The directory API as a resource (RFC 8707). */
export const resourceOf = (issuer: string): string => `${issuer}/api/v1`;
