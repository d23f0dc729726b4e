import { HOUR, after } from '#kit/clock.ts';
import { type PublishedKey, signCompact } from '../../signing-keys/index.ts';
import { STATEMENT_TYPE, readTrustMark } from '../trust-chain/index.ts';
import type { FederationSettings } from './settings.ts';

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
      openid_provider: metadata,
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
