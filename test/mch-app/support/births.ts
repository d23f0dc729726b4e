import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { taipeiDay } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { readConfig } from '#mch/config.ts';
import { keepPatient, registerBirth } from '#mch/patients/index.ts';
import { HOSPITAL, type Mch } from './mch.ts';

/** The day in Taipei, as the system counts. */
export const today = taipeiDay(new Date());
export const later = (days: number): string =>
  new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);

/** Children on the register of births, told by no form. */
export function birthsOf(mch: Mch) {
  const keyring = createKeyring(readConfig(mch.environment).masterKeys);
  const mother = (serial: number) => ({
    mother_id_no: syntheticNationalId('D', 2, serial),
    mother_name: `測試母親${serial}`,
  });
  /** Who a form is about; born so many days ago. */
  const child = (serial: number, days: number) => ({
    id_type: 'none',
    name: `測試寶寶${serial}`,
    sex: 'female',
    birth_at: `${later(-days)}T08:00`,
    birth_order: '1',
    ...mother(serial),
  });
  interface Told {
    unit?: { code: string; county: string; town: string };
    residence?: string;
    isAlive?: boolean;
  }
  async function bornOn(serial: number, day: string, told: Told = {}): Promise<string> {
    const { code, county, town } = told.unit ?? HOSPITAL.unit;
    const residence = told.residence;
    const { mother_id_no: motherIdNo, mother_name: motherName } = mother(serial);
    return mch.database.db.transaction().execute(async (trx) => {
      const id = await keepPatient(
        trx,
        {
          kind: 'child',
          idType: 'none',
          idNo: '',
          name: `測試寶寶${serial}`,
          isNamed: true,
          birthDate: day,
          birthAt: new Date(`${day}T08:00:00+08:00`),
          birthOrder: 1,
          sex: 'female',
          motherIdNo,
          motherName,
        },
        { keyring, now: mch.clock.now() },
      );
      await registerBirth(
        trx,
        id,
        {
          birthUnit: { code, county, town },
          gestationDays: null,
          birthWeight: null,
          guardianName: null,
          guardianPhone: null,
          residence: residence === undefined ? undefined : { county: residence.slice(0, 5), town: residence },
          isAlive: told.isAlive,
        },
        mch.clock.now(),
      );
      return id;
    });
  }
  const monthsAgo = (months: number): string => {
    const [year = 0, month = 0, day = 0] = today.split('-').map(Number);
    const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
    return new Date(Date.UTC(year, month - 1 - months, Math.min(day, last))).toISOString().slice(0, 10);
  };
  return {
    mother,
    child,
    bornOn,
    born: (serial: number, days: number, told?: Told) => bornOn(serial, later(-days), told),
    /** Corrects a birth: so many days ago. */
    bornEarlier: (serial: number, days: number) =>
      mch.database.db
        .updateTable('patient')
        .set({ birth_date: later(-days), birth_at: new Date(`${later(-days)}T08:00:00+08:00`) })
        .where('name', '=', `測試寶寶${serial}`)
        .execute(),
    monthsAgo,
    dayAfter: (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10),
    daysSince: (day: string) => Math.round((Date.parse(today) - Date.parse(day)) / 86_400_000),
  };
}
