import {
  CHILD,
  type RecordKind,
  choice,
  day,
  dayOf,
  daysBetween,
  defineRecord,
  error,
  flags,
  needed,
  stillToCome,
  text,
  warning,
  weeks,
  whole,
  yesNo,
} from '../../../records/index.ts';
import { bornInCase, writtenInCase } from '../service/on-case.ts';
import { childrenOfDelivery, pregnancyOfCase } from '../store/asks.ts';
import { childrenMissing } from '../store/conditions.ts';

/** The delivery, once for a case: from its day on the time after birth is counted, and can be settled. */
export const DELIVERY: RecordKind = defineRecord({
  key: 'hr-delivery',
  path: 'maternal/high-risk/delivery',
  subject: 'parent',
  parent: 'hr-case',
  onePerParent: true,
  fields: {
    delivery_date: needed(day()),
    place: text(100),
    delivery_mode: choice('natural', 'caesarean', 'instrumental'),
    gest_days: needed(weeks(20, 44)),
    born_count: needed(whole(1, 5)),
    complications: flags('haemorrhage', 'preeclampsia', 'rupture', 'infection', 'placenta', 'other'),
    nicu: yesNo(),
  },
  serviceDay: 'delivery_date',
  list: ['gest_days', 'born_count', 'delivery_mode', 'nicu'],
  filters: ['delivery_mode', 'nicu'],
  conditions: { children_missing: childrenMissing },
  asks: (_values, about) => pregnancyOfCase(about),
  rules(values, { today, known }) {
    const { born_count: born } = values;
    const told = known['fetus_count'];
    const isOther = typeof told === 'number' && typeof born === 'number' && told !== born;
    return [
      ...stillToCome(values, today, 'delivery_date'),
      ...(isOther ? [warning('born_count', 'hr_born', { told })] : []),
    ];
  },
  follows: writtenInCase,
});

/** A child of the delivery, put on the register of births. */
export const NEWBORN: RecordKind = defineRecord({
  key: 'hr-newborn',
  path: 'maternal/high-risk/newborns',
  subject: 'child',
  parent: 'hr-delivery',
  blocks: [CHILD],
  fields: { born_alive: needed(yesNo()), child_note: text(200) },
  serviceDay: 'birth_at',
  birthNotice: (values) => ({ isAlive: values['born_alive'] === true }),
  list: ['born_alive', 'birth_weight', 'gestation_days'],
  filters: ['born_alive'],
  uniqueBy: () => 'once',
  asks: (_values, about) => childrenOfDelivery(about),
  rules(_values, { subject, parent, known }) {
    const delivered = dayOf(parent?.['delivery_date']);
    const born = subject?.birthDate ?? '';
    const apart = delivered === '' || born === '' ? 0 : Math.abs(daysBetween(delivered, born));
    const isTooMany = Number(known['others'] ?? 0) >= Number(parent?.['born_count'] ?? 0);
    return [
      ...(isTooMany ? [error('', 'hr_too_many', { count: Number(parent?.['born_count'] ?? 0) })] : []),
      ...(apart > 1 ? [warning('birth_at', 'hr_birth_day')] : []),
    ];
  },
  follows: bornInCase,
});
