import { type SeedCourse, type SeedRecord, dayAfter, momentAfter, untilNow } from '../../records/index.ts';
import { RECORD } from './record.ts';
import { REGISTRATION } from './registration.ts';
import { FIRST_TOPICS, THIRD_TOPICS } from './topics.ts';

/** Weeks of the checks everybody has, as far as the seed tells of them. */
const CHECKS = [10, 16, 22, 27, 31, 36];

/** Checks of a pregnancy, two of them with guidance that is claimed, uploaded, or both. */
export function seed(course: SeedCourse): SeedRecord[] {
  // some stay away for months
  const isIrregular = course.rarely(0.04);
  const visits = CHECKS.filter((week) => !isIrregular || week < 14 || week > 30).map((week, at) =>
    visit(course, week, at + 1),
  );
  const first = visits.find(({ week }) => week < 13);
  const third = visits.find(({ week }) => week >= 29);
  const told = [
    ...(first ? guidance(course, first, 'first', '91') : []),
    ...(third ? guidance(course, third, 'third', '92') : []),
  ];
  return untilNow(course, [...visits.map(({ record }) => record), ...told]);
}

interface Visit {
  week: number;
  days: number;
  on: string;
  record: SeedRecord;
}

function visit(course: SeedCourse, week: number, seq: number): Visit {
  const days = week * 7 + Math.floor(course.random() * 7);
  const on = dayAfter(course.edc, days - 280);
  const record: SeedRecord = {
    kind: REGISTRATION,
    by: course.places.clinic,
    at: momentAfter(on, 0, 8 + Math.floor(course.random() * 9)),
    values: { visit_date: on, visit_seq: seq, gest_days: days },
  };
  return { week, days, on, record };
}

/** What becomes of the check at which guidance is given. */
function guidance(course: SeedCourse, at: Visit, trimester: 'first' | 'third', code: string): SeedRecord[] {
  const { record, on, days } = at;
  const isClaimed = !course.rarely(0.03);
  const isUploaded = !course.rarely(0.04);
  if (isClaimed) {
    record.values = { ...record.values, nhi_order_code: code };
    record.state = 'paid';
  }
  const again: SeedRecord = { ...record, at: momentAfter(on, 3, 9), values: { ...record.values } };
  const elsewhere = { ...again, by: course.places.elsewhere };
  const upload: SeedRecord = {
    kind: RECORD,
    by: course.places.clinic,
    at: new Date(record.at.getTime() + 3_600_000),
    values: {
      trimester,
      service_date: on,
      gest_days: days,
      height_cm: 150 + Math.floor(course.random() * 25),
      pre_preg_weight_kg: 45 + Math.floor(course.random() * 30),
      bp_sys: 100 + Math.floor(course.random() * 30),
      bp_dia: 60 + Math.floor(course.random() * 20),
      smoking: 'never',
      [`topics_${trimester}`]: trimester === 'first' ? [...FIRST_TOPICS] : [...THIRD_TOPICS],
      understanding: course.happens(0.9) ? 'clear' : 'partly',
      referral: course.rarely(0.02) ? 'high_risk_programme' : 'none',
      provider_name: course.texts.physician,
      provider_type: course.happens(0.6) ? 'physician' : 'nurse',
    },
    ...(isClaimed && { state: 'paid' as const }),
  };
  return [
    ...(isUploaded ? [upload] : []),
    ...(isClaimed && course.rarely(0.01) ? [again] : []),
    ...(isClaimed && course.rarely(0.01) ? [elsewhere] : []),
  ];
}
