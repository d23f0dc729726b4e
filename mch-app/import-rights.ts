import { z } from 'zod';
import type { IdpApi } from './idp-api/index.ts';
import type { Menu } from './menu/index.ts';
import { actorOf } from './record-pages.ts';
import { type ImportRights, RightsUnknown } from './records/index.ts';

const accountSchema = z.object({
  unit: z.object({ code: z.string() }),
  role: z.string(),
  duty: z.string(),
  menu_roles: z.array(z.string()),
  status: z.string(),
  /** A single entry of the release before does not tell it. */
  usable: z.boolean().optional(),
});

/**
 * What whoever brought a file may do by now, as the single entry says: while it runs nobody is signed in for it.
 * Undefined when the account is no longer bound, active and of the unit the file is of.
 */
export function createImportRights(deps: { api: Pick<IdpApi, 'get'>; menu: Menu }): ImportRights {
  return async ({ sub, accountId, personName, unit }) => {
    const path = `/subsystem-accounts/${encodeURIComponent(accountId)}`;
    const answer = await deps.api.get(path, 'accounts:read').catch((error: unknown) => {
      throw new RightsUnknown(error);
    });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new RightsUnknown(new Error(`it answered ${answer.status}`));
    const now = accountSchema.parse(answer.body);
    if (now.status !== 'active' || now.usable === false || now.unit.code !== unit.code) return undefined;
    const { role, duty, menu_roles: menuRoles } = now;
    return actorOf({ sub, personName, account: { id: accountId, unit, role, duty, menuRoles } }, deps.menu);
  };
}
