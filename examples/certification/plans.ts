import { type JWK, exportJWK, generateKeyPair } from 'jose';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { randomToken } from '#kit/random.ts';
import { makeCertificate } from './certificate.ts';
import type { Settings } from './settings.ts';

export const CAPTCHA = '24680';
const PERSON = 'demo.nurse';

interface StaticClient {
  metadata: Record<string, unknown>;
  /** What the suite is told beyond it. */
  suite: Record<string, unknown>;
}

/**
 * The clients that are not registered by the suite itself, and the suite's own configuration for each plan, made from
 * one description so that the two never disagree.
 */
export async function planCertification({ issuer, suite, alias }: Settings) {
  const at = (path: string): string => new URL(`/test/a/${alias}${path}`, suite).href;
  const common = {
    redirect_uris: [at('/callback'), `${at('/callback')}?dummy1=lorem&dummy2=ipsum`],
    post_logout_redirect_uris: [at('/post_logout_redirect')],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  const withSecret = (id: string, method: string, more: object = {}): StaticClient => {
    const secret = randomToken(32);
    return {
      metadata: {
        ...common,
        ...{ client_id: id, client_secret: secret, client_name: id, token_endpoint_auth_method: method },
        ...more,
      },
      suite: { client_id: id, client_secret: secret },
    };
  };
  const withKey = async (id: string, profile: string): Promise<StaticClient> => {
    const [own, shown] = await keyPair();
    return {
      metadata: {
        ...common,
        ...{ client_id: id, client_name: id, jwks: { keys: [shown] }, profile },
        ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'PS256' },
        ...{ id_token_signed_response_alg: 'PS256', dpop_bound_access_tokens: true },
        ...{ require_pushed_authorization_requests: true, redirect_uris: common.redirect_uris },
        ...(profile === 'fapi2-message-signing' && {
          ...{ require_signed_request_object: true, request_object_signing_alg: 'PS256' },
          ...{ authorization_signed_response_alg: 'PS256', response_modes: ['jwt', 'query.jwt'] },
        }),
      },
      suite: { client_id: id, jwks: { keys: [own] }, scope: 'openid profile' },
    };
  };
  const rs256 = { id_token_signed_response_alg: 'RS256' };
  const basic = withSecret('certification-basic', 'client_secret_basic', rs256);
  const second = withSecret('certification-second', 'client_secret_basic', rs256);
  const post = withSecret('certification-post', 'client_secret_post', rs256);
  const logout = withSecret('certification-logout', 'client_secret_basic', {
    ...rs256,
    ...{ backchannel_logout_uri: at('/backchannel_logout'), backchannel_logout_session_required: true },
  });
  const begun = withSecret('certification-third-party', 'client_secret_basic', {
    ...rs256,
    initiate_login_uri: at('/initiate_login'),
  });
  const [security, security2] = [
    await withKey('certification-fapi', 'fapi2-security'),
    await withKey('certification-fapi-second', 'fapi2-security'),
  ];
  const [signing, signing2] = [
    await withKey('certification-signing', 'fapi2-message-signing'),
    await withKey('certification-signing-second', 'fapi2-message-signing'),
  ];
  const cibaClient = async (id: string, mode: 'poll' | 'ping'): Promise<StaticClient> => {
    const { metadata, suite: own } = await withKey(id, 'fapi2-security');
    const { certificate, key } = await makeCertificate(id);
    return {
      metadata: {
        ...metadata,
        grant_types: ['authorization_code', 'refresh_token', 'urn:openid:params:grant-type:ciba'],
        ...{ dpop_bound_access_tokens: false, tls_client_certificate_bound_access_tokens: true },
        ...{ backchannel_authentication_request_signing_alg: 'PS256', backchannel_token_delivery_mode: mode },
        ...(mode === 'ping' && {
          backchannel_client_notification_endpoint: at('/ciba-notification-endpoint'),
        }),
      },
      suite: { ...own, hint_type: 'login_hint', hint_value: PERSON, mtls: { cert: certificate, key } },
    };
  };
  const ciba = async (mode: 'poll' | 'ping') =>
    [
      await cibaClient(`certification-ciba-${mode}`, mode),
      await cibaClient(`certification-ciba-${mode}-second`, mode),
    ] as const;
  const [poll, ping] = [await ciba('poll'), await ciba('ping')];
  const shared = { alias, server: { discoveryUrl: `${issuer}/.well-known/openid-configuration` } };
  const dynamic = { ...shared, client: { client_name: alias }, browser: signInOf(issuer) };
  const fixed = (...[first, other]: [StaticClient, StaticClient?]) => ({
    ...shared,
    client: first.suite,
    ...(other && { client2: other.suite }),
    browser: signInOf(issuer),
  });
  /** The suite shows a certificate beside each client, and calls us to have a request answered. */
  const backchannel = ([first, other]: readonly [StaticClient, StaticClient]) => {
    const { mtls, ...client } = first.suite;
    const { mtls: mtls2, ...client2 } = other.suite;
    return {
      ...shared,
      ...{ client, client2, mtls, mtls2 },
      resource: { resourceUrl: `${issuer}/oidc/userinfo` },
      automated_ciba_approval_url: `${issuer}/certification/ciba?auth_req_id={auth_req_id}&action={action}`,
    };
  };
  return {
    clients: [
      basic,
      second,
      post,
      logout,
      begun,
      security,
      security2,
      signing,
      signing2,
      ...poll,
      ...ping,
    ].map(({ metadata }) => metadata),
    plans: {
      'oidcc-basic-certification-test-plan': { ...fixed(basic, second), client_secret_post: post.suite },
      'oidcc-config-certification-test-plan': shared,
      'oidcc-dynamic-certification-test-plan': dynamic,
      'oidcc-formpost-basic-certification-test-plan': {
        ...fixed(basic, second),
        client_secret_post: post.suite,
      },
      'oidcc-3rdparty-init-login-certification-test-plan': dynamic,
      'oidcc-rp-initiated-logout-certification-test-plan': fixed(logout),
      'oidcc-backchannel-rp-initiated-logout-certification-test-plan': fixed(logout),
      'fapi2-security-profile-final-test-plan': fixed(security, security2),
      'fapi2-message-signing-final-test-plan': fixed(signing, signing2),
      'fapi-ciba-id1-test-plan (poll)': backchannel(poll),
      'fapi-ciba-id1-test-plan (ping)': backchannel(ping),
    },
  };
}

