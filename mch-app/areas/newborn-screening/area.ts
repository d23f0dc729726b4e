import type { Area } from '../../records/index.ts';
import { BIRTH } from './births.ts';
import { DIAGNOSIS, REFERRAL } from './diagnosis.ts';
import { FINDING } from './lab.ts';
import labels from './labels.json' with { type: 'json' };
import { REPEAT } from './repeat.ts';
import { RECONCILIATION, SENDING, STATISTICS } from './reports.ts';
import { schema } from './schema.ts';
import { seed } from './seed.ts';
import { SPECIMEN } from './specimens.ts';
import { TRACKING } from './tracking.ts';

export const newbornScreening: Area = {
  path: 'child/newborn-screening',
  labels,
  kinds: [BIRTH, SPECIMEN, FINDING, REPEAT, REFERRAL, DIAGNOSIS, TRACKING],
  schema,
  reports: [SENDING, RECONCILIATION, STATISTICS],
  demo: seed,
  todos: [
    {
      id: 'T18',
      system: 'mch',
      menuRoles: ['mi_nbs_collect', 'hs_nbs', 'hb_nbs'],
      kind: 'nbs-birth',
      filters: { state: 'submitted', only: 'without_specimen' },
    },
    {
      id: 'T19',
      system: 'mch',
      menuRoles: ['mi_nbs_collect', 'mi_nbs_center'],
      kind: 'nbs-lab',
      filters: { state: 'submitted', only: 'without_repeat' },
    },
    {
      id: 'T20',
      system: 'mch',
      menuRoles: ['mi_nbs_center', 'hs_nbs', 'hb_nbs'],
      kind: 'nbs-lab',
      filters: { state: 'submitted', only: 'without_diagnosis' },
    },
    {
      // a confirming hospital sees what was referred to it, not the finding
      id: 'T20',
      label: 'todo.T20.here',
      system: 'mch',
      menuRoles: ['mi_nbs_confirm'],
      kind: 'nbs-referral',
      filters: { state: 'submitted', only: 'without_diagnosis' },
    },
    {
      id: 'T22',
      system: 'child',
      menuRoles: ['hb_nbs'],
      kind: 'nbs-tracking',
      filters: { state: 'submitted' },
    },
  ],
};
