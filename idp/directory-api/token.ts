import type { IncomingMessage } from 'node:http';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { ACR_MFA, satisfiesAcr } from '../authenticators/index.ts';
import { requiredAcr } from '../bindings/index.ts';
import { listPublishedKeys } from '../signing-keys/index.ts';
import type { RegisteredClient } from '../subsystems/index.ts';
import { askForToken, refuseToken } from './challenge.ts';
import { API, decideToken, standingOf } from './policy.ts';
import { checkProof } from './proof.ts';
import { type ApiScope, DECIDING } from './scopes.ts';
import { findActing } from './store/caller.ts';
import type { ApiCaller, ApiPerson, DirectoryApiDeps, Refusal } from './types.ts';

const CLIENT_CREDENTIALS = 'client_credentials';
const TOO_WEAK = 'insufficient_user_authentication';

/** A request, as far as it says who calls. */
export interface Credentials {
  authorization: string;
  proof: string;
  method: string;
  path: string;
  req: IncomingMessage;
}

const SHOWN = /^(Bearer|DPoP) ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * Reads an access token of ours (RFC 9068) for this API, with `scope`, and whatever has to prove that its holder may
 * show it (see proof.ts). Keys are asked for anew each time, so that a revoked one is worth nothing at once; so is a
 * disabled client, and a person's token as soon as its grant, session, account or person is.
 */
export async function authenticateCaller(
  deps: DirectoryApiDeps,
  credentials: Credentials,
  scope: ApiScope,
): Promise<{ caller: ApiCaller; nonce?: string } | Refusal> {
  const { proofs } = deps;
  if (credentials.authorization === '') return askForToken(proofs);
  const [, scheme = '', token = ''] = SHOWN.exec(credentials.authorization) ?? [];
  const claims = token === '' ? undefined : await verify(deps, token);
  const isDpop = claims
    ? typeof (claims['cnf'] as { jkt?: unknown } | undefined)?.jkt === 'string'
    : /^dpop /i.test(credentials.authorization);
  const refuse: Refuse = (error, more) => refuseToken(proofs, isDpop ? 'dpop' : 'bearer', error, more);
  if (!claims) return refuse('invalid_token');
  const shown = { ...credentials, scheme: scheme.toLowerCase() as 'bearer' | 'dpop', token };
  const outcome = await checkProof(proofs, shown, claims['cnf'], deps.clock());
  if (!outcome.proven) {
    const refused = refuse(outcome.error);
    return outcome.error === 'use_dpop_nonce' ? { ...refused, nonce: proofs.nextNonce() } : refused;
  }
  const caller = await readCaller(deps, claims, scope, refuse);
  if ('challenges' in caller) return caller;
  const { jti, nonce } = outcome;
  if (jti === undefined) return { caller };
  if (!(await proofs.isFirst(caller.clientId, jti))) return refuse('invalid_dpop_proof');
  const next = proofs.nextNonce();
  return { caller, ...(nonce !== next && { nonce: next }) };
}

type Refuse = (error: string, more?: Parameters<typeof refuseToken>[3]) => Refusal;

async function readCaller(
  deps: DirectoryApiDeps,
  claims: Record<string, unknown>,
  scope: ApiScope,
  refuse: Refuse,
): Promise<ApiCaller | Refusal> {
  const decision = decideToken(claims, scope);
  if (!decision.allowed) {
    return decision.reason === 'insufficient_scope'
      ? refuse('insufficient_scope', { status: 403, scope })
      : refuse('invalid_token');
  }
  const client = deps.registry.find(String(claims['client_id']));
  if (client?.active !== true || !client.subsystem) return refuse('invalid_token');
  // RFC 9470: whoever decides has proven a second factor, as at the console
  const acr = textOf(claims['acr']);
  if (DECIDING.has(scope) && !satisfiesAcr(acr, ACR_MFA)) return refuse(TOO_WEAK, { acr_values: ACR_MFA });
  if (decision.holder === 'person') {
    const person = await readPerson(deps, client, claims);
    if (!person) return refuse('invalid_token');
    // and nobody acts with less than the role acted in wants
    const wanted = requiredAcr(client.subsystem.manifest, person.acting.role);
    if (wanted !== undefined && !satisfiesAcr(acr, wanted)) return refuse(TOO_WEAK, { acr_values: wanted });
    return person;
  }
  const grants = client.metadata['grant_types'];
  if (!Array.isArray(grants) || !grants.includes(CLIENT_CREDENTIALS)) return refuse('invalid_token');
  return { kind: 'client', clientId: client.clientId, subsystem: client.subsystem };
}

async function readPerson(
  { db, isAllowedAddress }: DirectoryApiDeps,
  { clientId, subsystem, sector }: RegisteredClient,
  claims: Record<string, unknown>,
): Promise<ApiPerson | undefined> {
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

const textOf = (claim: unknown): string | undefined => (typeof claim === 'string' ? claim : undefined);
