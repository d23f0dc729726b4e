import { sql } from 'kysely';
import { type Database, openDatabase } from '#db/handle.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { taipeiDay } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { AREAS } from '#mch/areas/index.ts';
import { recordsOf } from '#mch/record-pages.ts';
import { type SeedCourse, enterSeed, indexKinds, momentAfter, monthsAgo } from '#mch/records/index.ts';
import { UNITS } from './plan.ts';

const MONTHS = 6;
const PRICES = { price_intake: 500, price_contact: 300, price_home_visit: 1000, price_postpartum: 400 };
const ACCOUNT = { id: 'P@00000001P@mbh_01', personName: 'county' };
const REVIEWER = { id: 'P@00000003P@mbh_01', personName: 'bureau' };
const SETTLEMENT = indexKinds(AREAS)('hr-settlement');

/**
 * What the units of a county have claimed of the last months' high-risk care, entered as somebody would: the latest
 * month waits at the bureau, the others are paid. @returns how many claims there are
 */
export async function claimMonths(
  of: { url: string; keys: string; course: SeedCourse },
  now: Date,
): Promise<number> {
  const database = openDatabase<MchTables>({
    url: of.url,
    connections: 2,
    applicationName: 'bench',
    patient: true,
    onConnectionLost: () => {},
  });
  const deps = recordsOf({ db: database.db, clock: () => now, keyring: createKeyring(of.keys) }, AREAS);
  let claims = 0;
  try {
    for (let ago = MONTHS; ago >= 1; ago -= 1) {
      const month = monthsAgo(ago)(taipeiDay(now));
      for (const code of await unitsOf(database, month)) {
        const by = [...UNITS.station, ...UNITS.hospital].find((unit) => unit.code === code);
        if (!by) continue;
        const at = new Date(
          Math.min(now.getTime(), momentAfter(`${monthsAgo(ago - 1)(taipeiDay(now))}-01`, 2).getTime()),
        );
        const state = ago > 1 ? ('approved' as const) : ('submitted' as const);
        const record = { kind: SETTLEMENT, by, at, values: { month, ...PRICES }, state };
        await enterSeed(deps, of.course, record, { parent: undefined, account: ACCOUNT, reviewer: REVIEWER });
        claims += 1;
      }
    }
  } finally {
    await database.close();
  }
  return claims;
}

/** Who has contacts of a month to claim. */
async function unitsOf({ db }: Database<MchTables>, month: string): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select distinct r.unit_code as code from record r join hr_contact t on t.record_id = r.id
    where r.kind = 'hr-contact' and r.state in ('submitted', 'approved') and t.contact_result = 'done'
      and t.settlement_id is null and r.service_on >= ${`${month}-01`}::date
      and r.service_on < ${`${month}-01`}::date + interval '1 month' order by 1`.execute(db);
  return rows.map(({ code }) => code);
}
