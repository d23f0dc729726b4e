import { PORTAL_CLIENT, type RegisteredClient } from '../subsystems/index.ts';

export { PORTAL_CLIENT };

/**
 * The portal signs people in through the same front door as everyone: it is a public client of the provider.
 * It uses the browser's session itself, so it never redeems its codes.
 */
export function portalClient(issuer: string): RegisteredClient {
  return {
    clientId: PORTAL_CLIENT,
    metadata: {
      client_id: PORTAL_CLIENT,
      client_name: 'Single entry',
      redirect_uris: [`${issuer}/signed-in`],
      post_logout_redirect_uris: [`${issuer}/signed-out`],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'openid',
      first_party: true,
    },
    secretDigest: undefined,
    active: true,
    revision: 0,
    subsystem: undefined,
  };
}
