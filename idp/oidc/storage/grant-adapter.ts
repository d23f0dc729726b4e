import type { Adapter } from 'oidc-provider';
import { type StorageDeps, refusing } from './adapter-base.ts';
import { readGrant } from './read-session.ts';
import { currentWork } from './unit-of-work.ts';

/**
 * A grant is tied to one browser session, one client and, at a subsystem's client, one subsystem account, and
 * never changes that. Everything issued under it dies with its row, so a revocation is one deleted row.
 */
export function grantAdapter({ database }: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(id) {
      const work = currentWork();
      if (work.writes.grantEnds.has(id)) return undefined;
      if (!work.grants.has(id)) work.grants.set(id, await readGrant(database, id));
      const facts = work.grants.get(id);
      return facts && { ...facts.payload, jti: id };
    },
    upsert(id, { jti: _id, ...payload }) {
      const { accountId, clientId } = payload;
      if (accountId === undefined || clientId === undefined) throw new Error('a grant needs its account');
      const work = currentWork();
      const bound = work.boundTo.get(id);
      work.writes.grants.push({
        id,
        payload,
        accountId,
        clientId,
        sessionUid: bound?.sessionUid,
        subsystemAccountId: bound?.subsystemAccountId,
      });
      work.grants.set(id, {
        payload,
        subsystemAccountId: bound?.subsystemAccountId,
        acting: bound?.acting,
      });
      return Promise.resolve();
    },
    destroy(id) {
      currentWork().writes.grantEnds.add(id);
      return Promise.resolve();
    },
  };
}
