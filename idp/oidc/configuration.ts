import type { Configuration, JWKS } from 'oidc-provider';
import { CookieSignatures } from '#kit/http/cookie-signatures.ts';
import { cookieName } from '#kit/http/cookies.ts';
import { ACR_VALUES } from '../authenticators/index.ts';
import { richRequests } from './authorization-details.ts';
import { ALGORITHMS, CLIENT_ALGORITHMS } from './algorithms.ts';
import { assertAssertion } from './assertions.ts';
import { CLOCK_TOLERANCE_SECONDS } from './clocks.ts';
import { loadGrant } from './choice.ts';
import { assertNothingToAsk, withinImpersonation } from './impersonation.ts';
import { createClientKeysFetch } from './client-keys.ts';
import { assertClaimsParameter } from './claims-parameter.ts';
import { CLAIMS, SCOPES, createFindAccount, extraTokenClaims } from './claims.ts';
import { FAPI, refuseProofAhead } from './fapi.ts';
import { needsPkce, registrationFeatures } from './registration/features.ts';
import { renderProtocolError, renderSignOut, renderSignedOut } from './pages.ts';
import { buildPrompts } from './prompts.ts';
import { findResourceServer } from './resources.ts';
import { nonceSecret } from './dpop-nonces.ts';
import { certificateMethods, mutualTls } from './mutual-tls.ts';
import { signedMessages } from './signed-messages.ts';
import { createAdapterFactory } from './storage/adapter.ts';
import { createPairwiseIdentifier } from './subjects.ts';
import type { OidcDeps } from './types.ts';
import { backchannelAuthentication } from './waiting/ciba.ts';
import { waitingSeconds } from './waiting/ciba-policy.ts';
import { deviceFlow } from './waiting/device.ts';
import { isUnattended, refreshSeconds } from './waiting/unattended.ts';

const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 3600;

const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

const ROUTES = {
  authorization: '/oidc/auth',
  token: '/oidc/token',
  userinfo: '/oidc/userinfo',
  jwks: '/oidc/jwks',
  introspection: '/oidc/introspection',
  revocation: '/oidc/revocation',
  pushed_authorization_request: '/oidc/par',
  end_session: '/oidc/logout',
  device_authorization: '/oidc/device_authorization',
  code_verification: '/oidc/device',
  backchannel_authentication: '/oidc/backchannel',
  registration: '/oidc/register',
};

