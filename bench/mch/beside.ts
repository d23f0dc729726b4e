import { AREAS } from '#mch/areas/index.ts';
import { ITEMS } from '../../mch-app/areas/newborn-screening/items.ts';
import {
  type SeedCourse,
  type SeedRecord,
  type Values,
  dayAfter,
  indexKinds,
  momentAfter,
  untilNow,
} from '#mch/records/index.ts';
import words from './labels/contacts.json' with { type: 'json' };

/** Records of the areas that tell none of a course by themselves: a large county has them too. */
export const BESIDE: Readonly<Record<string, (course: SeedCourse) => SeedRecord[]>> = {
  'child/newborn-screening': screened,
  'maternal/high-risk': cared,
};

const kindOf = indexKinds(AREAS);
const DOMAINS = [
  'physical',
  'psychological',
  'social_support',
  'economic',
  'housing',
  'violence_risk',
  'substance',
];
const TRACKED = 30;

let card = 0;
let cases = 0;

/** Every birth, its specimen and what the centre found, item by item; a few called back or referred. */
function screened(course: SeedCourse): SeedRecord[] {
  const { child, places, happens, rarely } = course;
  if (!child?.isAlive) return [];
  const born = child.birthDate;
  const birth: SeedRecord = {
    kind: kindOf('nbs-birth'),
    by: places.hospital,
    at: child.bornAt,
    values: { nicu: rarely(0.05) },
  };
  if (rarely(0.01)) return untilNow(course, [birth, missed(course, birth)]);
  const taken = specimen(course, birth, 1, 2);
  if (rarely(0.005)) return untilNow(course, [birth, taken]);
  const ill = rarely(0.002);
  const again = !ill && rarely(0.02);
  const found = finding(course, taken, ill ? 'confirm' : again ? 'repeat' : 'normal', 7);
  if (again && happens(0.9)) {
    const second = specimen(course, birth, 2, 14);
    return untilNow(course, [birth, taken, found, second, finding(course, second, 'normal', 20)]);
  }
  if (!ill) return untilNow(course, [birth, taken, found]);
  const referral: SeedRecord = {
    kind: kindOf('nbs-referral'),
    by: places.hospital,
    at: momentAfter(born, 9),
    parent: found,
    values: { refer_date: dayAfter(born, 9), referred_to: places.confirming.code, suspected: [ITEMS[4]] },
  };
  const diagnosis: SeedRecord = {
    kind: kindOf('nbs-diagnosis'),
    by: places.confirming,
    at: momentAfter(born, 25),
    parent: referral,
    values: {
      diagnosis: happens(0.4) ? 'confirmed' : 'excluded',
      diag_date: dayAfter(born, 25),
      disease: ITEMS[4],
    },
  };
  return untilNow(course, [birth, taken, found, referral, ...(happens(0.9) ? [diagnosis] : [])]);
}

function missed({ places, child, texts }: SeedCourse, birth: SeedRecord): SeedRecord {
  const born = child?.birthDate ?? '';
  return {
    kind: kindOf('nbs-tracking'),
    by: places.station,
    at: momentAfter(born, TRACKED),
    parent: birth,
    values: { tracked_on: dayAfter(born, TRACKED), mode: 'phone', status: 'seen', content: texts.note },
  };
}

function specimen(
  { places, child, random }: SeedCourse,
  birth: SeedRecord,
  seq: number,
  days: number,
): SeedRecord {
  const born = child?.birthDate ?? '';
  card += 1;
  const share = random();
  return {
    kind: kindOf('nbs-specimen'),
    by: places.hospital,
    at: momentAfter(born, days + 1),
    parent: birth,
    values: {
      filter_card_no: `C${String(card).padStart(9, '0')}`,
      seq,
      collected_at: momentAfter(born, days + 1, 8),
      collector: words.collector,
      center: places.laboratory.code,
      mailed_date: dayAfter(born, days + 2),
      consent: true,
      subsidy_type: seq > 1 || share < 0.01 ? 'none' : share < 0.07 ? 'low_income' : 'general',
    },
  };
}

