import { COUNTIES } from '#kit/taiwan/divisions.ts';
import type { SeedPlaces, SeedUnit } from '#mch/records/index.ts';
import type { SeedPlan } from '#mch/seed/index.ts';
import names from './labels/units.json' with { type: 'json' };

/** A county of 30,000 mothers with 20,000 births a year over five years; its units and people are invented. */
export const COUNTY = '65000';
const YEAR_DAYS = 365;
const HOW_MANY = { clinic: 120, hospital: 24, laboratory: 3, confirming: 4, bureau: 1 };

const towns = COUNTIES.find(({ code }) => code === COUNTY)?.towns.map(({ code }) => code) ?? [];

type Role = Exclude<keyof SeedPlaces, 'elsewhere'>;
const unitOf = (role: Role, at: number): SeedUnit => ({
  code: `${{ clinic: '35', hospital: '11', laboratory: '61', confirming: '04', station: '23', bureau: '37' }[role]}${String(at).padStart(8, '0')}`,
  name: `${names[role]}${at}`,
  kind: {
    clinic: 'clinic',
    hospital: 'hospital',
    laboratory: 'laboratory',
    confirming: 'hospital',
    station: 'health_station',
    bureau: 'health_bureau',
  }[role],
  county: COUNTY,
  town: towns[at % towns.length] ?? '',
});

export const UNITS = Object.fromEntries(
  (['clinic', 'hospital', 'laboratory', 'confirming', 'station', 'bureau'] as const).map((role) => [
    role,
    Array.from({ length: role === 'station' ? towns.length : HOW_MANY[role] }, (_, at) => unitOf(role, at)),
  ]),
) as Record<Role, SeedUnit[]>;

/** The first of a list gets the most, as large hospitals do. */
function skewed(list: readonly SeedUnit[], random: () => number): SeedUnit {
  return list[Math.floor(random() ** 2 * list.length)] as SeedUnit;
}

export function planOf(of: {
  mothers: number;
  births: number;
  years: number;
  seed: number;
  now: Date;
}): SeedPlan {
  return {
    seed: of.seed,
    now: of.now,
    mothers: of.mothers,
    // those who are pregnant at the end give birth within the following months
    pregnancies: (of.births * (of.years + 0.5)) / of.mothers,
    daysBack: of.years * YEAR_DAYS,
    daysAhead: 0.5 * YEAR_DAYS,
    oddity: 1,
    towns,
    placesFor: (random) => ({
      clinic: skewed(UNITS.clinic, random),
      elsewhere: skewed(UNITS.clinic, random),
      hospital: skewed(UNITS.hospital, random),
      laboratory: skewed(UNITS.laboratory, random),
      confirming: skewed(UNITS.confirming, random),
      station: skewed(UNITS.station, random),
      bureau: UNITS.bureau[0] as SeedUnit,
    }),
  };
}
