import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { lockAccount } from '../../../accounts/index.ts';
import { recordConsoleDeed } from '../../../audit/index.ts';
import { type Reach, reachesUnit } from '../../../permissions/index.ts';
import { endSessions } from '../../../sessions/index.ts';
import type { UpstreamDeps } from '../deps.ts';
import { deleteLink, lockSessionsOfLink } from '../store/links.ts';
import { getLink, tellOfLink } from './link.ts';
import type { ByAdministrator } from './providers.ts';

/**
 * Parts a person from a subject in their stead: every session that came by the link ends, the person is told, and
 * whatever was begun or proven before counts for nothing.
 * @throws Fault not_found when the link is gone, or the person is not within reach
 */
export async function removeLinkOf(
  deps: Pick<UpstreamDeps, 'db' | 'clock' | 'keyring' | 'providers'>,
  of: { accountId: string; linkId: string; reach: Reach },
  { actor, from, reason }: ByAdministrator & { reason: string },
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const account = await lockAccount(trx, of.accountId);
    if (!account || !reachesUnit(of.reach, account.unitCode)) throw new Fault('not_found');
    const link = await getLink({ ...deps, db: trx }, account.id, of.linkId);
    const sessionsEnded = await endSessions(trx, await lockSessionsOfLink(trx, link.id), 'administrator');
    await deleteLink(trx, link);
    await recordConsoleDeed(trx, actor, {
      type: 'upstream_link.removed',
      target: { kind: 'upstream_link', id: link.id },
      ...{ accountId: account.id, unitCode: account.unitCode, reason, from },
      details: { provider: link.providerCode, sessionsEnded },
    });
    const { providerCode } = link;
    await tellOfLink(trx, deps, account, { providerCode, outcome: 'removed', deed: from.requestId });
  });
}
