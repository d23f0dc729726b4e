import type { Area } from '../../records/index.ts';
import { POSITIVE, RESULT, SPECIMEN } from './definition.ts';
import labels from './labels.json' with { type: 'json' };
import { RECONCILIATION, STATISTICS } from './reports.ts';
import { schema } from './schema.ts';
import { seed } from './seed.ts';

export const gbs: Area = {
  path: 'maternal/gbs',
  labels,
  kinds: [SPECIMEN, RESULT, POSITIVE],
  schema,
  reports: [RECONCILIATION, STATISTICS],
  seed,
  todos: [
    {
      id: 'T07',
      system: 'maternal',
      menuRoles: ['mi_gbs_lab', 'mi_antenatal', 'hb_gbs'],
      kind: 'gbs-specimen',
      filters: { state: 'submitted', only: 'without_result' },
    },
  ],
};
