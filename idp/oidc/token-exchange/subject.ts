import type Provider from 'oidc-provider';
import { type JSONWebKeySet, createLocalJWKSet, errors, jwtVerify } from 'jose';
import type { PublishedKey } from '../../signing-keys/index.ts';
import { readHeldGrant } from '../storage/read-held-grant.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import { readActor } from './policy.ts';
import type { Authentication, SubjectToken } from './types.ts';

/** The claims of an access token of ours (RFC 9068), undefined when it is none that lives. */
export type VerifyJwt = (value: string) => Promise<Record<string, unknown> | undefined>;

export const isJwt = (value: string): boolean => value.split('.').length === 3;

/** @param keys those this Provider signs and publishes: a key revoked vouches for nothing */
export function createVerifyJwt(deps: OidcDeps, keys: readonly PublishedKey[]): VerifyJwt {
  const set: JSONWebKeySet = { keys: keys.map(({ publicJwk, kid, alg }) => ({ ...publicJwk, kid, alg })) };
  const keySet = createLocalJWKSet(set);
  return async (value) => {
    try {
      const { payload } = await jwtVerify(value, keySet, {
        issuer: deps.config.issuer,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        currentDate: deps.clock(),
        requiredClaims: ['exp', 'iat', 'sub', 'aud', 'client_id'],
      });
      return typeof payload.aud === 'string' ? payload : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
}

/** One read: the token, or for a JWT the grant it names, with session, person and account. */
export async function findSubjectToken(
  provider: Provider,
  deps: OidcDeps,
  verify: VerifyJwt,
  value: string,
): Promise<SubjectToken | undefined> {
  return isJwt(value) ? fromJwt(deps, verify, value) : fromOpaque(provider, value);
}

async function fromOpaque(provider: Provider, value: string): Promise<SubjectToken | undefined> {
  const token = await provider.AccessToken.find(value);
  const grant = token?.grantId ? await provider.Grant.find(token.grantId) : undefined;
  if (!token || !grant || token.clientId === undefined || token.exp === undefined) return undefined;
  const work = currentWork();
  const person = work.people.get(token.accountId);
  if (!person || grant.clientId !== token.clientId) return undefined;
  const { extra = {} } = token as { extra?: Record<string, unknown> };
  return {
    accountId: token.accountId,
    clientId: token.clientId,
    grantId: grant.jti,
    sessionUid: token.sessionUid,
    subsystemAccountId: work.grants.get(grant.jti)?.subsystemAccountId,
    person,
    scopes: token.scopes,
    audience: typeof token.aud === 'string' ? token.aud : undefined,
    expiresAt: token.exp,
    jkt: token.jkt,
    certificate: (token as { 'x5t#S256'?: string })['x5t#S256'],
    ...told(extra),
  };
}

async function fromJwt(deps: OidcDeps, verify: VerifyJwt, value: string): Promise<SubjectToken | undefined> {
  const claims = await verify(value);
  if (!claims || typeof claims['grant'] !== 'string') return undefined;
  const clientId = String(claims['client_id']);
  const issuedTo = deps.registry.find(clientId);
  if (issuedTo?.active !== true) return undefined;
  const held = await readHeldGrant(deps.database, {
    subject: String(claims['sub']),
    sector: issuedTo.sector,
    grantDigest: claims['grant'],
  });
  if (!held) return undefined;
  const work = currentWork();
  const { id, grant, person, session, sessionUid } = held;
  work.grants.set(id, grant);
  work.people.set(person.accountId, person);
  if (sessionUid !== undefined) work.sessions.set(sessionUid, session);
  const cnf = (claims['cnf'] ?? {}) as { jkt?: string; 'x5t#S256'?: string };
  return {
    accountId: person.accountId,
    clientId,
    grantId: id,
    sessionUid,
    subsystemAccountId: grant.subsystemAccountId,
    person,
    scopes: new Set(typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : []),
    audience: String(claims['aud']),
    expiresAt: Number(claims['exp']),
    jkt: cnf.jkt,
    certificate: cnf['x5t#S256'],
    ...told(claims),
  };
}

/** What both kinds of token tell in the same claims. */
function told(
  claims: Record<string, unknown>,
): Pick<SubjectToken, 'act' | 'mayAct'> & { authentication: Authentication } {
  const { acr, amr, auth_time } = claims as Authentication;
  return {
    act: readActor(claims['act']),
    mayAct: readActor(claims['may_act'])?.sub,
    authentication: { acr, amr, auth_time },
  };
}