async function keyPair(): Promise<[own: JWK, shown: JWK]> {
  const { publicKey, privateKey } = await generateKeyPair('PS256', { extractable: true });
  const about = { kid: randomToken(6), alg: 'PS256', use: 'sig' };
  return [
    { ...(await exportJWK(privateKey)), ...about },
    { ...(await exportJWK(publicKey)), ...about },
  ];
}

/** What the suite's own browser does on our pages, which have no scripts that it needs. */
function signInOf(issuer: string) {
  return [
    {
      match: `${issuer}/oidc/auth*`,
      tasks: [
        {
          task: 'Sign in',
          optional: true,
          match: `${issuer}/interaction/*`,
          commands: [
            ['text', 'id', 'account', PERSON],
            ['text', 'id', 'password', DEMO_PASSWORD],
            ['text', 'id', 'captcha', CAPTCHA],
            ['click', 'css', '#form .actions button'],
          ],
        },
        {
          task: 'Consent',
          optional: true,
          match: `${issuer}/interaction/*`,
          commands: [['click', 'css', 'button[value=allow]']],
        },
      ],
    },
    {
      match: `${issuer}/oidc/logout*`,
      tasks: [{ task: 'Sign out', commands: [['click', 'css', 'button[name=logout]']] }],
    },
  ];
}
