import { type JWK, SignJWT, importJWK } from 'jose';
import { DAY, HOUR, after } from '#kit/clock.ts';
import { MARK_TYPE, STATEMENT_TYPE, resolvePolicy } from '../trust-chain/index.ts';
import type { AuthorityKey } from './key-store.ts';
import { publishedKeys, signingKey } from './policy.ts';
import type { ReviewedFile, Subordinate } from './reviewed-file.ts';

/** What an authority is at one moment. */
export interface Authority {
  file: ReviewedFile;
  keys: readonly AuthorityKey[];
}

export const ENDPOINTS = {
  federation_fetch_endpoint: '/fetch',
  federation_list_endpoint: '/list',
  federation_resolve_endpoint: '/resolve',
  federation_trust_mark_status_endpoint: '/trust-mark-status',
  federation_trust_mark_list_endpoint: '/trust-mark-list',
  federation_trust_mark_endpoint: '/trust-mark',
} as const;

/** Where an endpoint of it is. */
export function endpointUrl(entityId: string, path: string): string {
  return entityId.replace(/\/$/, '') + path;
}

export function publicKeys(keys: readonly AuthorityKey[], now: Date): { keys: JWK[] } {
  return {
    keys: publishedKeys(keys, now).map(({ kid, privateJwk: { kty, crv = '', x = '', y = '' } }) => ({
      ...{ kty: kty ?? 'EC', crv, x, y },
      ...{ kid, alg: 'ES256', use: 'sig' },
    })),
  };
}

/** OpenID Federation 1.0 §9: what it says of itself. */
export async function ownConfiguration({ file, keys }: Authority, now: Date): Promise<string> {
  const { entityId, authorityHints, trustMarkIssuers, trustMarkOwners } = file;
  const endpoints = Object.entries(ENDPOINTS).map(([name, path]) => [name, endpointUrl(entityId, path)]);
  return sign(keys, STATEMENT_TYPE, now, {
    ...{ iss: entityId, sub: entityId, ...span(now, file.statementHours * HOUR) },
    jwks: publicKeys(keys, now),
    ...(authorityHints.length > 0 && { authority_hints: authorityHints }),
    metadata: {
      federation_entity: {
        ...{ organization_name: file.organizationName, contacts: file.contacts },
        ...Object.fromEntries(endpoints),
      },
    },
    ...(Object.keys(trustMarkIssuers).length > 0 && { trust_mark_issuers: trustMarkIssuers }),
    ...(Object.keys(trustMarkOwners).length > 0 && { trust_mark_owners: trustMarkOwners }),
  });
}

/** OpenID Federation 1.0 §8.1.2: what it says of one of its own. */
export async function statementAbout(
  { file, keys }: Authority,
  subject: Subordinate,
  now: Date,
): Promise<string> {
  const { entityId, metadataPolicy, constraints } = file;
  const policy = resolvePolicy([metadataPolicy, subject.metadataPolicy ?? {}]);
  const policies = [...policy].map(([type, parameters]) => [type, Object.fromEntries(parameters)]);
  const limits = { ...constraints, ...subject.constraints };
  return sign(keys, STATEMENT_TYPE, now, {
    ...{ iss: entityId, sub: subject.entityId, ...span(now, file.statementHours * HOUR) },
    jwks: subject.jwks,
    source_endpoint: endpointUrl(entityId, ENDPOINTS.federation_fetch_endpoint),
    ...(subject.metadata && { metadata: subject.metadata }),
    ...(policies.length > 0 && { metadata_policy: Object.fromEntries(policies) }),
    ...(Object.keys(limits).length > 0 && { constraints: limits }),
  });
}

/** OpenID Federation 1.0 §7.1. */
export async function trustMarkFor(
  { file, keys }: Authority,
  mark: ReviewedFile['trustMarks'][number],
  subject: string,
  now: Date,
): Promise<string> {
  return sign(keys, MARK_TYPE, now, {
    ...{ iss: file.entityId, sub: subject, trust_mark_type: mark.type, ...span(now, mark.days * DAY) },
    ...(mark.logoUri !== undefined && { logo_uri: mark.logoUri }),
    ...(mark.ref !== undefined && { ref: mark.ref }),
    ...(mark.delegation !== undefined && { delegation: mark.delegation }),
  });
}

/** @throws Error when no key signs now, which no sequence of deeds leaves */
export async function sign(
  keys: readonly AuthorityKey[],
  type: string,
  now: Date,
  claims: Record<string, unknown>,
): Promise<string> {
  const key = signingKey(keys, now);
  if (!key) throw new Error('no key of the authority signs');
  const header = { alg: 'ES256', kid: key.kid, typ: type };
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(key.privateJwk, 'ES256'));
}

export function span(now: Date, ms: number): { iat: number; exp: number } {
  const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
  return { iat: seconds(now), exp: seconds(after(now, ms)) };
}
