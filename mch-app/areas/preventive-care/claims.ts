import {
  type RecordKind,
  area,
  day,
  defineRecord,
  derived,
  error,
  given,
  needed,
  text,
  whole,
} from '../../records/index.ts';
import { claimed, claimable } from './store/claimable.ts';
import { collect, pay, release } from './store/claims.ts';

/** What a month's referrals and diagnoses are claimed with, each once; made whole when it is submitted. */
export const CLAIM: RecordKind = defineRecord({
  key: 'child-claim',
  path: 'child/preventive-care/claims',
  subject: 'parent',
  fields: {
    claim_month: needed(text(7, /^20\d\d-(0[1-9]|1[0-2])$/)),
    claim_period: derived(day(), ({ claim_month: month }) =>
      typeof month === 'string' ? `${month}-01` : null,
    ),
    fee_each: whole(1, 10_000),
    claim_note: area(500),
    bonus_count: given(whole(0, 1_000_000)),
    bonus_amount: given(whole(0, 1_000_000_000)),
    fee_count: given(whole(0, 1_000_000)),
    fee_amount: given(whole(0, 1_000_000_000)),
    total_amount: given(whole(0, 1_000_000_000)),
  },
  serviceDay: 'claim_period',
  list: ['bonus_count', 'fee_count', 'total_amount'],
  lock: 'LK3',
  isReviewed: true,
  register: {
    name: 'register',
    columns: [
      { name: 'item', kind: 'choice' },
      { name: 'record', kind: 'text' },
      { name: 'service_on', kind: 'day' },
      { name: 'person', kind: 'text' },
      { name: 'id_hint', kind: 'text' },
      { name: 'diagnosis_result', kind: 'choice' },
      { name: 'amount', kind: 'number' },
    ],
    rows: ({ no }) => claimed(no),
  },
  asks: ({ claim_month: month }, { actor, today }) => claimable(actor.unit.code, String(month), today),
  rules(values, { today, known }) {
    const month = values['claim_month'];
    if (typeof month !== 'string') return [];
    if (month > today.slice(0, 7)) return [error('claim_month', 'month_to_come')];
    const { bonuses, fees } = known;
    if (bonuses === 0 && fees === 0) return [error('claim_month', 'nothing_to_claim')];
    return fees !== 0 && values['fee_each'] === null ? [error('fee_each', 'needed')] : [];
  },
  async follows(trx, happened) {
    if (happened.deed === 'submitted') return collect(trx, happened);
    if (happened.deed === 'returned') return release(trx, happened);
    return happened.deed === 'approved' ? pay(trx, happened) : undefined;
  },
});
