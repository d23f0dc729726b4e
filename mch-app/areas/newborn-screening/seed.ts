import { taipeiDay } from '#kit/clock.ts';
import { type SeedCourse, type SeedRecord, dayAfter, momentAfter, untilNow } from '../../records/index.ts';
import { BIRTH } from './births.ts';
import { DIAGNOSIS, REFERRAL } from './diagnosis.ts';
import { ITEMS } from './items.ts';
import { FINDING } from './lab.ts';
import { REPEAT } from './repeat.ts';
import { SPECIMEN } from './specimens.ts';
import { TRACKING } from './tracking.ts';

const HOUR_MS = 3_600_000;
/** What was taken since waits to be mailed. */
const MAILED_HOURS = 36;

/** A disease as the centre and the hospital write it. */
const FOUND = [
  { item: 'g6pd', icd10: 'D55.0' },
  { item: 'cht', icd10: 'E03.1' },
] as const;

/** Each child born, its heel blood and what the centre found; the few that are called back or sent on to be confirmed. */
export function seed(course: SeedCourse): SeedRecord[] {
  const { child, places, rarely } = course;
  if (!child) return [];
  const isRefused = rarely(0.008);
  const isForgotten = rarely(0.015);
  const reason = child.isAlive ? (isRefused ? 'refused' : null) : 'died';
  const birth: SeedRecord = {
    kind: BIRTH,
    by: places.hospital,
    at: hoursAfter(child.bornAt, 6),
    values: {
      feeding_start: child.isAlive ? hoursAfter(child.bornAt, 2) : null,
      nicu: false,
      not_screened_reason: reason,
    },
  };
  const told = tracking(course, birth, dayAfter(child.birthDate, 6));
  if (reason !== null || isForgotten)
    return untilNow(course, [birth, ...(isForgotten && child.isAlive ? [told] : [])]);
  return untilNow(course, [birth, ...screened(course, birth, child.bornAt)]);
}

function screened(course: SeedCourse, birth: SeedRecord, bornAt: Date): SeedRecord[] {
  const { now, random, rarely, happens } = course;
  const taken = hoursAfter(bornAt, 50 + Math.floor(random() * 12));
  const isMailed = !rarely(0.025) && now.getTime() - taken.getTime() > MAILED_HOURS * HOUR_MS;
  const first = specimen(course, birth, taken, { seq: 1, isMailed });
  if (!isMailed || rarely(0.008)) return [first];
  const fate = rarely(0.025) ? 'repeat' : rarely(0.05) ? 'confirm' : 'normal';
  const reported = dayAfter(taipeiDay(taken), 4);
  const { item, icd10 } = FOUND[happens(0.5) ? 0 : 1];
  const result = finding(
    course,
    first,
    taken,
    fate === 'normal' ? { overall: fate } : { overall: fate, item },
  );
  if (fate === 'normal') return [first, result];
  const followed = [first, result, tracking(course, birth, dayAfter(reported, 5))];
  if (fate === 'confirm') return [...followed, ...confirmed(course, result, reported, { item, icd10 })];
  return happens(0.6) ? [...followed, ...repeated(course, birth, result, reported)] : followed;
}

function specimen(
  { mother, places, texts, happens, rarely }: SeedCourse,
  birth: SeedRecord,
  taken: Date,
  { seq, isMailed }: { seq: number; isMailed: boolean },
): SeedRecord {
  const subsidy = happens(0.06) ? 'low_income' : rarely(0.01) ? 'none' : 'general';
  return {
    kind: SPECIMEN,
    by: places.hospital,
    at: hoursAfter(taken, 1),
    parent: birth,
    values: {
      filter_card_no: `D${mother.idNo.slice(2)}${seq}`,
      seq,
      collected_at: taken,
      collector: texts.manager,
      center: places.laboratory.code,
      mailed_date: isMailed ? taipeiDay(taken) : null,
      consent: true,
      subsidy_type: seq > 1 ? 'none' : subsidy,
    },
  };
}

function finding(
  { places }: SeedCourse,
  of: SeedRecord,
  taken: Date,
  { overall, item }: { overall: 'normal' | 'repeat' | 'confirm'; item?: string },
): SeedRecord {
  const reported = dayAfter(taipeiDay(taken), 4);
  const flag = overall === 'confirm' ? 'positive' : 'suspected';
  return {
    kind: FINDING,
    by: places.laboratory,
    at: momentAfter(reported, 0, 14),
    parent: of,
    values: {
      received_date: dayAfter(taipeiDay(taken), 2),
      condition: 'fit',
      overall,
      report_date: reported,
      ...(overall === 'confirm' && { notified_at: momentAfter(reported, 0, 11), notify_mode: 'phone' }),
    },
    rows: { items: ITEMS.map((code) => ({ item_flag: code === item ? flag : 'normal' })) },
  };
}

/** Called back, taken once more, and well. */
function repeated(course: SeedCourse, birth: SeedRecord, result: SeedRecord, reported: string): SeedRecord[] {
  const taken = momentAfter(reported, 3, 10);
  const second = specimen(course, birth, taken, { seq: 2, isMailed: true });
  const repeat: SeedRecord = {
    kind: REPEAT,
    by: course.places.hospital,
    at: hoursAfter(taken, 3),
    parent: result,
    values: {
      recall_date: dayAfter(reported, 1),
      recall_result: 'resampled',
      next_card_no: second.values['filter_card_no'] ?? null,
    },
  };
  return [second, repeat, finding(course, second, taken, { overall: 'normal' })];
}

function confirmed(
  { places, texts, happens }: SeedCourse,
  result: SeedRecord,
  reported: string,
  { item, icd10 }: { item: string; icd10: string },
): SeedRecord[] {
  const referral: SeedRecord = {
    kind: REFERRAL,
    by: places.hospital,
    at: momentAfter(reported, 1, 10),
    parent: result,
    values: {
      refer_date: dayAfter(reported, 1),
      referred_to: places.confirming.code,
      suspected: [item],
      note: texts.note,
    },
  };
  const found = dayAfter(reported, 9);
  const disease = { disease: item, icd10, treatment_start: found };
  const diagnosis: SeedRecord = {
    kind: DIAGNOSIS,
    by: places.confirming,
    at: momentAfter(found, 0, 16),
    parent: referral,
    values: {
      diag_date: found,
      physician: texts.physician,
      ...(happens(0.6) ? { diagnosis: 'confirmed', ...disease } : { diagnosis: 'excluded' }),
    },
  };
  return happens(0.65) ? [referral, diagnosis] : [referral];
}

function tracking({ places, texts, happens }: SeedCourse, parent: SeedRecord, on: string): SeedRecord {
  return {
    kind: TRACKING,
    by: places.station,
    at: momentAfter(on, 0, 15),
    parent,
    values: { tracked_on: on, mode: 'phone', status: 'seen', content: texts.note },
    ...(happens(0.4) && { state: 'approved' as const }),
  };
}

const hoursAfter = (at: Date, hours: number): Date => new Date(at.getTime() + hours * HOUR_MS);
