import type { ConsoleCaller } from '../permissions/index.ts';
import { API_SCOPES, type ApiScope } from './scopes.ts';
import type { Acting } from './types.ts';

/** Under this path of the issuer, which is also the API's name as a `resource` (RFC 8707). */
export const API = '/api/v1';

/** Calls a client, or one person through it, may make in a minute, all replicas together. */
export const CALLS_PER_MINUTE = 300;

/** What a token says, as far as the rules ask. */
export interface TokenFacts {
  sub?: unknown;
  client_id?: unknown;
  scope?: unknown;
  /** Digest of the grant of a person's token: it is worth something while that grant lives. */
  grant?: unknown;
}

export type TokenDecision =
  | { allowed: true; holder: 'client' | 'person' }
  | { allowed: false; reason: 'invalid_token' | 'insufficient_scope' };

/**
 * Whether a verified access token lets its holder call: one the client got for itself, or a person's that names
 * its grant, never one that could be either (RFC 9700 §4.15); and with the scope, which not every holder can have.
 */
export function decideToken(token: TokenFacts, scope: ApiScope): TokenDecision {
  const { sub, client_id: clientId, grant } = token;
  const isClients = typeof clientId === 'string' && sub === clientId && grant === undefined;
  const isPersons =
    typeof clientId === 'string' && typeof sub === 'string' && sub !== clientId && typeof grant === 'string';
  if (!isClients && !isPersons) return { allowed: false, reason: 'invalid_token' };
  const holder = isClients ? 'client' : 'person';
  const scopes = typeof token.scope === 'string' ? token.scope.split(' ') : [];
  const canHold = (API_SCOPES[scope].holders as readonly string[]).includes(holder);
  return canHold && scopes.includes(scope)
    ? { allowed: true, holder }
    : { allowed: false, reason: 'insufficient_scope' };
}

/** How far a caller sees. */
export interface Sight {
  /** Undefined: every unit. */
  unitCodes: string[] | undefined;
}

/**
 * A subsystem's own program sees all its accounts; a person acting as a manager the unit of that account, the
 * agency's people every unit; anybody else nothing.
 */
export function sightOf(
  caller:
    { kind: 'client' } | { kind: 'person'; acting: { unitCode: string; manages: boolean }; role: string },
): Sight | undefined {
  if (caller.kind === 'client') return { unitCodes: undefined };
  if (!caller.acting.manages) return undefined;
  return { unitCodes: caller.role === 'hpa_admin' ? undefined : [caller.acting.unitCode] };
}

export function sees(sight: Sight | undefined, unitCode: string): boolean {
  return sight !== undefined && (sight.unitCodes === undefined || sight.unitCodes.includes(unitCode));
}

/**
 * A person as the console's rules know them, narrowed to the account acted as: they administer its unit at its
 * subsystem, and beyond that only what their own role gives in the very unit; the agency's people keep the nation.
 */
export function standingOf(acting: Acting, signIn: { acr: string | undefined; at: Date }): ConsoleCaller {
  const { accountId, personName, loginName, accountRole, homeUnitCode, unitCode, id, subsystemCode } = acting;
  const isHere = accountRole === 'hpa_admin' || (accountRole === 'unit_manager' && homeUnitCode === unitCode);
  return {
    accountId,
    personName,
    loginName,
    role: isHere ? accountRole : 'user',
    unitCode,
    managed: [{ subsystemAccountId: id, subsystemCode, unitCode }],
    session: { uid: acting.sessionUid ?? '', acr: signIn.acr, loginAt: signIn.at },
    via: 'api',
  };
}