/** Everything the library is told, for one set of keys. */
export function buildConfiguration(deps: OidcDeps, jwks: JWKS): Configuration {
  const { config } = deps;
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure: config.secure } as const;
  const { lifetimes } = config;
  return {
    adapter: createAdapterFactory({ ...deps, lifetimes, requirePushed: config.requirePushedRequests }),
    jwks,
    fetch: createClientKeysFetch(deps),
    findAccount: createFindAccount(deps),
    loadExistingGrant: (ctx) => loadGrant(deps, ctx),
    extraTokenClaims: (ctx, token) => extraTokenClaims(deps, ctx, token),
    interactions: {
      policy: buildPrompts(),
      url(_ctx, interaction) {
        assertNothingToAsk();
        return `/interaction/${interaction.uid}`;
      },
    },
    claims: CLAIMS,
    scopes: SCOPES,
    acrValues: ACR_VALUES,
    extraParams: ['account'],
    responseTypes: ['code'],
    allowOmittingSingleRegisteredRedirectUri: false,
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: createPairwiseIdentifier(deps),
    // a manifest or a registration is refused when its sector does not agree
    sectorIdentifierUriValidate: () => false,
    routes: ROUTES,
    conformIdTokenClaims: true,
    pkce: { required: (_ctx, client) => needsPkce(deps, client.clientId) },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    clientAuthMethods: [...METHODS, ...certificateMethods(deps)],
    clientDefaults: {
      response_types: ['code'],
      grant_types: ['authorization_code'],
      ...CLIENT_ALGORITHMS,
      response_modes: ['query', 'form_post'],
    } as never,
    extraClientMetadata: { properties: ['first_party', 'client_name#en', 'profile'] },
    enabledJWA: ALGORITHMS,
    cookies: {
      names: {
        session: cookieName('idp', 'session', config.secure),
        interaction: cookieName('idp', 'interaction', config.secure, '/interaction'),
        resume: cookieName('idp', 'resume', config.secure, '/oidc/auth'),
      },
      long: cookie,
      short: cookie,
      keys: new CookieSignatures(cookieKeys(deps)) as never, // in Keygrip's place, which the types alone ask for
    },
    ttl: {
      AccessToken: (_ctx, token) =>
        withinImpersonation(deps, token.resourceServer?.accessTokenTTL ?? lifetimes.accessTokenSeconds),
      ClientCredentials: (_ctx, token) =>
        token.resourceServer?.accessTokenTTL ?? lifetimes.accessTokenSeconds,
      AuthorizationCode: CODE_SECONDS,
      IdToken: () => withinImpersonation(deps, lifetimes.idTokenSeconds),
      RefreshToken: (_ctx, token) => withinImpersonation(deps, refreshSeconds(lifetimes, token)),
      Grant: (ctx) =>
        isUnattended(ctx) ? lifetimes.unattendedGrantSeconds : lifetimes.sessionAbsoluteSeconds,
      DeviceCode: lifetimes.waitingRequestSeconds,
      BackchannelAuthenticationRequest: (ctx) =>
        waitingSeconds(ctx.oidc?.params?.['requested_expiry'], lifetimes.waitingRequestSeconds),
      Session: () => lifetimes.sessionIdleSeconds,
      Interaction: INTERACTION_SECONDS,
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // only a public client's unbound token can be stolen and used: rotate that one, keep the others' simple
    rotateRefreshToken: (ctx) =>
      ctx.oidc.client?.clientAuthMethod === 'none' &&
      ctx.oidc.entities.RefreshToken?.isSenderConstrained() === false,
    expiresWithSession: (ctx) => !isUnattended(ctx),
    assertJwtClientAuthClaimsAndHeader: (ctx, claims, header, client) =>
      assertAssertion(deps, ctx, { claims, header, client }),
    clientBasedCORS: (ctx, origin, client) =>
      origin !== 'null' &&
      (ctx.oidc.route === 'userinfo' || client.clientAuthMethod === 'none') &&
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    renderError: (ctx, out, error) => renderProtocolError(deps, ctx, out, error),
    features: features(deps),
  };
}

function features(deps: OidcDeps): NonNullable<Configuration['features']> {
  const { config, registry } = deps;
  return {
    devInteractions: { enabled: false },
    ...signedMessages(deps),
    fapi: FAPI,
    mTLS: mutualTls(deps),
    richAuthorizationRequests: richRequests(deps),
    externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    claimsParameter: {
      enabled: true,
      assertClaimsParameter: (_ctx, claims, client) => assertClaimsParameter(claims, client.scope),
    },
    clientCredentials: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) =>
        client.clientAuthMethod !== 'none' &&
        deps.registry.find(token.clientId ?? '')?.active === true &&
        (token.clientId === client.clientId || isOwnResource(deps, client.clientId, token)),
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    userinfo: { enabled: true },
    backchannelLogout: { enabled: true },
    deviceFlow: deviceFlow(deps),
    ciba: backchannelAuthentication(deps),
    ...registrationFeatures(deps),
    pushedAuthorizationRequests: { enabled: true },
    dPoP: {
      enabled: true,
      nonceSecret: nonceSecret(deps.keyring),
      requireNonce: (ctx) => refuseProofAhead(deps, ctx),
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => renderSignOut(deps, ctx),
      postLogoutSuccessSource: (ctx) => renderSignedOut(deps, ctx),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      getResourceServerInfo: (ctx, indicator, { clientId }) => {
        const request = { clientId, indicator, grantType: ctx.oidc.params?.['grant_type'] };
        return findResourceServer(registry, request, config.issuer, config.lifetimes);
      },
    },
  };
}

/** Newest first: the first signs, all verify. */
export function cookieKeys(deps: Pick<OidcDeps, 'keyring'>): string[] {
  return deps.keyring.derive('cookie').map((key) => key.toString('base64'));
}

function isOwnResource(deps: OidcDeps, clientId: string, token: object): boolean {
  const audience = 'aud' in token ? token.aud : undefined;
  const resources = deps.registry.find(clientId)?.subsystem?.manifest.resources ?? [];
  return resources.some((resource) => resource.identifier === audience && resource.format === 'opaque');
}
