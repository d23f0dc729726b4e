import { type SeedCourse, type SeedRecord, dayAfter, momentAfter, untilNow } from '../../records/index.ts';
import { POSITIVE, RESULT, SPECIMEN } from './definition.ts';

/** A specimen in weeks 35 to 37, its result within a week, and what became of a mother found positive. */
export function seed(course: SeedCourse): SeedRecord[] {
  const { edc, places, happens, random } = course;
  const days = 35 * 7 + Math.floor(random() * 20);
  const sampled = dayAfter(edc, days - 280);
  if (!happens(0.95)) return [];
  const specimen: SeedRecord = {
    kind: SPECIMEN,
    by: places.clinic,
    at: momentAfter(sampled, 0, 9 + Math.floor(random() * 8)),
    values: {
      sample_date: sampled,
      gest_days: days,
      sites: ['vagina', 'rectum'],
      lab_unit: places.laboratory.code,
      citizen_basis: 'citizen',
    },
    ...(happens(0.02) && { state: 'draft' as const }),
  };
  const reported = 2 + Math.floor(random() * 5);
  const isPositive = happens(0.2);
  const result: SeedRecord = {
    kind: RESULT,
    by: places.laboratory,
    at: momentAfter(sampled, reported, 15),
    parent: specimen,
    values: {
      result: isPositive ? 'positive' : course.rarely(0.01) ? 'rejected' : 'negative',
      report_date: dayAfter(sampled, reported),
      method: happens(0.8) ? 'culture' : 'pcr',
    },
  };
  const birth = course.child?.birthDate ?? edc;
  const followed: SeedRecord = {
    kind: POSITIVE,
    by: places.clinic,
    at: momentAfter(birth, 14, 11),
    parent: result,
    values: {
      followed_on: dayAfter(birth, 14),
      intrapartum_antibiotic: happens(0.9) ? 'yes' : 'caesarean',
      delivery_date: birth,
      newborn_outcome: course.rarely(0.01) ? 'suspected' : 'healthy',
    },
  };
  const isDraft = specimen.state === 'draft';
  const isFollowed = isPositive && course.child !== undefined && happens(0.85);
  return untilNow(course, [
    specimen,
    isDraft || course.rarely(0.015) ? undefined : result,
    isFollowed ? followed : undefined,
  ]);
}
