import type { Area } from '../../records/index.ts';
import { CLAIM } from './claims.ts';
import { DEVELOPMENT } from './development.ts';
import { DIAGNOSIS } from './diagnoses.ts';
import { EXAM } from './exams.ts';
import labels from './labels.json' with { type: 'json' };
import { REFERRAL } from './referrals.ts';
import { STATISTICS } from './reports.ts';
import { schema } from './schema.ts';
import { books, seed } from './seed.ts';
import { APPROVAL, TRACKING } from './tracking.ts';

export const preventiveCare: Area = {
  path: 'child/preventive-care',
  labels,
  kinds: [EXAM, DEVELOPMENT, REFERRAL, DIAGNOSIS, CLAIM, TRACKING],
  alsoAt: [APPROVAL],
  schema,
  reports: [STATISTICS],
  seed,
  demoBooks: books,
  todos: [
    {
      id: 'T01',
      system: 'child',
      menuRoles: ['mi_child_health', 'mi_child_confirm', 'hs_child', 'hb_child'],
      kind: REFERRAL.key,
      filters: { state: 'submitted', only: 'major_undiagnosed' },
    },
    {
      id: 'T02',
      system: 'child',
      menuRoles: ['mi_child_health'],
      kind: REFERRAL.key,
      filters: { state: 'submitted', only: 'unclaimed' },
    },
    {
      id: 'T02',
      label: 'todo.T02.fee',
      system: 'child',
      menuRoles: ['mi_child_confirm'],
      kind: DIAGNOSIS.key,
      filters: { state: 'submitted', only: 'unclaimed' },
    },
    {
      id: 'T21',
      system: 'child',
      menuRoles: ['mi_child_health', 'ac_assess', 'hb_child'],
      kind: REFERRAL.key,
      filters: { state: 'submitted', only: 'delay_unassessed' },
    },
    {
      id: 'T22',
      system: 'child',
      menuRoles: ['hb_child'],
      kind: TRACKING.key,
      at: APPROVAL.path,
      filters: { state: 'submitted' },
    },
  ],
};
