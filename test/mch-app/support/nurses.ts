import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { createKeyring } from '#kit/keyring.ts';
import { AREAS } from '#mch/areas/index.ts';
import { type RecordsDeps, indexKinds } from '#mch/records/index.ts';
import { CLINIC, SCREENER, as, mch, passed } from './hearing.ts';
import { MASTER_KEY } from './mch.ts';
import { LAB, send } from './people.ts';
import type { Page } from './visitor.ts';

/** A nurse who takes specimens of mothers as well. */
export const NURSE = {
  ...SCREENER,
  id: 'P@00000031P@mbh_01',
  menu_roles: ['mi_antenatal', 'mi_hearing_screen'],
};
export const OTHER_NURSE = {
  ...CLINIC,
  id: 'P@00000032P@mbh_01',
  menu_roles: ['mi_antenatal', 'mi_hearing_screen'],
};

export const LABORATORY = { ...LAB, id: 'P@00000033P@mbh_01', menu_roles: ['mi_antenatal', 'mi_gbs_lab'] };

/** A screening of a child who has a number already. */
export const numbered = (serial: number, days: number, form = passed(serial, days)) => ({
  ...form,
  id_type: 'national_id',
  id_no: syntheticNationalId('E', 2, serial),
});
/** Sends a form as a draft. */
export const draft = async (
  account: typeof NURSE,
  path: string,
  form: Record<string, string>,
): Promise<Page> => send(await as(account), path, account, { ...form, deed: 'draft' });

/** What the services of the records take, for what no form can say. */
export const depsOf = (): RecordsDeps => ({
  ...{ db: mch.database.db, clock: mch.clock.now, keyring: createKeyring(MASTER_KEY) },
  ...{ kindOf: indexKinds(AREAS), numberOf: () => Promise.resolve(''), childName: (name) => name },
});
