import { type SeedCourse, type SeedRecord, dayAfter, momentAfter, untilNow } from '../../records/index.ts';
import { DIAGNOSIS } from './diagnosis.ts';
import { SCREENING } from './screening.ts';
import { TRACKING } from './tracking.ts';

const HOUR_MS = 3_600_000;
const DEGREES = ['mild', 'moderate', 'moderately_severe', 'severe', 'profound'] as const;

/** Screened in the hospital of birth, again where an ear failed; referred, diagnosed and followed where it failed again. */
export function seed(course: SeedCourse): SeedRecord[] {
  const { child, places, happens, rarely, random } = course;
  if (!child?.isAlive || rarely(0.02)) return [];
  const after = (hours: number): Date => new Date(child.bornAt.getTime() + hours * HOUR_MS);
  const screening = (hours: number, values: SeedRecord['values']): SeedRecord => ({
    kind: SCREENING,
    by: places.hospital,
    at: after(hours + 1),
    values: { screened_at: after(hours), method: 'aabr', right_ear: 'pass', left_ear: 'pass', ...values },
  });
  const failed = { [happens(0.5) ? 'left_ear' : 'right_ear']: 'fail' };
  const hasFailed = rarely(0.06);
  const first = screening(25 + Math.floor(random() * 10), {
    stage: 'first',
    subsidy: !rarely(0.03),
    ...(hasFailed && failed),
    ...(rarely(0.03) && { risk_factors: ['nicu'] }),
  });
  if (!hasFailed || rarely(0.05)) return untilNow(course, [first]);
  const failedAgain = happens(0.6);
  const again = screening(40 + Math.floor(random() * 18), {
    stage: 'repeat',
    ...(failedAgain && { ...failed, refer_to: places.confirming.code }),
  });
  if (!failedAgain) return untilNow(course, [first, again]);
  return untilNow(course, [first, again, ...followed(course, again, child.birthDate)]);
}

function followed(course: SeedCourse, referred: SeedRecord, born: string): SeedRecord[] {
  const { places, happens, random } = course;
  if (!happens(0.85)) return [];
  const isLoss = happens(0.7);
  const degree = DEGREES[Math.floor(random() * DEGREES.length)] ?? 'mild';
  const found = 20 + Math.floor(random() * 30);
  const diagnosis: SeedRecord = {
    kind: DIAGNOSIS,
    by: places.confirming,
    at: momentAfter(born, found, 16),
    parent: referred,
    values: {
      diag_date: dayAfter(born, found),
      tests: ['abr'],
      abr_right: 20 + Math.floor(random() * 10),
      abr_left: isLoss ? 40 + Math.floor(random() * 60) : 20,
      right: 'normal',
      left: isLoss ? degree : 'normal',
      ...(isLoss && { type: 'sensorineural', onset: 'congenital', genetic: 'not_done', plan: ['aid'] }),
    },
  };
  if (!isLoss || !happens(0.85)) return [diagnosis];
  const fitted = found + 5 + Math.floor(random() * 20);
  const tracking: SeedRecord = {
    kind: TRACKING,
    by: places.station,
    at: momentAfter(born, fitted + 6, 14),
    parent: diagnosis,
    values: {
      date: dayAfter(born, fitted + 6),
      device: 'aid',
      device_date: dayAfter(born, fitted),
      intervention_start: dayAfter(born, fitted + 5),
      agency: course.texts.agency,
      content: course.texts.note,
    },
    ...(happens(0.3) && { state: 'approved' as const }),
  };
  return [diagnosis, tracking];
}
