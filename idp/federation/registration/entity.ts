import { HOUR, after } from '#kit/clock.ts';
import { type PublishedKey, signCompact } from '../../signing-keys/index.ts';
import { STATEMENT_TYPE, readTrustMark } from '../trust-chain/index.ts';
import type { FederationSettings } from './settings.ts';

/** Where clients register by themselves (§12.2). */
export const REGISTRATION_PATH = '/federation/registration';

/** OpenID Federation 1.0 §5.1.3: how clients come by their chains, and what proves who asks. */
const registrationOf = (issuer: string): object => ({
  client_registration_types_supported: ['automatic', 'explicit'],
  federation_registration_endpoint: issuer + REGISTRATION_PATH,
  request_authentication_methods_supported: {
    authorization_endpoint: ['request_object'],
    pushed_authorization_request_endpoint: ['private_key_jwt'],
  },
});

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/**
 * What the provider says of itself (OpenID Federation 1.0 §3.1.2, §5.1.3).
 * @param keys published ones, the signing one first
 * @param metadata what its discovery document says
 */
export async function signEntityConfiguration(
  { issuer, settings, keys }: { issuer: string; settings: FederationSettings; keys: PublishedKey[] },
  metadata: Record<string, unknown>,
  now: Date,
): Promise<string> {
  const [signer] = keys;
  if (!signer) throw new Error('no federation key signs');
  const { organizationName, contacts, authorityHints, statementHours, trustMarks } = settings;
  const held = trustMarks.filter(({ mark }) => {
    const { exp } = readTrustMark(mark);
    return exp === undefined || exp > seconds(now);
  });
  return signCompact(signer, STATEMENT_TYPE, {
    ...{ iss: issuer, sub: issuer, iat: seconds(now), exp: seconds(after(now, statementHours * HOUR)) },
    jwks: { keys: keys.map(({ publicJwk }) => publicJwk) },
    authority_hints: authorityHints,
    metadata: {
      openid_provider: { ...metadata, ...(settings.trustAnchors.length > 0 && registrationOf(issuer)) },
      federation_entity: {
        organization_name: organizationName,
        ...(contacts.length > 0 && { contacts }),
      },
    },
    ...(held.length > 0 && {
      trust_marks: held.map(({ type, mark }) => ({ trust_mark_type: type, trust_mark: mark })),
    }),
  });
}
