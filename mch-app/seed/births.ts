import { taipeiDay } from '#kit/clock.ts';
import { keepPatient, registerBirth } from '../patients/index.ts';
import type { RecordsDeps, SeedCourse } from '../records/index.ts';

/** Puts the child of a course on the register of births, as its hospital's notice of birth does. */
export async function enterBirth({ db, keyring }: RecordsDeps, course: SeedCourse): Promise<void> {
  const { child, mother, places, facts } = course;
  if (!child) return;
  const { hospital } = places;
  const residence = String(facts['residence_town']);
  await db.transaction().execute(async (trx) => {
    const identity = {
      kind: 'child' as const,
      idType: child.idNo === '' ? ('none' as const) : ('national_id' as const),
      idNo: child.idNo,
      name: child.name,
      isNamed: true,
      birthDate: taipeiDay(child.bornAt),
      birthAt: child.bornAt,
      birthOrder: 1,
      sex: child.sex,
      motherIdNo: mother.idNo,
      motherName: mother.name,
    };
    const id = await keepPatient(trx, identity, { keyring, now: child.bornAt });
    const unit = { code: hospital.code, county: hospital.county, town: hospital.town };
    const told = {
      birthUnit: unit,
      gestationDays: Number(facts['gestation_days']),
      birthWeight: Number(facts['birth_weight']),
      guardianName: mother.name,
      guardianPhone: String(facts['guardian_phone']),
      residence: { county: residence.slice(0, 5), town: residence },
      isAlive: child.isAlive,
    };
    await registerBirth(trx, id, told, child.bornAt);
  });
}
