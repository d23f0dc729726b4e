import { people, units } from '#db/idp/seed/world.ts';
import { createKeyring } from '#kit/keyring.ts';
import { MENU_ROLE_GRANTS } from '#mch/access/grants.ts';
import { AREAS } from '#mch/areas/index.ts';
import { readConfig } from '#mch/config.ts';
import { recordsOf } from '#mch/record-pages.ts';
import { monthsAgo } from '#mch/records/index.ts';
import { today } from './births.ts';
import type { OpAccount } from './fake-op.ts';
import { HOSPITAL, type Mch, STATION } from './mch.ts';
import { BUREAU } from './people.ts';

/** The demonstration's month: who looks at it, and where. */

/** What the engine works with at this system. */
export const recordsDeps = (mch: Mch) =>
  recordsOf(
    {
      db: mch.database.db,
      clock: mch.clock.now,
      keyring: createKeyring(readConfig(mch.environment).masterKeys),
    },
    AREAS,
  );

/** Accounts of the three units with every menu role of their duty. */
const everyRole = (account: OpAccount, prefix: string, serial: number): OpAccount => ({
  ...account,
  id: `P@0000008${serial}P@mbh_0${serial}`,
  menu_roles: Object.keys(MENU_ROLE_GRANTS).filter((role) => role.startsWith(prefix)),
});
/** The three units' accounts that tests take. */
export const DEMO_PEOPLE = [
  everyRole(HOSPITAL, 'mi_', 1),
  everyRole(STATION, 'hs_', 2),
  everyRole(BUREAU, 'hb_', 3),
];

/** The accounts that people try the demonstration with. */
export const DEMO_ACCOUNTS: OpAccount[] = people
  .flatMap(({ subsystemAccounts }) => subsystemAccounts)
  .filter(({ subsystemCode }) => subsystemCode === 'mch')
  .map(({ id, unitCode, role, duty, menuRoles, binding = id }) => ({
    id,
    binding,
    unit: units.find(({ code }) => code === unitCode) ?? HOSPITAL.unit,
    role,
    duty,
    menu_roles: menuRoles,
  }));

/** Every list, report and statistic of the areas; one of a month shows last month, for a month may just have begun. */
export function demoPlaces(): string[] {
  const last = monthsAgo(1)(today);
  const places = AREAS.flatMap(({ kinds, alsoAt = [], reports }) => [
    ...[...kinds, ...alsoAt].map(({ path }) => `/${path}`),
    ...reports.map(({ path, fields }) => {
      const month = fields.find(({ kind }) => kind === 'month')?.name;
      return month === undefined ? `/${path}` : `/${path}?${month}=${last}`;
    }),
  ]);
  return [...new Set(places)];
}
