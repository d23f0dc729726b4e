import { taipeiDay } from '#kit/clock.ts';
import {
  type SeedBooks,
  type SeedCourse,
  type SeedRecord,
  dayAfter,
  momentAfter,
  monthsAgo,
  untilNow,
} from '../../records/index.ts';
import { ASSESSMENT } from './kinds/assessment.ts';
import { CONTACT } from './kinds/contact.ts';
import { DELIVERY, NEWBORN } from './kinds/delivery.ts';
import { INTAKE } from './kinds/intake.ts';
import { PLAN } from './kinds/plan.ts';
import { POSTPARTUM } from './kinds/postpartum.ts';
import { REFERRAL, REPLY } from './kinds/referral.ts';
import { SETTLEMENT } from './kinds/settlement.ts';
import { TRANSFER } from './kinds/transfer.ts';
import { LEAST, USUAL_DAYS, isExtended } from './programme.ts';

const DAY_MS = 86_400_000;
/** A pregnancy that ended earlier is not told of: what came of it would be too old to be entered whole. */
const TOLD_DAYS = 100;
const EVERY_DAYS = 28;
const REASONS = ['smoking', 'drinking', 'low_income', 'violence'] as const;

/** A quarter of the pregnancies, asked in the fourth month; most are taken in and looked after until six weeks after birth. */
export function seed(course: SeedCourse): SeedRecord[] {
  const { now, edc, child, happens, random } = course;
  const isPast = child !== undefined && now.getTime() - child.bornAt.getTime() > TOLD_DAYS * DAY_MS;
  if (isPast || !happens(0.25)) return [];
  const on = dayAfter(edc, 7 * 14 - 280 + Math.floor(random() * 21));
  const criterion = REASONS[Math.floor(random() * REASONS.length)] ?? 'smoking';
  const isIn = happens(0.85);
  const taken = intake(course, on, criterion, isIn);
  if (!isIn) return untilNow(course, [taken]);
  const extended = isExtended([criterion]);
  return untilNow(course, [
    taken,
    ...planned(course, taken, on, extended),
    ...contacts(course, taken, on),
    ...sentOn(course, taken, on),
    ...born(course, taken, extended),
  ]);
}

function intake(course: SeedCourse, on: string, criterion: string, isIn: boolean): SeedRecord {
  const { places, texts } = course;
  return {
    kind: INTAKE,
    by: places.hospital,
    at: momentAfter(on, 0, 10),
    values: {
      intake_date: on,
      served: 'mother',
      source: 'clinic',
      criteria: [criterion],
      ...(criterion === 'low_income' && { identity: ['low_income'] }),
      enrolled: isIn,
      ...(isIn
        ? {
            consent: true,
            consent_date: on,
            assigned_unit: places.hospital.code,
            case_manager: texts.manager,
          }
        : { not_enrolled_reason: texts.refusal }),
    },
  };
}

function planned(course: SeedCourse, parent: SeedRecord, on: string, extended: boolean): SeedRecord[] {
  const { edc, places, texts, random, happens } = course;
  const least = extended ? LEAST.extended : LEAST.usual;
  const assessment: SeedRecord = {
    kind: ASSESSMENT,
    by: places.hospital,
    at: momentAfter(on, 2, 11),
    parent,
    values: {
      assess_date: dayAfter(on, 2),
      stage: 'first',
      physical: 'low',
      psychological: 'low',
      epds: Math.floor(random() * 12),
      social_support: happens(0.5) ? 'medium' : 'low',
      economic: happens(0.3) ? 'high' : 'low',
      housing: 'none',
      violence_risk: extended ? 'medium' : 'none',
      substance: 'none',
      needs: ['nutrition', 'welfare'],
      assessor: texts.manager,
    },
  };
  const goal = {
    problem: texts.problem,
    goal: texts.goal,
    intervention: texts.measure,
    owner: texts.manager,
  };
  const plan: SeedRecord = {
    kind: PLAN,
    by: places.hospital,
    at: momentAfter(on, 3, 15),
    parent,
    values: {
      plan_date: dayAfter(on, 3),
      planned_contacts: least.contacts,
      planned_visits: least.homeVisits,
    },
    rows: { goals: [{ ...goal, due_date: edc }] },
    ...(happens(0.7) && { state: 'approved' as const }),
  };
  return [assessment, plan];
}

