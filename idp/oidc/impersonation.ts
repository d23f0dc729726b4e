import { type Grant, errors } from 'oidc-provider';
import { API } from '../directory-api/index.ts';
import { subjectAt } from '../pairwise-subjects/index.ts';
import type { RegisteredClient } from '../subsystems/index.ts';
import type { ImpersonationFacts } from './storage/facts.ts';
import { currentWork, findWork } from './storage/unit-of-work.ts';
import type { OidcContext, OidcDeps } from './types.ts';
import { isUnattended } from './waiting/unattended.ts';

/*
 * An operator's session under another person's account: one client, one account, no page of ours, and `act` in
 * everything that is issued (RFC 8693 §4.1).
 */

/** The impersonation that this request's session is; a request has no more than one session. */
export function impersonationOf(work = findWork()): ImpersonationFacts | undefined {
  for (const session of work?.sessions.values() ?? [])
    if (session?.impersonation) return session.impersonation;
  return undefined;
}

/** Who really acts, as the client knows them, and until when. */
export async function actorClaims(
  { database, registry }: Pick<OidcDeps, 'database' | 'registry'>,
  clientId: string,
  { operator, until }: ImpersonationFacts,
) {
  const { sector } = registry.find(clientId) ?? {};
  const sub = await subjectAt(database.db, operator.accountId, sector);
  return { act: { sub, name: operator.name }, act_until: Math.floor(until.getTime() / 1000) };
}

/** A lifetime, cut to what is left of the impersonation. */
export function withinImpersonation({ clock }: Pick<OidcDeps, 'clock'>, seconds: number): number {
  const until = impersonationOf()?.until.getTime();
  if (until === undefined) return seconds;
  return Math.max(1, Math.min(seconds, Math.floor((until - clock().getTime()) / 1000)));
}

/**
 * Only at the client it was approved for, only as that account, in this browser, and with nothing to be answered.
 * @throws errors.AccessDenied
 */
export function assertImpersonable(ctx: OidcContext, { clientId, subsystem }: RegisteredClient): void {
  const impersonation = impersonationOf(currentWork());
  if (!impersonation) return;
  const wanted = ctx.oidc.params?.['account'];
  const isOther = typeof wanted === 'string' && wanted !== '' && wanted !== impersonation.subsystemAccountId;
  const isAllowed = subsystem?.manifest.impersonation?.allowed === true && !isUnattended(ctx);
  if (!isAllowed || isOther || clientId !== impersonation.clientId || ctx.oidc.result !== undefined) refuse();
}

/** Whatever would be asked of the person is asked of nobody. @throws errors.AccessDenied */
export function assertNothingToAsk(): void {
  const work = currentWork();
  if (!impersonationOf(work)) return;
  work.writes.interaction = undefined;
  refuse();
}

/** Takes away what the manifest does not let an operator have, and the directory API altogether. */
export function limitGrant(
  grant: Grant,
  { issuer }: { issuer: string },
  registered: RegisteredClient | undefined,
): void {
  const allowed = registered?.subsystem?.manifest.impersonation?.scopes;
  const isBeyond = (scope: string): boolean => allowed !== undefined && !allowed.includes(scope);
  const scopes = grant.getOIDCScope().split(' ');
  const beyond = scopes.filter((scope) => scope !== 'openid' && isBeyond(scope));
  if (beyond.length > 0) grant.rejectOIDCScope(beyond.join(' '));
  for (const [resource, granted] of Object.entries(grant.resources ?? {})) {
    const gone = granted.split(' ').filter((scope) => resource === issuer + API || isBeyond(scope));
    if (gone.length > 0) grant.rejectResourceScope(resource, gone.join(' '));
  }
}

function refuse(): never {
  throw new errors.AccessDenied('not while acting as somebody else');
}
