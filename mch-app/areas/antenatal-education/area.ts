import type { Area } from '../../records/index.ts';
import labels from './labels.json' with { type: 'json' };
import { RECORD } from './record.ts';
import { REGISTRATION } from './registration.ts';
import { CROSS_UNIT, SAME_UNIT } from './reports/duplicates.ts';
import { IRREGULAR } from './reports/irregular.ts';
import { CLAIMED_NOT_UPLOADED, MISSING, UPLOADED_NOT_CLAIMED } from './reports/lists.ts';
import { RATE, TOPICS, VOLUME } from './reports/statistics.ts';
import { schema } from './schema.ts';
import { seed } from './seed.ts';

export const antenatalEducation: Area = {
  path: 'maternal/antenatal-education',
  labels,
  kinds: [RECORD, REGISTRATION],
  schema,
  reports: [
    MISSING,
    IRREGULAR,
    SAME_UNIT,
    CROSS_UNIT,
    CLAIMED_NOT_UPLOADED,
    UPLOADED_NOT_CLAIMED,
    VOLUME,
    TOPICS,
    RATE,
  ],
  seed,
  todos: [
    {
      id: 'T06',
      system: 'maternal',
      menuRoles: ['mi_antenatal', 'hb_edu'],
      report: 'maternal/antenatal-education/records/missing',
      filters: {},
    },
  ],
};