/** Every four weeks until a month after birth; of some nothing is heard any more. */
function contacts(course: SeedCourse, parent: SeedRecord, on: string): SeedRecord[] {
  const { edc, child, places, texts, happens, random } = course;
  const last = dayAfter(child?.birthDate ?? edc, happens(0.8) ? 30 : -60);
  const made: SeedRecord[] = [];
  for (let date = dayAfter(on, 10); date < last; date = dayAfter(date, EVERY_DAYS)) {
    const isHome = made.length % 3 === 1;
    made.push({
      kind: CONTACT,
      by: places.hospital,
      at: momentAfter(date, 0, 14),
      parent,
      values: {
        contact_date: date,
        contact_mode: isHome ? 'home' : 'phone',
        contact_result: happens(0.9) ? 'done' : 'absent',
        minutes: 10 + Math.floor(random() * 40),
        topics: ['check_ups', 'nutrition'],
        content: `${texts.contact} ${made.length + 1}`,
        next_date: dayAfter(date, EVERY_DAYS),
      },
      ...(happens(0.4) && { state: 'approved' as const }),
    });
  }
  return made;
}

function sentOn(course: SeedCourse, parent: SeedRecord, on: string): SeedRecord[] {
  const { places, texts, happens } = course;
  if (!happens(0.5)) return [];
  const referral: SeedRecord = {
    kind: REFERRAL,
    by: places.hospital,
    at: momentAfter(on, 12, 9),
    parent,
    values: { ref_date: dayAfter(on, 12), target: 'welfare', org: texts.agency, reason: texts.reason },
  };
  const reply: SeedRecord = {
    kind: REPLY,
    by: places.hospital,
    at: momentAfter(on, 20, 9),
    parent: referral,
    values: { reply_date: dayAfter(on, 20), reply_result: 'accepted', reply_note: texts.note },
  };
  return happens(0.6) ? [referral, reply] : [referral];
}

/** The birth and what followed; before it, now and then a case that is to be another unit's. */
function born(course: SeedCourse, parent: SeedRecord, extended: boolean): SeedRecord[] {
  const { now, child, facts, places, texts, happens, random } = course;
  const by = places.hospital;
  if (!child) {
    const offered = dayAfter(taipeiDay(now), -2);
    const values = { handover: 'transfer', close_date: offered, to_unit: places.elsewhere.code };
    const transfer = { kind: TRANSFER, by, at: momentAfter(offered, 0, 16), parent };
    return happens(0.15) ? [{ ...transfer, values: { ...values, transfer_reason: texts.reason } }] : [];
  }
  const { birthDate } = child;
  const delivery: SeedRecord = {
    kind: DELIVERY,
    by,
    at: momentAfter(birthDate, 2, 9),
    parent,
    values: {
      delivery_date: birthDate,
      place: by.name,
      delivery_mode: happens(0.7) ? 'natural' : 'caesarean',
      gest_days: facts['gestation_days'] ?? null,
      born_count: 1,
      nicu: false,
    },
  };
  const newborn = { kind: NEWBORN, by, at: momentAfter(birthDate, 2, 10), parent: delivery };
  const assessed = dayAfter(birthDate, 21);
  const postpartum = { kind: POSTPARTUM, by, at: momentAfter(assessed, 0, 15), parent };
  const limit = dayAfter(birthDate, USUAL_DAYS + 1);
  const closing = { kind: TRANSFER, by, at: momentAfter(limit, 0, 16), parent };
  return [
    delivery,
    { ...newborn, values: { born_alive: child.isAlive } },
    {
      ...postpartum,
      values: { assess_date: assessed, epds: Math.floor(random() * 10), breastfeeding: 'mixed' },
    },
    ...(!extended && happens(0.5)
      ? [{ ...closing, values: { handover: 'close', close_date: limit, close_reason: 'completed' } }]
      : []),
  ];
}

/** The settlements of the last two months: the earlier one paid, the later one with the health bureau. */
export function books({ now, places, records }: SeedBooks): SeedRecord[] {
  const today = taipeiDay(now);
  return [2, 1].flatMap((ago): SeedRecord[] => {
    const month = monthsAgo(ago)(today);
    const isDone = ({ kind, values }: SeedRecord): boolean =>
      kind === CONTACT &&
      values['contact_result'] === 'done' &&
      String(values['contact_date']).startsWith(month);
    if (!records.some(isDone)) return [];
    const settled = momentAfter(`${monthsAgo(ago - 1)(today)}-01`, 2);
    const prices = { price_intake: 500, price_contact: 300, price_home_visit: 1000, price_postpartum: 400 };
    return [
      {
        kind: SETTLEMENT,
        by: places.hospital,
        at: new Date(Math.min(now.getTime(), settled.getTime())),
        values: { month, ...prices },
        state: ago === 2 ? 'approved' : 'submitted',
      },
    ];
  });
}
