import type { Trx } from '#db/idp/tables.ts';
import { changeAccess, changeStatus, openSubsystemAccount } from '../../subsystem-accounts/index.ts';
import type { AccessRequest, AccessRequestDeps } from '../types.ts';

/**
 * Does what was asked for: opens the account and binds it, or changes or disables the one there is, which ends what
 * was granted under it.
 * @returns the account's id, or undefined when the person has no number left for one
 */
export async function grant(
  trx: Trx,
  request: AccessRequest,
  { registry }: Pick<AccessRequestDeps, 'registry'>,
  actorAccountId: string,
): Promise<string | undefined> {
  const { kind, accountId, subsystemCode, unitCode, role, duty, menuRoles, fields } = request;
  const because = { reason: `request ${request.id}`, actorAccountId };
  if (kind === 'account') {
    const subsystem = registry.subsystem(subsystemCode);
    if (!subsystem) throw new Error(`the subsystem ${subsystemCode} is gone`);
    const { suffix, shortName } = subsystem;
    const wish = { subsystemCode, accountId, unitCode, role, duty, menuRoles, fields };
    return openSubsystemAccount(trx, { ...wish, suffix, shortName: shortName['zh-TW'] });
  }
  const id = request.subsystemAccountId ?? '';
  if (kind === 'disable') await changeStatus(trx, id, { deed: 'disable', ...because });
  else await changeAccess(trx, id, { access: { unitCode, role, duty, menuRoles }, ...because });
  return id;
}
