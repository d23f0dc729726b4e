import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from './manifest.ts';

/*
 * The release before this one runs beside it for a while, reads the same rows and refuses what it does not know. So
 * the column `manifest` keeps to the form it can read, and the whole stands beside it.
 */

const CLIENT = [
  ...[
    'client_id',
    'redirect_uris',
    'post_logout_redirect_uris',
    'backchannel_logout_uri',
    'initiate_login_uri',
  ],
  ...['jwks_uri', 'jwks', 'require_pushed_authorization_requests', 'dpop_bound_access_tokens', 'scope'],
] as const;
const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
const GRANTS = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:token-exchange',
];
const PARTS = [
  ...[
    'code',
    'suffix',
    'colour',
    'party',
    'name',
    'shortName',
    'messagePrefix',
    'roles',
    'duties',
    'menuRoles',
  ],
  ...['managerQuota', 'reviewChain', 'managerReviewChain', 'binding', 'applicationFields'],
] as const;

/** What the first releases can read of a manifest; never used by one that knows the whole. */
export function olderForm(manifest: Manifest): object {
  const { client, exchange, resources } = manifest;
  const method = client.token_endpoint_auth_method as string;
  const grants = client.grant_types.filter((grant) => GRANTS.includes(grant));
  return plain({
    ...pick(manifest, PARTS),
    exchange: { allowed: exchange.allowed },
    resources: resources.map(({ identifier, scopes, format }) => ({ identifier, scopes, format })),
    client: {
      ...pick(client, CLIENT),
      // it knows no entity identifier; whom a client is for stands in the client's own row
      ...(client.federation && { client_id: `${manifest.code}-by-chain` }),
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: METHODS.includes(method) ? method : 'private_key_jwt',
      grant_types: grants.length > 0 ? grants : ['authorization_code'],
    },
  });
}

/**
 * The whole manifest, unless a release that does not know of it wrote another one since.
 * @param older what stands in the column that every release reads
 */
export function wholeManifest(full: unknown, older: unknown): unknown {
  if (full === null || full === undefined) return undefined;
  return isDeepStrictEqual(olderForm(full as Manifest), older) ? full : undefined;
}

function pick(from: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function plain(value: object): object {
  return JSON.parse(JSON.stringify(value)) as object;
}
