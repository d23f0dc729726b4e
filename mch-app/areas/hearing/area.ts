import type { Area } from '../../records/index.ts';
import { DIAGNOSIS } from './diagnosis.ts';
import labels from './labels.json' with { type: 'json' };
import { RECONCILIATION, STATISTICS, UNDIAGNOSED, UNSCREENED } from './reports.ts';
import { schema } from './schema.ts';
import { seed } from './seed.ts';
import { SCREENING } from './screening.ts';
import { TRACKING } from './tracking.ts';

export const hearing: Area = {
  path: 'child/hearing',
  labels,
  kinds: [SCREENING, DIAGNOSIS, TRACKING],
  schema,
  reports: [UNSCREENED, UNDIAGNOSED, RECONCILIATION, STATISTICS],
  seed,
  todos: [
    {
      id: 'T03',
      system: 'mch',
      menuRoles: ['mi_hearing_screen', 'hs_hearing', 'hb_hearing'],
      report: UNSCREENED.path,
      filters: {},
    },
    {
      id: 'T04',
      system: 'mch',
      menuRoles: ['mi_hearing_screen'],
      report: UNDIAGNOSED.path,
      filters: { side: 'screened' },
    },
    {
      id: 'T05',
      system: 'mch',
      menuRoles: ['mi_hearing_confirm'],
      report: UNDIAGNOSED.path,
      filters: { side: 'referred' },
    },
    {
      id: 'T22',
      system: 'child',
      menuRoles: ['hb_hearing'],
      kind: TRACKING.key,
      filters: { state: 'submitted' },
    },
  ],
};
