import {
  type RecordKind,
  area,
  dayOf,
  day,
  defineRecord,
  derived,
  error,
  given,
  needed,
  text,
  warning,
  whole,
} from '../../../records/index.ts';
import { settle } from '../service/settle.ts';
import { claimable } from '../store/asks.ts';

const price = () => needed(whole(0, 100_000));
const counted = () => given(whole(0, 1_000_000));

/**
 * What a unit claims for a month: everything it has done and not claimed, at the prices of its contract, looked at by
 * the health bureau. Claimed records are locked; sent back, they are free again.
 */
export const SETTLEMENT: RecordKind = defineRecord({
  key: 'hr-settlement',
  path: 'maternal/high-risk/settlement',
  subject: 'parent',
  fields: {
    month: needed(text(7, /^(19|2\d)\d\d-(0[1-9]|1[0-2])$/)),
    month_start: derived(day(), ({ month }) => (typeof month === 'string' ? `${month}-01` : null)),
    price_intake: price(),
    price_contact: price(),
    price_home_visit: price(),
    price_postpartum: price(),
    settlement_note: area(300),
    qty_intake: counted(),
    qty_contact: counted(),
    qty_home_visit: counted(),
    qty_postpartum: counted(),
    amount: given(whole(0, 1_000_000_000)),
  },
  serviceDay: 'month_start',
  list: ['month', 'qty_intake', 'qty_contact', 'qty_home_visit', 'qty_postpartum', 'amount'],
  lock: 'LK3',
  isReviewed: true,
  asks: claimable,
  rules(values, { today, known }) {
    const start = dayOf(values['month_start']);
    const undelivered = Number(known['undelivered'] ?? 0);
    if (start > today) return [error('month', 'future')];
    return [
      ...(known['items'] === 0 ? [error('month', 'hr_nothing')] : []),
      ...(undelivered > 0 ? [warning('month', 'hr_undelivered', { count: undelivered })] : []),
    ];
  },
  follows: settle,
});
