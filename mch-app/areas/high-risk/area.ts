import type { Area } from '../../records/index.ts';
import { ASSESSMENT } from './kinds/assessment.ts';
import { CASE } from './kinds/case.ts';
import { CONTACT } from './kinds/contact.ts';
import { DELIVERY, NEWBORN } from './kinds/delivery.ts';
import { INTAKE } from './kinds/intake.ts';
import { PLAN } from './kinds/plan.ts';
import { POSTPARTUM } from './kinds/postpartum.ts';
import { REFERRAL, REPLY } from './kinds/referral.ts';
import { SETTLEMENT } from './kinds/settlement.ts';
import { TRANSFER } from './kinds/transfer.ts';
import labels from './labels.json' with { type: 'json' };
import { LINES, STATISTICS } from './reports.ts';
import { schema } from './schema.ts';
import { books, seed } from './seed.ts';

export const highRisk: Area = {
  path: 'maternal/high-risk',
  labels,
  kinds: [
    INTAKE,
    CASE,
    ASSESSMENT,
    PLAN,
    CONTACT,
    REFERRAL,
    REPLY,
    DELIVERY,
    NEWBORN,
    POSTPARTUM,
    SETTLEMENT,
    TRANSFER,
  ],
  schema,
  reports: [LINES, STATISTICS],
  demo: seed,
  demoBooks: books,
  todos: [
    {
      id: 'T09',
      system: 'maternal',
      menuRoles: ['mi_high_risk', 'hs_high_risk', 'hb_high_risk'],
      kind: 'hr-case',
      filters: { only: 'overdue' },
    },
    {
      id: 'T10',
      system: 'maternal',
      menuRoles: ['mi_high_risk', 'hb_high_risk'],
      kind: 'hr-referral',
      filters: { only: 'reply_overdue' },
    },
    {
      id: 'T11',
      system: 'maternal',
      menuRoles: ['mi_high_risk', 'hb_high_risk'],
      kind: 'hr-case',
      filters: { only: 'past_limit' },
    },
  ],
};
