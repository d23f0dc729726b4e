import names from '#db/mch/seed/names.json' with { type: 'json' };
import { units } from '#db/mch/seed/units.ts';
import { AREAS } from '../areas/index.ts';
import { type FullRecord, type RecordsDeps, type SeedRecord, enterSeed } from '../records/index.ts';
import { keepUnit } from '../units/index.ts';
import { enterBirth } from './births.ts';
import { type SeedPlan, coursesOf } from './courses.ts';
import { hasRecords } from './store.ts';

const { hospital, clinic, station, bureau } = units;
const places = {
  clinic: hospital,
  elsewhere: clinic,
  hospital,
  laboratory: hospital,
  confirming: hospital,
  station,
  bureau,
};
/** What is older is not entered, unless something newer belongs to it. */
const KEPT_DAYS = 120;

/** Who gives birth these months, and older children with their checks. */
const plansOf = (now: Date): SeedPlan[] => {
  const same = { seed: 17, now, pregnancies: 1, oddity: 6, placesFor: () => places, towns: TOWNS };
  return [
    { ...same, mothers: 140, daysBack: 118, daysAhead: 150 },
    { ...same, mothers: 80, skip: 140, daysBack: 900, daysAhead: -130 },
  ];
};
const TOWNS = ['10017070', '10017020', '10017030'];

/** Accounts of the demonstration, in whose names it is entered and approved. */
const account = { id: 'P@00000001P@mbh_01', personName: names.clerks.staff };
const reviewer = { id: 'P@00000003P@mbh_01', personName: names.clerks.reviewer };

/**
 * Enters what the areas tell of synthetic pregnancies into a system that has no records, in the order it would have
 * happened; leaves any other as it is.
 * @returns how many records were entered
 */
export async function seedDemo(deps: RecordsDeps): Promise<number> {
  if (await hasRecords(deps.db)) return 0;
  for (const unit of Object.values(units)) await keepUnit(deps.db, unit);
  const now = deps.clock();
  const courses = plansOf(now).flatMap((plan) => [...coursesOf(plan)]);
  for (const course of courses) await enterBirth(deps, course);
  const since = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  const entries = courses.flatMap((course) => {
    const told = [...AREAS.map(({ seed }) => seed), ...AREAS.map(({ demo }) => demo)];
    return newest(
      told.flatMap((of) => of?.(course) ?? []),
      since,
    ).map((record) => ({ course, record }));
  });
  const [course] = courses;
  if (!course) return 0;
  const books = { now, places, texts: course.texts, records: entries.map(({ record }) => record) };
  entries.push(
    ...AREAS.flatMap((area) => area.demoBooks?.(books) ?? []).map((record) => ({ course, record })),
  );
  const kept = new Map<SeedRecord, FullRecord>();
  for (const { course: of, record } of entries.toSorted(
    (a, b) => a.record.at.getTime() - b.record.at.getTime(),
  )) {
    const parent = record.parent && kept.get(record.parent);
    kept.set(record, await enterSeed(deps, of, record, { parent, account, reviewer }));
  }
  return kept.size;
}

/** Those since a moment, and what they belong to. */
function newest(records: readonly SeedRecord[], since: Date): SeedRecord[] {
  const kept = new Set<SeedRecord>();
  for (const record of records.filter(({ at }) => at >= since)) {
    for (let one: SeedRecord | undefined = record; one; one = one.parent) kept.add(one);
  }
  return records.filter((record) => kept.has(record));
}
