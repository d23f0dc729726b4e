import { choice, day, flags, needed, text, town, unit, weeks, whole } from './fields.ts';
import type { Part } from './types.ts';

/** What several areas ask of a mother; who she is stands apart, with her number. */
export const MOTHER: Part = {
  name: 'mother',
  table: 'record_mother',
  fields: {
    nationality: text(2, /^[A-Z]{2}$/),
    identity: flags(
      'general',
      'indigenous',
      'immigrant',
      'low_income',
      'near_low_income',
      'disabled',
      'minor',
    ),
    education: choice('primary', 'junior_high', 'senior_high', 'college', 'university', 'graduate'),
    phone: text(20, /^[0-9()#+\- ]{6,20}$/),
    mobile: text(20, /^[0-9+\- ]{9,20}$/),
    household_town: town(),
    household_address: text(100),
    residence_town: needed(town()),
    residence_address: text(100),
    emergency_name: text(50),
    emergency_phone: text(20, /^[0-9()#+\- ]{6,20}$/),
  },
};

export const PREGNANCY: Part = {
  name: 'pregnancy',
  table: 'record_pregnancy',
  fields: {
    gravida: whole(1, 20),
    para: whole(0, 20),
    lmp: day(),
    edc: needed(day()),
    fetus_count: whole(1, 5),
  },
};

export const CHILD: Part = {
  name: 'child',
  table: 'record_child',
  fields: {
    gestation_days: weeks(20, 44),
    birth_weight: whole(300, 7000),
    guardian_name: text(50),
    guardian_phone: needed(text(20, /^[0-9()#+\- ]{6,20}$/)),
    residence_town: town(),
    birth_unit: unit(),
  },
};
