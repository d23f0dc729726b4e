import names from '#db/mch/seed/names.json' with { type: 'json' };
import { taipeiDay } from '#kit/clock.ts';
import { seededRandom } from '#kit/seeded.ts';
import { syntheticNationalId } from '#kit/taiwan/synthetic-id.ts';
import { type SeedCourse, type SeedPlaces, dayAfter, momentAfter } from '../records/index.ts';

export interface SeedPlan {
  /** The same courses for the same seed and day. */
  seed: number;
  now: Date;
  mothers: number;
  /** How many mothers other courses have taken before. */
  skip?: number;
  /** Of each mother, spread evenly from so many days before now to so many after. */
  pregnancies: number;
  daysBack: number;
  daysAhead: number;
  /** How much more often than in life rare things happen. */
  oddity: number;
  /** Where the people of one course go. */
  placesFor: (random: () => number) => SeedPlaces;
  towns: readonly string[];
}

const DAY_MS = 86_400_000;

/** Pregnancies of synthetic people, one after the other; nobody here exists. */
export function* coursesOf(plan: SeedPlan): Generator<SeedCourse> {
  const span = plan.daysBack + plan.daysAhead;
  const start = plan.now.getTime() - plan.daysBack * DAY_MS;
  const from = plan.skip ?? 0;
  for (let mother = from; mother < from + plan.mothers; mother += 1) {
    const random = seededRandom(Math.imul(plan.seed, 1_000_003) + mother);
    const count = Math.floor(plan.pregnancies) + (random() < plan.pregnancies % 1 ? 1 : 0);
    const shift = random();
    for (let at = 0; at < count; at += 1) {
      const due = new Date(start + ((at + shift) * span * DAY_MS) / count);
      yield courseOf(plan, random, { mother, pregnancy: at, edc: taipeiDay(due) });
    }
  }
}

function courseOf(
  plan: SeedPlan,
  random: () => number,
  of: { mother: number; pregnancy: number; edc: string },
): SeedCourse {
  const { now } = plan;
  const { mother: serial, pregnancy, edc } = of;
  const places = plan.placesFor(random);
  const surname = names.surnames[serial % names.surnames.length] ?? '';
  const town = plan.towns[serial % plan.towns.length] ?? '';
  const phone = `0900-${String(serial % 1_000_000).padStart(6, '0')}`;
  const lmp = dayAfter(edc, -280);
  const birthDate = dayAfter('1996-06-15', Math.floor(((serial * 7919) % 5000) - 2500));
  const gestation = 280 + Math.floor((random() - 0.6) * 28);
  const bornAt = momentAfter(lmp, gestation, Math.floor(random() * 24));
  const sex = random() < 0.52 ? 'male' : 'female';
  const isBorn = bornAt < now;
  const name = `${surname}${names.mother}${serial + 1}`;
  const hasNumber = now.getTime() - bornAt.getTime() > 45 * DAY_MS;
  const childSerial = serial * 8 + pregnancy + 1;
  return {
    random,
    happens: (share) => random() < share,
    rarely: (share) => random() < share * plan.oddity,
    now,
    edc,
    places,
    texts: names.texts,
    mother: { idNo: syntheticNationalId('F', 2, serial + 1), name, birthDate },
    child: isBorn
      ? {
          idNo: hasNumber ? syntheticNationalId('H', sex === 'male' ? 1 : 2, childSerial) : '',
          name: `${surname}${names.child}${childSerial}`,
          bornAt,
          birthDate: taipeiDay(bornAt),
          sex,
          isAlive: random() > 0.003,
        }
      : undefined,
    facts: {
      nationality: 'TW',
      identity: ['general'],
      education: 'university',
      mobile: phone,
      household_town: town,
      residence_town: town,
      gravida: pregnancy + 1,
      para: pregnancy,
      lmp,
      edc,
      fetus_count: 1,
      gestation_days: gestation,
      birth_weight: 2500 + Math.floor(random() * 1500),
      guardian_name: name,
      guardian_phone: phone,
      birth_unit: places.hospital.code,
    },
  };
}
