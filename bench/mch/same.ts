import { type RawBuilder, sql } from 'kysely';
import { openDatabase } from '#db/handle.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { taipeiDay } from '#kit/clock.ts';
import { AREAS } from '#mch/areas/index.ts';
import {
  COVERAGE_IN_ALL,
  coverage as coverageNow,
} from '../../mch-app/areas/antenatal-education/store/statistics.ts';
import { linesOf } from '../../mch-app/areas/high-risk/store/statistics.ts';
import { IN_ALL, byMonth } from '../../mch-app/areas/preventive-care/store/statistics.ts';
import { type Scope, indexKinds } from '../../mch-app/records/index.ts';
import { countOf } from '../../mch-app/records/store/list.ts';
import { WAITING, coverage, preventiveCare, settlementLines } from './plain.ts';
import { UNITS } from './plan.ts';
import { askedSize } from './size.ts';
import { openCounty } from './world.ts';

/*
 * npm run bench -- same [--mothers 30000] [--births 20000] [--years 5] [--seed 1]
 *
 * Whether the reports and to-dos that were rewritten to be quick say what plain statements say (plain.ts), row by row
 * over a county, for whoever reaches a unit, a township, a county and the nation. Ends with 1 where one differs.
 */
const world = await openCounty(askedSize(), (text) => process.stderr.write(`${text}\n`));
const database = openDatabase<MchTables>({
  url: world.server.url('mch'),
  connections: 1,
  applicationName: 'bench',
  plans: 'custom',
  patient: true,
  statementMs: 300_000,
  onConnectionLost: (error) => process.stderr.write(`${error.message}\n`),
});
const now = new Date();
const today = taipeiDay(now);
const months = { since: `${Number(today.slice(0, 4)) - 5}-01`, until: today.slice(0, 7) };
const [station, bureau] = [UNITS.station[0], UNITS.bureau[0]];
const SCOPES: Scope[] = [
  ...[UNITS.clinic[0], UNITS.hospital[0]].map((unit) => ({
    kind: 'own' as const,
    unitCode: unit?.code ?? '',
  })),
  { kind: 'town', unitCode: station?.code ?? '', town: station?.town ?? '' },
  { kind: 'county', unitCode: bureau?.code ?? '', county: bureau?.county ?? '' },
  { kind: 'nation', unitCode: 'A21040000I' },
];
const COUNTED = sql`exams, abnormal, referred, referrals, diagnosed, due, attended`;
const kindOf = indexKinds(AREAS);
const TODOS = {
  T01: ['child-referral', 'major_undiagnosed'],
  T21: ['child-referral', 'delay_unassessed'],
  T22: ['child-tracking', undefined],
} as const;

let isSame = true;
try {
  process.stdout.write(
    '| what | reach | rows | only now | only plainly |\n| --- | --- | ---: | ---: | ---: |\n',
  );
  for (const scope of SCOPES) {
    const plainCare = preventiveCare(scope, months, today);
    await compare(
      'preventive care, lines',
      scope,
      sql`select month, ${COUNTED} from (${byMonth(scope, months, today)}) l`,
      plainCare,
    );
    await compare(
      'preventive care, sums',
      scope,
      sql`select ${COUNTED} from (select ${IN_ALL} from (${byMonth(scope, months, today)}) l) t`,
      sql`select ${sql.join(['exams', 'abnormal', 'referred', 'referrals', 'diagnosed', 'due', 'attended'].map((name) => sql`sum(${sql.ref(name)})`))} from (${plainCare}) l`,
    );
    const rate = coverageNow(scope, { ...months, level: 'month' });
    const plainRate = coverage(scope, months);
    await compare(
      'coverage, lines',
      scope,
      sql`select id as month, eligible, covered from (${rate}) l`,
      plainRate,
    );
    await compare(
      'coverage, sums',
      scope,
      sql`select eligible, covered from (select ${COVERAGE_IN_ALL} from (${rate}) l) t`,
      sql`select coalesce(sum(eligible), 0), coalesce(sum(covered), 0) from (${plainRate}) l`,
    );
    await compare(
      'lines of settlements',
      scope,
      sql`select id, record, month, item, done_on, person, case_no, price from (${linesOf(scope, months)}) l`,
      sql`select id, record, month, item, done_on, person, case_no, price from (${settlementLines(scope, months)}) l`,
    );
    for (const [id, [kind, only]] of Object.entries(TODOS)) {
      const filters = { state: 'submitted', ...(only && { only }) };
      await compare(
        id,
        scope,
        sql`select ${countOf(kindOf(kind), scope, filters, now)} as count`,
        sql`select count(*) from (${WAITING[id]?.(scope, today)}) l`,
      );
    }
  }
  if (!isSame) process.exitCode = 1;
} finally {
  await database.close();
  await world.server.stop();
}

async function compare(
  what: string,
  scope: Scope,
  quick: RawBuilder<unknown>,
  plain: RawBuilder<unknown>,
): Promise<void> {
  const { rows } = await sql<{ all: number; more: number; less: number }>`
    with quick as materialized (${quick}), plain as materialized (${plain})
    select (select count(*) from quick) as all,
      (select count(*) from (select * from quick except all select * from plain) d) as more,
      (select count(*) from (select * from plain except all select * from quick) d) as less`.execute(
    database.db,
  );
  const { all = 0, more = 0, less = 0 } = rows[0] ?? {};
  isSame &&= more === 0 && less === 0;
  process.stdout.write(`| ${what} | ${scope.kind} | ${all} | ${more} | ${less} |\n`);
}
