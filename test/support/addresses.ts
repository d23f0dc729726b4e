/* Where the provider can be asked: what a test says of every answer, it says of all of these. */

export const PROTOCOL = ['token', 'par', 'introspection', 'revocation', 'userinfo'].map(
  (name) => `/oidc/${name}`,
);
export const DOCUMENTS = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/oidc/jwks',
];
export const PAGES = [
  '/',
  '/signed-out',
  '/nowhere',
  '/demo/codes',
  '/interaction/unknown',
  '/oidc/auth',
  '/oidc/auth/unknown',
  '/oidc/logout',
  '/oidc/logout/success',
  '/oidc/nowhere',
];
