import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { ACR_MFA, satisfiesAcr } from '../authenticators/index.ts';
import { listPublishedKeys } from '../signing-keys/index.ts';
import type { RegisteredClient } from '../subsystems/index.ts';
import { API, decideToken, standingOf } from './policy.ts';
import { type ApiScope, DECIDING } from './scopes.ts';
import { findActing } from './store/caller.ts';
import type { ApiCaller, DirectoryApiDeps, Refusal } from './types.ts';

const CLIENT_CREDENTIALS = 'client_credentials';

/**
 * Reads `Authorization: Bearer` as an access token of ours (RFC 9068) for this API, with `scope`. Keys are asked
 * for anew each time, so that a revoked one is worth nothing at once; so is a disabled client, and a person's
 * token as soon as its grant, session, account or person is.
 */
export async function authenticateCaller(
  deps: DirectoryApiDeps,
  authorization: string,
  scope: ApiScope,
): Promise<ApiCaller | Refusal> {
  if (authorization === '') return { status: 401, challenge: 'Bearer', error: 'unauthorized' };
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
  const claims = token === undefined ? undefined : await verify(deps, token);
  if (!claims) return refusal('invalid_token');
  const decision = decideToken(claims, scope);
  if (!decision.allowed) return refusal(decision.reason, scope);
  const client = deps.registry.find(String(claims['client_id']));
  if (client?.active !== true || !client.subsystem) return refusal('invalid_token');
  // RFC 9470: whoever decides has proven a second factor, as at the console
  if (DECIDING.has(scope) && !satisfiesAcr(textOf(claims['acr']), ACR_MFA)) return tooWeak();
  if (decision.holder === 'person')
    return (await readPerson(deps, client, claims)) ?? refusal('invalid_token');
  const grants = client.metadata['grant_types'];
  if (!Array.isArray(grants) || !grants.includes(CLIENT_CREDENTIALS)) return refusal('invalid_token');
  return { kind: 'client', clientId: client.clientId, subsystem: client.subsystem };
}

async function readPerson(
  { db, isAllowedAddress }: DirectoryApiDeps,
  { clientId, subsystem, sector }: RegisteredClient,
  claims: Record<string, unknown>,
): Promise<ApiCaller | undefined> {
  if (!subsystem) return undefined;
  const [subject, grantDigest] = [String(claims['sub']), String(claims['grant'])];
  const acting = await findActing(db, { subject, sector, clientId, grantDigest });
  if (!acting || acting.subsystemCode !== subsystem.code) return undefined;
  const { id, accountId, unitCode, role, accountRole } = acting;
  const manages =
    isAllowedAddress(accountRole, acting.signedInFrom ?? '') &&
    subsystem.manifest.roles.some((each) => each.code === role && each.manages);
  const signIn = { acr: textOf(claims['acr']), at: new Date(Number(claims['auth_time'] ?? 0) * 1000) };
  return {
    kind: 'person',
    clientId,
    subsystem,
    accountId,
    role: accountRole,
    acting: { id, unitCode, role, manages },
    standing: manages ? standingOf(acting, signIn) : undefined,
  };
}

async function verify(deps: DirectoryApiDeps, token: string): Promise<Record<string, unknown> | undefined> {
  const { issuer } = deps.config;
  const keys = await listPublishedKeys(deps.db, deps.clock());
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys }), {
      issuer,
      audience: issuer + API,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: deps.clock(),
      requiredClaims: ['exp', 'iat', 'sub', 'client_id'],
    });
    // one audience: a token that also serves elsewhere could have been taken there
    return payload.aud === issuer + API ? payload : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function tooWeak(): Refusal {
  const error = 'insufficient_user_authentication';
  return { status: 401, challenge: `Bearer error="${error}", acr_values="${ACR_MFA}"`, error };
}

const textOf = (claim: unknown): string | undefined => (typeof claim === 'string' ? claim : undefined);

function refusal(error: 'invalid_token' | 'insufficient_scope', scope = ''): Refusal {
  return error === 'invalid_token'
    ? { status: 401, challenge: 'Bearer error="invalid_token"', error }
    : { status: 403, challenge: `Bearer error="insufficient_scope", scope="${scope}"`, error };
}