function finding(
  { places, child, random }: SeedCourse,
  of: SeedRecord,
  overall: 'normal' | 'repeat' | 'confirm',
  days: number,
): SeedRecord {
  const born = child?.birthDate ?? '';
  const odd = overall === 'normal' ? -1 : 4;
  const items: Values = Object.fromEntries(
    ITEMS.flatMap((item, at) => [
      [`items.${at}.item`, item],
      [`items.${at}.item_value`, Math.round(random() * 1000) / 10],
      [`items.${at}.item_flag`, at !== odd ? 'normal' : overall === 'confirm' ? 'positive' : 'suspected'],
    ]),
  );
  return {
    kind: kindOf('nbs-lab'),
    by: places.laboratory,
    at: momentAfter(born, days),
    parent: of,
    values: {
      received_date: dayAfter(born, days - 1),
      condition: 'fit',
      overall,
      report_date: dayAfter(born, days),
      ...items,
    },
  };
}

/** One pregnancy in twelve: an intake, its case, contacts month by month, a referral, and after the birth the close. */
function cared(course: SeedCourse): SeedRecord[] {
  const { places, happens, random, edc, child, now } = course;
  if (!happens(1 / 12)) return [];
  const from = dayAfter(edc, -180);
  const opened = (days: number): Date => momentAfter(from, days, 9);
  const number = `Q${String((cases += 1)).padStart(9, '0')}`;
  const isOver = child !== undefined && Date.parse(child.birthDate) + 60 * 86_400_000 < now.getTime();
  const next = 20 + Math.floor(random() * 15);
  const times = Math.max(
    1,
    Math.min(8, Math.floor((now.getTime() - opened(0).getTime()) / 86_400_000 / next)),
  );
  const intake: SeedRecord = {
    kind: kindOf('hr-intake'),
    by: places.hospital,
    at: opened(0),
    values: {
      intake_date: from,
      served: 'mother',
      source: 'clinic',
      criteria: ['smoking'],
      enrolled: true,
      consent: true,
      consent_date: from,
      assigned_unit: places.station.code,
      case_manager: words.manager,
      case_no: number,
    },
  };
  const delivered = child ? child.birthDate : null;
  const held: SeedRecord = {
    kind: kindOf('hr-case'),
    by: places.station,
    at: opened(1),
    parent: intake,
    values: {
      opened_on: dayAfter(from, 1),
      case_no: number,
      case_status: isOver ? 'closed' : 'open',
      risk_level: 'low',
      next_contact_on: isOver ? null : dayAfter(from, (times + 1) * next),
      case_manager: words.manager,
      extended: false,
      delivered_on: delivered,
      limit_on: delivered && dayAfter(delivered, 42),
      closed_on: isOver && delivered ? dayAfter(delivered, 50) : null,
    },
  };
  const inCase = (kind: string, days: number, values: Values): SeedRecord => ({
    kind: kindOf(kind),
    by: places.station,
    at: opened(days),
    parent: held,
    values,
  });
  const assessment = inCase('hr-assessment', 2, {
    assess_date: dayAfter(from, 2),
    stage: 'first',
    ...Object.fromEntries(DOMAINS.map((name) => [name, 'low'])),
  });
  const contacts = Array.from({ length: times }, (_, at) =>
    inCase('hr-contact', (at + 1) * next, {
      contact_date: dayAfter(from, (at + 1) * next),
      contact_mode: happens(0.3) ? 'home' : 'phone',
      contact_result: happens(0.9) ? 'done' : 'absent',
      topics: ['check_ups', 'nutrition'],
      content: textOf(random),
      next_date: dayAfter(from, (at + 2) * next),
    }),
  );
  const referral = inCase('hr-referral', 40, {
    ref_date: dayAfter(from, 40),
    target: 'medical',
    reason: words.reason,
  });
  const reply: SeedRecord = {
    kind: kindOf('hr-reply'),
    by: places.station,
    at: opened(50),
    parent: referral,
    values: { reply_date: dayAfter(from, 50), reply_result: 'accepted' },
  };
  const isReferred = happens(0.4);
  return untilNow(course, [
    intake,
    held,
    assessment,
    ...contacts,
    ...(isReferred ? [referral] : []),
    ...(isReferred && happens(0.85) ? [reply] : []),
  ]);
}

/** What somebody writes down of a contact: some sentences in some order, with figures of that day. */
export function textOf(random: () => number): string {
  const left = [...words.clauses];
  const said = Array.from(
    { length: 3 + Math.floor(random() * 4) },
    () => left.splice(Math.floor(random() * left.length), 1)[0],
  );
  const figure = (from: number, to: number): number => from + Math.floor(random() * (to - from));
  return [
    `${words.weeks}${figure(8, 41)}+${figure(0, 7)}`,
    ...said,
    `${words.weight}${figure(450, 950) / 10}kg`,
    `${words.pressure}${figure(90, 150)}/${figure(50, 95)}mmHg`,
    words.next,
  ].join('，');
}
