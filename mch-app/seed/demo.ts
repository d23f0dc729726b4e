import names from '#db/mch/seed/names.json' with { type: 'json' };
import { units } from '#db/mch/seed/units.ts';
import { AREAS } from '../areas/index.ts';
import { type FullRecord, type RecordsDeps, type SeedRecord, enterSeed } from '../records/index.ts';
import { keepUnit } from '../units/index.ts';
import { enterBirth } from './births.ts';
import { type SeedPlan, coursesOf } from './courses.ts';
import { hasRecords } from './store.ts';

const { hospital, station, bureau } = units;

/** A month of three units, with what came before and what is due after. */
const planOf = (now: Date): SeedPlan => ({
  seed: 1,
  now,
  mothers: 140,
  pregnancies: 1,
  daysBack: 120,
  daysAhead: 40,
  oddity: 4,
  placesFor: () => ({
    clinic: hospital,
    hospital,
    laboratory: hospital,
    confirming: hospital,
    station,
    bureau,
  }),
  towns: ['10017070', '10017020', '10017030'],
});

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
  const courses = [...coursesOf(planOf(deps.clock()))];
  for (const course of courses) await enterBirth(deps, course);
  const entries = courses.flatMap((course) =>
    AREAS.flatMap((area) => area.seed?.(course) ?? []).map((record) => ({ course, record })),
  );
  const kept = new Map<SeedRecord, FullRecord>();
  for (const { course, record } of entries.toSorted(
    (a, b) => a.record.at.getTime() - b.record.at.getTime(),
  )) {
    const parent = record.parent && kept.get(record.parent);
    kept.set(record, await enterSeed(deps, course, record, { parent, account, reviewer }));
  }
  return kept.size;
}
