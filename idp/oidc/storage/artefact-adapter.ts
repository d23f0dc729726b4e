import Provider, { type Adapter, errors } from 'oidc-provider';
import { digest } from '#kit/random.ts';
import { type StorageDeps, refusing } from './adapter-base.ts';
import { placeOf } from './artefact-id.ts';
import type { GrantFacts } from './facts.ts';
import { type ArtefactFacts, readArtefact } from './read-artefact.ts';
import { type UnitOfWork, currentWork } from './unit-of-work.ts';

/** `gty` of a token whose client is not the one its grant was given to (RFC 8693, delegation). */
export const DELEGATION = 'delegation';

/** A refresh token presented again this soon is a retry, not a theft: refused, but nothing is revoked. */
const REFRESH_RETRY_MS = 5000;

/**
 * Codes, tokens and pushed requests. One read brings the artefact with its grant, session, person and acting
 * account; introspection's three look-ups by one id share it.
 */
export function artefactAdapter(kind: string, deps: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(id) {
      const work = currentWork();
      if (kind === 'PushedAuthorizationRequest' && work.writes.interactionEnd) return resumedRequest(id);
      const found = await load(deps, work, id);
      if (found?.kind !== kind) return undefined;
      const { consumedAt } = found;
      if (consumedAt && kind === 'RefreshToken' && isRetry(deps, consumedAt)) {
        throw new errors.InvalidGrant('refresh token already used');
      }
      const consumed = consumedAt ? { consumed: Math.floor(consumedAt.getTime() / 1000) } : {};
      return { ...found.payload, ...consumed, jti: id };
    },
    upsert(id, { jti: _bearer, ...payload }) {
      const place = placeOf(id);
      if (!place) throw new Error(`${kind} has an id of an unknown form`);
      currentWork().writes.inserts.push({ ...place, digest: digest(id), payload: { ...payload, kind } });
      return Promise.resolve();
    },
    consume(id) {
      const place = placeOf(id);
      if (place) currentWork().writes.consumes.push({ ...place, digest: digest(id), kind });
      return Promise.resolve();
    },
    destroy(id) {
      const place = placeOf(id);
      if (place) currentWork().writes.removals.push({ ...place, digest: digest(id) });
      return Promise.resolve();
    },
    revokeByGrantId(grantId) {
      endGrant(grantId);
      return Promise.resolve();
    },
  };
}

/** A client that acts for the person may revoke its token, but not what another client was granted. */
export function endGrant(grantId: string): void {
  const revoked = Provider.ctx?.oidc.entities.AccessToken as { gty?: string } | undefined;
  if (revoked?.gty !== DELEGATION) currentWork().writes.grantEnds.add(grantId);
}

function load(deps: StorageDeps, work: UnitOfWork, id: string): Promise<ArtefactFacts | undefined> {
  const known = work.artefacts.get(id);
  if (known) return known;
  const place = placeOf(id);
  const reading = place
    ? readArtefact(deps.database, place, digest(id), work.hints.wantsOthers)
    : Promise.resolve(undefined);
  const remembered = reading.then((facts) => rememberFacts(work, facts));
  work.artefacts.set(id, remembered);
  return remembered;
}

/** Keeps an artefact that another read brought, so that the library's own look-up of it costs nothing. */
export function rememberArtefact(work: UnitOfWork, id: string, facts: ArtefactFacts | undefined): void {
  work.artefacts.set(id, Promise.resolve(rememberFacts(work, facts)));
}

function rememberFacts(work: UnitOfWork, facts: ArtefactFacts | undefined): ArtefactFacts | undefined {
  if (!facts) return undefined;
  const { grantId, sessionUid, accountId } = facts.payload;
  if (grantId) work.grants.set(grantId, grantOf(facts));
  if (sessionUid) work.sessions.set(sessionUid, facts.session);
  if (accountId) work.people.set(accountId, facts.person);
  work.others = facts.others;
  return facts;
}

/** A client acting for the person holds a token of a grant given to another: as good as that grant and its session. */
function grantOf({ payload, grant, session }: ArtefactFacts): GrantFacts | undefined {
  if (payload['gty'] !== DELEGATION || !grant) return grant;
  if (payload.sessionUid !== undefined && !session) return undefined;
  return { ...grant, payload: { ...grant.payload, clientId: payload.clientId } };
}

function isRetry(deps: StorageDeps, consumedAt: Date): boolean {
  return deps.clock().getTime() - consumedAt.getTime() <= REFRESH_RETRY_MS;
}

/**
 * On the way back from a sign-in the pushed request is only consumed, and the conditional update that does it
 * decides alone whether it was still there and unused: no read is needed.
 */
function resumedRequest(id: string) {
  return { jti: id, kind: 'PushedAuthorizationRequest', request: '', exp: Number.MAX_SAFE_INTEGER };
}
