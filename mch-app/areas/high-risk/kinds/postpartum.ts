import {
  type RecordKind,
  area,
  choice,
  day,
  dayOf,
  defineRecord,
  error,
  needed,
  stillToCome,
  text,
  warning,
  whole,
} from '../../../records/index.ts';
import { writtenInCase } from '../service/on-case.ts';
import { withoutDelivery } from '../store/conditions.ts';

/** How mother and child do after birth. */
export const POSTPARTUM: RecordKind = defineRecord({
  key: 'hr-postpartum',
  path: 'maternal/high-risk/postpartum',
  subject: 'parent',
  parent: 'hr-case',
  fields: {
    assess_date: needed(day()),
    epds: whole(0, 30),
    breastfeeding: choice('exclusive', 'mixed', 'formula'),
    contraception: text(100),
    newborn_growth: text(200),
    vaccines: text(200),
    issues: area(500),
  },
  serviceDay: 'assess_date',
  list: ['epds', 'breastfeeding'],
  filters: ['breastfeeding'],
  conditions: { without_delivery: withoutDelivery },
  rules(values, { today, parent }) {
    const on = dayOf(values['assess_date']);
    const delivered = dayOf(parent?.['delivered_on']);
    const isBefore = on !== '' && delivered !== '' && on < delivered;
    return [
      ...stillToCome(values, today, 'assess_date'),
      ...(isBefore ? [error('assess_date', 'before', { other: 'delivery_date' })] : []),
      ...(delivered === '' ? [warning('assess_date', 'hr_no_delivery')] : []),
    ];
  },
  follows: writtenInCase,
});
