import { taipeiDay } from '#kit/clock.ts';
import {
  type SeedBooks,
  type SeedCourse,
  type SeedRecord,
  type Values,
  dayAfter,
  momentAfter,
  monthsAgo,
  untilNow,
} from '../../records/index.ts';
import { CLAIM } from './claims.ts';
import { DEVELOPMENT } from './development.ts';
import { DIAGNOSIS } from './diagnoses.ts';
import { EXAM } from './exams.ts';
import { DOMAINS, SYSTEMS } from './fields.ts';
import { REFERRAL } from './referrals.ts';
import { TRACKING } from './tracking.ts';

/** Days of age at which a child is seen, within the windows of the visits and of the screenings. */
const SEEN = [35, 75, 150, 400, 600, 800];
const SCREENED = [200, 420, 610, 810];

/** The visits and screenings of a child up to today, and what became of what was abnormal. */
export function seed(course: SeedCourse): SeedRecord[] {
  const { child } = course;
  if (!child?.isAlive) return [];
  const visits = SEEN.flatMap((age, at) =>
    course.happens(0.85) ? exam(course, child.birthDate, age, at + 1) : [],
  );
  const screenings = SCREENED.flatMap((age, at) =>
    course.happens(0.7) ? [development(course, child.birthDate, age, at + 1)] : [],
  );
  return untilNow(course, [...visits, ...screenings]);
}

function exam(course: SeedCourse, born: string, age: number, number: number): SeedRecord[] {
  const { places, random, rarely } = course;
  const on = dayAfter(born, age + Math.floor(random() * 10));
  const system = rarely(0.03) ? SYSTEMS[Math.floor(random() * SYSTEMS.length)] : undefined;
  const develops = !rarely(0.02);
  const seen: Values = Object.fromEntries([
    ...SYSTEMS.map((name) => [`sys_${name}`, name === system ? 'abnormal' : 'normal']),
    ...DOMAINS.map((name) => [`dev_${name}`, develops || name !== 'language' ? 'normal' : 'abnormal']),
  ]);
  const isAbnormal = system !== undefined || !develops;
  const visit: SeedRecord = {
    kind: EXAM,
    by: places.hospital,
    at: momentAfter(on, 0, 11),
    values: {
      visit_no: String(number),
      exam_date: on,
      height: 50 + Math.round(age / 12 + random() * 4) / 2,
      weight: Math.round((3.2 + Math.sqrt(age) * 0.3 + random()) * 10) / 10,
      head_circ: 35 + Math.round(Math.sqrt(age) * 0.5),
      ...seen,
      stool_card: 'normal',
      ...(isAbnormal && { advice: course.texts.note }),
    },
  };
  if (!isAbnormal || !course.happens(0.8)) return [visit];
  return [visit, ...sentOn(course, visit, on, develops ? system : 'development')];
}

function sentOn(course: SeedCourse, visit: SeedRecord, on: string, suspected = 'other'): SeedRecord[] {
  const { places, happens, random, texts } = course;
  const isMajor = suspected === 'heart' || happens(0.4);
  const referral: SeedRecord = {
    kind: REFERRAL,
    by: places.hospital,
    at: momentAfter(on, 1, 9),
    parent: visit,
    values: {
      refer_date: dayAfter(on, 1),
      destination: 'hospital',
      to_unit: places.confirming.code,
      reason_category: suspected === 'development' ? 'delay' : isMajor ? 'major' : 'general',
      suspected: [suspected],
      summary: texts.note,
      guardian_consent: true,
      urgency: 'routine',
    },
  };
  const after = 12 + Math.floor(random() * 20);
  const isConfirmed = happens(0.6);
  const diagnosis: SeedRecord = {
    kind: DIAGNOSIS,
    by: places.confirming,
    at: momentAfter(on, after, 16),
    parent: referral,
    values: {
      visit_date: dayAfter(on, after),
      diagnosis_result: isConfirmed ? 'confirmed' : 'excluded',
      ...(isConfirmed && { diagnosis: suspected === 'development' ? 'F80.9' : 'Q21.0', severity: 'mild' }),
      physician: texts.physician,
    },
  };
  const tracking: SeedRecord = {
    kind: TRACKING,
    by: places.station,
    at: momentAfter(on, 8, 14),
    parent: referral,
    values: {
      track_date: dayAfter(on, 8),
      mode: 'phone',
      findings: texts.note,
      child_status: 'attended',
    },
    ...(happens(0.6) && { state: 'approved' as const }),
  };
  return [referral, ...(happens(0.7) ? [tracking] : []), ...(happens(0.7) ? [diagnosis] : [])];
}

function development(course: SeedCourse, born: string, age: number, number: number): SeedRecord {
  const on = dayAfter(born, age);
  const score = () => 60 + Math.floor(course.random() * 40);
  return {
    kind: DEVELOPMENT,
    by: course.places.hospital,
    at: momentAfter(on, 0, 15),
    values: {
      screen_no: String(number),
      screen_date: on,
      tool: 'national',
      score_gross: score(),
      score_fine: score(),
      score_language: score(),
      score_social: score(),
      screen_result: course.happens(0.94) ? 'pass' : 'follow',
    },
  };
}

/** The claims of the months before last: the earlier one paid, the later one with the health bureau. */
export function books({ now, places, records }: SeedBooks): SeedRecord[] {
  const today = taipeiDay(now);
  const firstOf = (ago: number): string => `${monthsAgo(ago)(today)}-01`;
  return [3, 2].flatMap((ago): SeedRecord[] => {
    const [from, to] = [firstOf(ago), firstOf(ago - 1)];
    const isDue = ({ kind, values: { visit_date: on } }: SeedRecord): boolean =>
      kind === DIAGNOSIS && typeof on === 'string' && on >= from && on < to;
    if (!records.some(isDue)) return [];
    return [
      {
        kind: CLAIM,
        by: places.hospital,
        at: momentAfter(to, 5),
        values: { claim_month: from.slice(0, 7), fee_each: 500 },
        state: ago === 3 ? 'approved' : 'submitted',
      },
    ];
  });
}
